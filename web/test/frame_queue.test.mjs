import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameQueue } from '../src/frame_queue.ts';

const FRAME = 480;
const copyFrame = (output, input) => output.set(input);

/** Positive and never the same, so that a gap, a repeat and a leading zero all show. */
function ramp(length) {
  return Float32Array.from({ length }, (_, i) => i + 1);
}

/** What the queue gives for `signal`, cut into blocks of the lengths that `next` tells. */
function run(queue, signal, next) {
  const result = new Float32Array(signal.length);
  for (let at = 0, block = 0; at < signal.length; block++) {
    const length = Math.min(next(block), signal.length - at);
    queue.process(result.subarray(at, at + length), signal.subarray(at, at + length));
    at += length;
  }
  return result;
}

function greatestCommonDivisor(a, b) {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

for (const quantum of [1, 64, 128, 256, 441, 480, 960, 1024]) {
  test(`blocks of ${quantum} come back exactly ${FRAME} - gcd later`, () => {
    const queue = new FrameQueue(FRAME, copyFrame);
    const signal = ramp(Math.max(9600, quantum * 400));
    const result = run(queue, signal, () => quantum);
    const delay = FRAME - greatestCommonDivisor(FRAME, quantum);
    assert.equal(queue.delay, delay);
    assert.deepEqual(result.subarray(0, delay), new Float32Array(delay));
    assert.deepEqual(result.subarray(delay), signal.subarray(0, signal.length - delay));
  });
}

test('every frame is processed once and in order', () => {
  const seen = [];
  const queue = new FrameQueue(FRAME, (output, input) => seen.push(...input));
  run(queue, ramp(9600), () => 128);
  assert.deepEqual(seen, [...ramp(9600)]);
});

test('changing block lengths stretch the delay once, by held samples, and lose nothing', () => {
  const queue = new FrameQueue(FRAME, copyFrame);
  const lengths = [480, 960, 128, 128, 64, 441, 17, 1024, 128, 480];
  const signal = ramp(40000);
  const result = run(queue, signal, (block) => lengths[block % lengths.length]);
  assert.equal(queue.delay, 479);
  const distinct = result.filter((value, i) => value !== 0 && value !== result[i - 1]);
  assert.deepEqual(distinct, signal.subarray(0, distinct.length));
  assert.deepEqual(result.subarray(-20000), signal.subarray(-20000 - 479, -479));
});

test('blocks of the same common divisor leave the delay alone', () => {
  const queue = new FrameQueue(FRAME, copyFrame);
  const signal = ramp(48000);
  const result = run(queue, signal, (block) => [128, 64, 256][block % 3]);
  assert.equal(queue.delay, 448);
  assert.deepEqual(result.subarray(448), signal.subarray(0, -448));
});

test('output may be input, and no input is silence', () => {
  const queue = new FrameQueue(FRAME, copyFrame);
  const block = ramp(480);
  queue.process(block, block);
  assert.deepEqual(block, ramp(480));
  queue.process(block, undefined);
  assert.deepEqual(block, new Float32Array(480));
});

test('reset equals fresh', () => {
  const signal = ramp(5000);
  const queue = new FrameQueue(FRAME, copyFrame);
  const first = run(queue, signal, () => 128);
  run(queue, signal, () => 100);
  const used = new FrameQueue(FRAME, copyFrame);
  run(used, signal.subarray(0, 1280), () => 128);
  used.reset();
  assert.deepEqual(
    run(used, signal, () => 128),
    first,
  );
});
