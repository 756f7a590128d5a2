import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { remoteKey, routeOf, type KeyPress } from './keys';

// What keyboards of many layouts tell a page, and what is made of it for the shared one; cobrowse/browser types the same into Chromium.
interface Press { key: string; code: string; mods: string; typed?: string }
interface Composed { compose: string[]; text: string }
interface Layout { layout: string; mac: boolean; press: (Press | Composed)[]; sent: unknown[] }

/** mods are A for Alt, C for Control, M for Meta, S for Shift, G where AltGr is held. */
function pressOf({ key, code, mods }: Press): KeyPress {
  return {
    key, code, altKey: mods.includes('A'), ctrlKey: mods.includes('C'), metaKey: mods.includes('M'), shiftKey: mods.includes('S'),
    getModifierState: (name) => name === 'AltGraph' && mods.includes('G'),
  };
}

function sentFor(p: Press | Composed, mac: boolean): unknown[] {
  if ('compose' in p) return [...p.compose.map((text) => ({ compose: text })), p.text ? { text: p.text } : { compose: '' }];
  const press = pressOf(p);
  if (routeOf(press, mac) === 'send') return [remoteKey(press, mac)];
  return p.typed ? [{ text: p.typed }] : [];
}

test('the keys of many layouts', () => {
  const layouts = JSON.parse(readFileSync('cobrowse/browser/testdata/layouts.json', 'utf8')) as Layout[];
  for (const { layout, mac, press, sent } of layouts) assert.deepEqual(press.flatMap((p) => sentFor(p, mac)), sent, layout);
});
