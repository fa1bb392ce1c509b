import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameQueue, SPREADS, WHOLE_FRAME } from '../src/frame_queue.ts';

const FRAME = 480;

/**
 * Gives every frame back as it came. Its work is in parts as the core's: `parts` add up to WHOLE_FRAME, of which `early`
 * need no input.
 */
class CopyWork {
  frame = null;
  at = 0;
  worked = 0;

  constructor(parts = [WHOLE_FRAME], early = 0) {
    this.parts = parts;
    this.early = early;
  }
  begin(input) {
    assert.equal(this.frame, null, 'begun twice');
    this.frame = input.slice();
  }
  advance(goal) {
    const end = this.frame === null ? this.early : this.parts.length;
    while (this.at < end && this.done() + this.parts[this.at] / 2 <= goal) this.run();
    return this.done();
  }
  end(output) {
    assert.notEqual(this.frame, null, 'ended before it was begun');
    while (this.at < this.parts.length) this.run();
    output.set(this.frame);
    this.frame = null;
    this.at = 0;
  }
  run() {
    this.worked += this.parts[this.at++];
  }
  done() {
    return this.parts.slice(0, this.at).reduce((sum, part) => sum + part, 0);
  }
}

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

for (const spread of SPREADS)
  for (const quantum of [1, 64, 128, 256, 441, 480, 960, 1024])
    test(`spread ${spread}: blocks of ${quantum} come back exactly ${FRAME} - gcd and ${spread} blocks later`, () => {
      const queue = new FrameQueue(FRAME, new CopyWork(), spread);
      const signal = ramp(Math.max(9600, quantum * 400));
      const result = run(queue, signal, () => quantum);
      const delay = FRAME - greatestCommonDivisor(FRAME, quantum) + spread * Math.min(quantum, FRAME);
      assert.equal(queue.delay, delay);
      assert.deepEqual(result.subarray(0, delay), new Float32Array(delay));
      assert.deepEqual(result.subarray(delay), signal.subarray(0, signal.length - delay));
    });

for (const spread of SPREADS) {
  test(`spread ${spread}: every frame is processed once and in order`, () => {
    const seen = [];
    const work = new CopyWork();
    work.begin = (input) => {
      seen.push(...input);
      work.frame = input.slice();
    };
    run(new FrameQueue(FRAME, work, spread), ramp(9600), () => 128);
    assert.deepEqual(seen, [...ramp(9600)]);
  });

  test(`spread ${spread}: changing block lengths stretch the delay once, by held samples, and lose nothing`, () => {
    const queue = new FrameQueue(FRAME, new CopyWork(), spread);
    const lengths = [480, 960, 128, 128, 64, 441, 17, 1024, 128, 480];
    const signal = ramp(40000);
    const result = run(queue, signal, (block) => lengths[block % lengths.length]);
    const delay = 479 + 480 * spread;
    assert.equal(queue.delay, delay);
    const distinct = result.filter((value, i) => value !== 0 && value !== result[i - 1]);
    assert.deepEqual(distinct, signal.subarray(0, distinct.length));
    assert.deepEqual(result.subarray(-20000), signal.subarray(-20000 - delay, -delay));
  });

  test(`spread ${spread}: blocks of the same common divisor leave the delay alone`, () => {
    const queue = new FrameQueue(FRAME, new CopyWork(), spread);
    const signal = ramp(48000);
    const result = run(queue, signal, (block) => [256, 64, 128][block % 3]);
    const delay = 448 + 256 * spread;
    assert.equal(queue.delay, delay);
    assert.deepEqual(result.subarray(delay), signal.subarray(0, -delay));
  });

  test(`spread ${spread}: output may be input, and no input is silence`, () => {
    const queue = new FrameQueue(FRAME, new CopyWork(), spread);
    const block = ramp(480);
    queue.process(block, block);
    for (let late = 0; late < spread; late++) {
      assert.deepEqual(block, new Float32Array(480));
      queue.process(block, undefined);
    }
    assert.deepEqual(block, ramp(480));
    queue.process(block, undefined);
    assert.deepEqual(block, new Float32Array(480));
  });

  test(`spread ${spread}: reset equals fresh`, () => {
    const signal = ramp(5000);
    const queue = new FrameQueue(FRAME, new CopyWork(), spread);
    const first = run(queue, signal, () => 128);
    run(queue, signal, () => 100);
    const work = new CopyWork();
    const used = new FrameQueue(FRAME, work, spread);
    run(used, signal.subarray(0, 1280), () => 128);
    used.reset();
    work.frame = null;
    assert.deepEqual(
      run(used, signal, () => 128),
      first,
    );
  });
}

/** The most and the mean that a block works, in frames, once the start is over. */
function loads(parts, early, spread, quantum) {
  const work = new CopyWork(parts, early);
  const queue = new FrameQueue(FRAME, work, spread);
  const block = new Float32Array(quantum);
  const each = Array.from({ length: 300 }, () => {
    work.worked = 0;
    queue.process(block, block);
    return work.worked / WHOLE_FRAME;
  }).slice(30);
  return { most: Math.max(...each), mean: each.reduce((sum, one) => sum + one) / each.length };
}

/** A hundredth each; `early` of them need no input. */
const FINE = new Array(100).fill(WHOLE_FRAME / 100);

/** The least that the busiest block can do: for a frame alone, for two that come close together, for all. */
function leastMost(late, spread, quantum) {
  const between = Math.floor(FRAME / quantum);
  return Math.max(late / (spread + 1), (late + 1) / (between + spread + 1), quantum / FRAME);
}

for (const early of [2, 10, 20, 35, 45])
  for (const quantum of [64, 128])
    for (const spread of SPREADS)
      test(`spread ${spread}: blocks of ${quantum} share the work, ${early} % of it early`, () => {
        const { most, mean } = loads(FINE, early, spread, quantum);
        assert.ok(most < leastMost(1 - early / 100, spread, quantum) + 0.015, `${most} of a frame in one block`);
        assert.ok(Math.abs(mean - quantum / FRAME) < 0.01, 'nothing is left undone');
      });

test('blocks of which nearly every one ends a frame share the work too', () => {
  assert.ok(loads(FINE, 2, 1, 256).most < leastMost(0.98, 1, 256) + 0.015);
});
