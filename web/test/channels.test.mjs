import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Channels } from '../src/channels.ts';
import { FRAME_SIZE } from '../src/constants.ts';
import { SPREADS } from '../src/frame_queue.ts';

const QUANTUM = 128;

/** Two streams that delay by one frame: enough state to see what is kept and what is lost. */
class DelayStreams {
  input = new Float32Array(FRAME_SIZE);
  output = new Float32Array(FRAME_SIZE);
  kept = [new Float32Array(FRAME_SIZE), new Float32Array(FRAME_SIZE)];
  begun = [null, null];
  done = [0, 0];
  frames = [0, 0];

  beginFrame(stream) {
    assert.equal(this.begun[stream], null, 'begun twice');
    this.begun[stream] = this.input.slice();
  }
  advance(stream, goal) {
    const most = this.begun[stream] === null ? 300 : 1000;
    this.done[stream] = Math.min(most, Math.max(this.done[stream], goal));
    return this.done[stream];
  }
  endFrame(stream) {
    assert.notEqual(this.begun[stream], null, 'ended before it was begun');
    this.output.set(this.kept[stream]);
    this.kept[stream].set(this.begun[stream]);
    this.begun[stream] = null;
    this.done[stream] = 0;
    this.frames[stream]++;
  }
  reset(stream) {
    this.kept[stream].fill(0);
    this.begun[stream] = null;
    this.done[stream] = 0;
  }
  copyStream(to, from) {
    this.kept[to].set(this.kept[from]);
    this.begun[to] = this.begun[from];
    this.done[to] = this.done[from];
  }
}

function sine(length, hz, level = 0.5) {
  return Float32Array.from({ length }, (_, i) => level * Math.sin((2 * Math.PI * hz * i) / 48000));
}

/** `shape(block)` gives the number of input channels; the output has as many, but at least one. */
function run(channels, signals, shape) {
  const length = signals[0].length;
  const result = [new Float32Array(length), new Float32Array(length)];
  for (let at = 0; at + QUANTUM <= length; at += QUANTUM) {
    const count = shape(at / QUANTUM);
    const part = (signal) => signal.subarray(at, at + QUANTUM);
    const output = result.slice(0, Math.max(1, count)).map(part);
    channels.process(output, signals.slice(0, count).map(part));
    if (output.length === 1) part(result[1]).set(output[0]); // as a loudspeaker pair hears mono
  }
  return result;
}

function largestStep(signal) {
  return signal.reduce(
    (largest, value, i) => (i === 0 ? 0 : Math.max(largest, Math.abs(value - signal[i - 1]))),
    0,
  );
}

const LEFT = sine(QUANTUM * 800, 440);
const RIGHT = sine(QUANTUM * 800, 310);

for (const spread of SPREADS) {
  const TOTAL = 448 + spread * QUANTUM + FRAME_SIZE;

  test(`spread ${spread}: stereo: both sides alive, each with its own signal`, () => {
    const [left, right] = run(new Channels(new DelayStreams(), () => {}, spread), [LEFT, RIGHT], () => 2);
    assert.deepEqual(left.subarray(TOTAL), LEFT.subarray(0, -TOTAL));
    assert.deepEqual(right.subarray(TOTAL), RIGHT.subarray(0, -TOTAL));
  });

  test(`spread ${spread}: mono costs one stream`, () => {
    const streams = new DelayStreams();
    run(new Channels(streams, () => {}, spread), [LEFT, RIGHT], () => 1);
    assert.equal(streams.frames[1], 0);
    assert.ok(streams.frames[0] > 200);
  });

  test(`spread ${spread}: mono to stereo and back with the same sound on both sides changes nothing`, () => {
    const shape = (block) => (block % 300 < 137 ? 1 : 2);
    const [left, right] = run(new Channels(new DelayStreams(), () => {}, spread), [LEFT, LEFT], shape);
    assert.deepEqual(left.subarray(TOTAL), LEFT.subarray(0, -TOTAL));
    assert.deepEqual(right.subarray(TOTAL), LEFT.subarray(0, -TOTAL));
  });

  test(`spread ${spread}: stereo to mono: what a mono listener hears has no step, and the second stream comes to rest`, () => {
    const streams = new DelayStreams();
    const silent = new Float32Array(LEFT.length);
    const switched = 200 * QUANTUM;
    const fading = RIGHT.map((value, i) => value * Math.max(0, Math.min(1, (switched - i) / 2400)));
    const [left, right] = run(new Channels(streams, () => {}, spread), [silent, fading], (block) =>
      block < 200 ? 2 : 1,
    );
    const mono = left.map((value, i) => 0.5 * (value + right[i]));
    const tail = mono.subarray(switched, switched + TOTAL);
    assert.ok(largestStep(tail) > 0, 'the sound under way when the side fell away is still heard');
    assert.ok(largestStep(mono) <= largestStep(RIGHT));
    assert.ok(streams.frames[1] < streams.frames[0] - 50);
  });

  test(`spread ${spread}: no input at all keeps the streams fed with silence`, () => {
    const streams = new DelayStreams();
    const [left] = run(new Channels(streams, () => {}, spread), [LEFT], (block) => (block < 100 ? 1 : 0));
    assert.deepEqual(left.subarray(-10000), new Float32Array(10000));
    const inWhole = Math.floor((800 * QUANTUM) / FRAME_SIZE); // the last may still be under way
    assert.ok(streams.frames[0] === inWhole || (spread > 0 && streams.frames[0] === inWhole - 1));
  });

  test(`spread ${spread}: reset equals fresh`, () => {
    const used = new Channels(new DelayStreams(), () => {}, spread);
    run(used, [RIGHT, LEFT], () => 2);
    used.reset();
    const fresh = new Channels(new DelayStreams(), () => {}, spread);
    const shape = (block) => 1 + (Math.floor(block / 50) % 2);
    assert.deepEqual(run(used, [LEFT, RIGHT], shape), run(fresh, [LEFT, RIGHT], shape));
  });
}
