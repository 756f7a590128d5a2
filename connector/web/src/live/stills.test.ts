import assert from 'node:assert/strict';
import { test } from 'node:test';
import { supportedCodecs } from './codecs';
import { Stills } from './stills';

/** Decodes when the test says so. */
function decoders() {
  const begun: { text: string; done: (ok: boolean) => void }[] = [];
  let changed = () => {};
  globalThis.createImageBitmap = (async (jpeg: Blob) => {
    const text = await jpeg.text();
    const ok = await new Promise<boolean>((done) => {
      begun.push({ text, done });
      changed();
    });
    if (!ok) throw new Error('not a picture');
    return { text, close() {} };
  }) as unknown as typeof createImageBitmap;
  return async (n: number) => {
    while (begun.length <= n) await new Promise<void>((next) => { changed = next; });
    return begun[n]!;
  };
}

const jpeg = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

test('of the stills that come while one is decoded the newest is drawn next', async () => {
  const decode = decoders();
  const drawn: string[] = [];
  let failed = 0;
  const stills = new Stills({ draw: (p) => drawn.push((p as unknown as { text: string }).text), failed: () => { failed++; } });
  for (const text of ['1', '2', '3']) stills.push(jpeg(text));
  (await decode(0)).done(true);
  (await decode(1)).done(false);
  stills.push(jpeg('4'));
  (await decode(2)).done(true);
  stills.push(jpeg('private'));
  const late = await decode(3);
  stills.forget();
  late.done(true);
  stills.push(jpeg('5'));
  (await decode(4)).done(true);
  stills.push(jpeg('6'));
  await decode(5);
  assert.deepEqual([drawn, failed], [['1', '4', '5'], 1]);
});

test('a page without a decoder takes stills', async () => {
  assert.deepEqual(await supportedCodecs(), ['jpeg']);
});
