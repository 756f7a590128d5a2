import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

test('the host objects are used, and mocked, as Microsoft publishes them', (t) => {
  if (!existsSync('../shared/data/dynamics/typings')) {
    if (process.env['CI'] === 'true') assert.fail('CI needs ../shared/data/dynamics/typings beside the checkout');
    t.skip('left out: there is no ../shared/data beside this repository');
    return;
  }
  const { status, stdout } = spawnSync(process.execPath, ['connector/web/node_modules/typescript/bin/tsc', '--noEmit', '-p', 'connector/web/conformance'], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});
