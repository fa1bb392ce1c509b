// Runs the built bundle in Node, without a browser.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NUM_BANDS } from '../src/constants.ts';
import { assetsFromBytes, Enhancer, FRAME_SIZE, LATENCY, PercepNetError } from '../src/index.ts';

const DIST = join(process.cwd(), 'dist');
if (!existsSync(join(DIST, 'models.json'))) throw new Error(`${DIST} is not built: run \`make\``);
const json = (name) => JSON.parse(readFileSync(join(DIST, name), 'utf8'));
const bytes = (name) => new Uint8Array(readFileSync(join(DIST, name)));
const modelBytes = bytes(json('models.json').models[0].file);

function load(model = modelBytes) {
  const moduleBytes = bytes(json('manifest.json').modules.simd128.file).buffer;
  return assetsFromBytes({ moduleBytes, model, modelName: 'test', variant: 'simd128', processorUrl: '' });
}

/** The same pseudo-random samples everywhere. */
function noise(length) {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  }).map((value) => 0.1 * value);
}

function hasCode(code) {
  return (error) => error instanceof PercepNetError && error.code === code && error.message.length > 20;
}

test('enhance: equal length, and frame by frame gives the same after the latency', async () => {
  const assets = await load();
  const signal = noise(10 * FRAME_SIZE + 123);
  const whole = new Enhancer(assets).enhance(signal);
  assert.equal(whole.length, signal.length);
  const framed = new Enhancer(assets);
  const stream = new Float32Array(14 * FRAME_SIZE);
  const padded = new Float32Array(stream.length);
  padded.set(signal);
  for (let at = 0; at < stream.length; at += FRAME_SIZE)
    framed.processFrame(stream.subarray(at, at + FRAME_SIZE), padded.subarray(at, at + FRAME_SIZE));
  assert.deepEqual(whole, stream.subarray(LATENCY, LATENCY + signal.length));
});

test('the bands of the last frame: gains keep the attenuation limit, strengths are shares, bypass changes neither', async () => {
  const assets = await load();
  const bands = [{ maxAttenuationDb: 6 }, { maxAttenuationDb: 6, bypass: true }].map((options) => {
    const enhancer = new Enhancer(assets, options);
    enhancer.enhance(noise(48000));
    const [gains, strengths] = [new Float32Array(NUM_BANDS), new Float32Array(NUM_BANDS)];
    enhancer.readBands(gains, strengths);
    return { gains, strengths };
  });
  assert.ok(bands[0].gains.every((gain) => gain >= 10 ** (-6 / 20) - 1e-6));
  assert.ok(Math.min(...bands[0].gains) < 0.6, 'noise is attenuated');
  assert.ok(bands[0].strengths.every((strength) => strength >= 0 && strength <= 1));
  assert.ok(new Set(bands[0].strengths).size > NUM_BANDS / 2);
  assert.deepEqual(bands[1], bands[0]);
});

test('bypass gives the input, to the bit', async () => {
  const signal = noise(7000);
  assert.deepEqual(new Enhancer(await load(), { bypass: true }).enhance(signal), signal);
});

test('reset equals fresh, short and empty signals are fine', async () => {
  const assets = await load();
  const enhancer = new Enhancer(assets);
  const first = enhancer.enhance(noise(4800));
  assert.deepEqual(enhancer.enhance(noise(4800)), first);
  assert.equal(enhancer.enhance(new Float32Array(0)).length, 0);
  assert.equal(enhancer.enhance(noise(1)).length, 1);
});

test('two enhancers do not mix', async () => {
  const assets = await load();
  const [a, b] = [new Enhancer(assets), new Enhancer(assets)];
  const expected = new Enhancer(assets).enhance(noise(4800));
  const got = new Float32Array(4800 + LATENCY);
  const padded = new Float32Array(got.length);
  padded.set(noise(4800));
  const other = new Float32Array(FRAME_SIZE).fill(0.3);
  for (let at = 0; at < got.length; at += FRAME_SIZE) {
    a.processFrame(got.subarray(at, at + FRAME_SIZE), padded.subarray(at, at + FRAME_SIZE));
    b.processFrame(new Float32Array(FRAME_SIZE), other);
  }
  assert.deepEqual(got.subarray(LATENCY), expected);
});

test('NaN and infinities are replaced and counted', async () => {
  const enhancer = new Enhancer(await load());
  const frame = noise(FRAME_SIZE);
  frame.set([NaN, Infinity, -Infinity], 100);
  const output = new Float32Array(FRAME_SIZE);
  enhancer.processFrame(output, frame);
  assert.equal(enhancer.frameInfo.repaired, 3);
  for (let i = 0; i < 20; i++) enhancer.processFrame(output, noise(FRAME_SIZE));
  assert.equal(enhancer.frameInfo.repaired, 0);
  assert.ok(output.every(Number.isFinite));
});

test('options out of range, wrong lengths and bad files give typed errors', async () => {
  const assets = await load();
  assert.throws(() => new Enhancer(assets, { maxAttenuationDb: -1 }), hasCode('bad-arg'));
  assert.throws(() => new Enhancer(assets, { postfilter: NaN }), hasCode('bad-arg'));
  assert.throws(() => new Enhancer(assets).setConfig({ postfilter: 2 }), hasCode('bad-arg'));
  assert.throws(
    () => new Enhancer(assets).processFrame(new Float32Array(480), new Float32Array(128)),
    hasCode('bad-arg'),
  );
  await assert.rejects(load(modelBytes.slice(0, 1000)), hasCode('bad-model'));
  await assert.rejects(load(new Uint8Array(0)), hasCode('bad-model'));
  const flipped = modelBytes.slice();
  flipped[flipped.length >> 1] ^= 1;
  await assert.rejects(load(flipped), hasCode('bad-model'));
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0).buffer;
  await assert.rejects(
    assetsFromBytes({
      moduleBytes: empty,
      model: modelBytes,
      modelName: '',
      variant: 'scalar',
      processorUrl: '',
    }),
    hasCode('bad-module'),
  );
});

test('an engine without room for another instance is not taken for a bad module', async (context) => {
  const assets = await load();
  context.mock.method(WebAssembly, 'Instance', function () {
    throw new RangeError('WebAssembly.Instance(): Out of memory');
  });
  assert.throws(() => new Enhancer(assets), hasCode('unsupported'));
});

test('memory stays as it is', async () => {
  const enhancer = new Enhancer(await load());
  const before = enhancer.wasm.memorySize;
  enhancer.enhance(noise(48000));
  assert.equal(enhancer.wasm.memorySize, before);
});
