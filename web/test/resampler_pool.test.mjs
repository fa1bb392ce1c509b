// Resamplers that one engine gives back begin for the next one as new; those that have failed do not come back.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ResampledEngine } from '../src/resampled_engine.ts';
import { ResamplerPool } from '../src/resampler_pool.ts';

const read = (name) => readFileSync(join(process.cwd(), 'dist', name));
const compiled = () => new WebAssembly.Module(read(JSON.parse(read('manifest.json')).modules.simd128.file));
const module = compiled();
const RATE = 44100;
const BLOCK = 128;

/** An engine at 48 kHz that gives what it takes, and says that this is `delay` late. */
const untouched = (delay, process = (output, input) => output.forEach((out, c) => out.set(input[c]))) => ({
  delay,
  process,
  reset() {},
  setConfig() {},
  close() {},
});

function run(engine, frequency, blocks = 100) {
  const sine = Float32Array.from({ length: blocks * BLOCK }, (_, i) => Math.sin((i * frequency) / RATE));
  const out = [new Float32Array(sine.length), new Float32Array(sine.length)];
  for (let at = 0; at < sine.length; at += BLOCK) {
    const input = [sine.subarray(at, at + BLOCK), sine.subarray(at, at + BLOCK)];
    engine.process(
      out.map((samples) => samples.subarray(at, at + BLOCK)),
      input,
    );
  }
  return out;
}

const make = (pool, inner, of = module) => new ResampledEngine(inner, of, RATE, BLOCK, 2, pool);

test('what was another engine’s begins as new, whatever that one’s delay was', () => {
  const pool = new ResamplerPool(RATE);
  const first = make(pool, untouched(461));
  run(first, 9000);
  first.close();
  assert.equal(pool.kept.length, 1);
  const second = make(pool, untouched(448));
  assert.equal(second.resamplers, first.resamplers);
  assert.equal(pool.kept.length, 0);
  const expected = run(make(new ResamplerPool(RATE), untouched(448)), 3000);
  assert.deepEqual(run(second, 3000), expected);
  assert.ok(expected.every((channel) => channel.some((sample) => Math.abs(sample) > 0.5)));
});

test('what has failed is dropped, and what is in use is nobody else’s', () => {
  const pool = new ResamplerPool(RATE);
  const engine = make(pool, untouched(448));
  assert.notEqual(make(pool, untouched(448)).resamplers, engine.resamplers);
  const fail = () => {
    throw new Error('failed');
  };
  const failing = make(pool, untouched(448, fail));
  assert.throws(() => run(failing, 3000), /failed/);
  failing.close();
  assert.equal(pool.kept.length, 0);
  engine.close();
  assert.equal(pool.kept.length, 1);
});

test('a page that loads the library again and again does not fill the pool', () => {
  const pool = new ResamplerPool(RATE);
  for (let i = 0; i < 3; i++) make(pool, untouched(448), compiled()).close();
  assert.equal(pool.kept.length, 1);
});
