import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_CONFIG } from '../src/config.ts';
import { chooseForDevice } from '../src/estimator.ts';
import { PercepNetWasm } from '../src/wasm.ts';
import { WasmModel } from '../src/wasm_model.ts';
import { blankModel } from '../src/worker_blank_model.ts';
import { timeFrames } from '../src/worker_timing.ts';

const read = (name) => readFileSync(join(process.cwd(), 'dist', name));
const json = (name) => JSON.parse(read(name));
const module = new WebAssembly.Module(read(json('manifest.json').modules.simd128.file));

/** A device on which widths 64, 128, 256 and 512 take these milliseconds. */
function device(milliseconds, cores = 4) {
  const widths = [64, 128, 256, 512];
  const times = milliseconds.map((ms, i) => ({ width: widths[i], fastestMs: 0.8 * ms, usualMs: ms }));
  return { variant: 'simd128', times, cores };
}

const pick = (estimate, wishes) => {
  const { width, execution, fits } = chooseForDevice(estimate, wishes);
  return `${width} ${execution}${fits ? '' : ', too slow'}`;
};

const DESKTOP = device([0.15, 0.2, 0.35, 0.9]);
const PHONE = device([0.6, 0.9, 1.7, 4.5], 8);
const OLD_PHONE = device([2, 3, 6, 18], 4);
const TOO_SLOW = device([8, 12, 25, 80], 2);

test('inline as long as a frame fits half a render quantum', () => {
  assert.equal(pick(DESKTOP), '512 inline');
  assert.equal(pick(PHONE), '128 inline');
  assert.equal(pick(PHONE, { quantum: 480 }), '512 inline');
  assert.equal(pick(PHONE, { channels: 2 }), '64 inline');
});

test('quality takes a worker where that allows a wider network', () => {
  assert.equal(pick(PHONE, { prefer: 'quality' }), '512 worker');
  assert.equal(pick(DESKTOP, { prefer: 'quality' }), '512 inline');
  assert.equal(pick(PHONE, { prefer: 'quality', channels: 2 }), '256 worker');
});

test('a worker where nothing fits the worklet', () => {
  assert.equal(pick(OLD_PHONE), '128 worker');
});

test('without a second core, or workers, the narrowest inline, and it says so', () => {
  assert.equal(pick({ ...OLD_PHONE, cores: 1 }), '64 inline, too slow');
  assert.equal(pick(OLD_PHONE, { workers: false }), '64 inline, too slow');
  assert.equal(pick(TOO_SLOW), '64 inline, too slow');
});

test('an estimate survives JSON, in any order', () => {
  const kept = JSON.parse(JSON.stringify({ ...PHONE, times: [...PHONE.times].reverse() }));
  assert.deepEqual(chooseForDevice(kept), chooseForDevice(PHONE));
  assert.equal(chooseForDevice(PHONE).cpuShare, 0.09);
});

test('blank models of every width are what the module takes', () => {
  for (const width of [32, 64, 128, 256, 512]) {
    const wasm = new PercepNetWasm(WasmModel.whole(module, blankModel(width)), DEFAULT_CONFIG);
    assert.ok(wasm.processFrame(0) >= 0);
  }
});

test('a blank model has the size of a trained one', () => {
  for (const { name, bytes } of json('models.json').models) {
    const blank = blankModel(Number(name.split('-')[1])).byteLength;
    assert.ok(Math.abs(bytes - blank) < 4096, `${name}: ${bytes} bytes, blank ${blank}`);
  }
});

test('timing: the narrowest always, and others within the budget', () => {
  const times = timeFrames(module, [512, 64], 150);
  assert.deepEqual(
    times.map(({ width }) => width),
    [64, 512],
  );
  assert.ok(times.every(({ fastestMs, usualMs }) => fastestMs > 0 && usualMs >= fastestMs));
  assert.equal(timeFrames(module, [64, 128], 0).length, 1);
});
