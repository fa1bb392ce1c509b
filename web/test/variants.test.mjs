// What an engine is taken to support.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { supports } from '../src/variants.ts';

const RELAXED_FLAG = '--experimental-wasm-relaxed-simd';

if (process.argv.includes('--print-relaxed')) {
  console.log(supports('relaxed'));
} else {
  const relaxedWith = (...flags) =>
    execFileSync(process.execPath, [...flags, fileURLToPath(import.meta.url), '--print-relaxed'], {
      encoding: 'utf8',
    }).trim();

  test('scalar and simd128 run here', () => {
    assert.equal(supports('scalar'), true);
    assert.equal(supports('simd128'), true);
  });

  test('relaxed counts only where the engine computes it rightly', () => {
    if (process.versions.v8.startsWith('11.3')) {
      assert.equal(relaxedWith(), 'false'); // behind a flag
      assert.equal(relaxedWith(RELAXED_FLAG), 'false'); // wrong in the first-tier compiler
      assert.equal(relaxedWith(RELAXED_FLAG, '--no-liftoff'), 'true');
    } else assert.equal(relaxedWith(), 'true');
  });
}
