// The worker's engine against the inline one, with a worker that answers when the test says so.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_CONFIG } from '../src/config.ts';
import { FRAME_SIZE, LATENCY } from '../src/constants.ts';
import { InlineEngine } from '../src/inline_engine.ts';
import { BlockServer } from '../src/worker_block_server.ts';
import { transportDelay, WorkerEngine } from '../src/worker_engine.ts';
import { WasmModel } from '../src/wasm_model.ts';
import { Slot, slotSize } from '../src/worker_slot.ts';

const read = (name) => readFileSync(join(process.cwd(), 'dist', name));
const json = (name) => JSON.parse(read(name));
const module = new WebAssembly.Module(read(json('manifest.json').modules.simd128.file));
const model = new Uint8Array(read(json('models.json').models.at(-1).file));
const MS = 10;
const SLOTS = 64;

/** Slots on their way, served by `work`. */
class TestTransport {
  constructor(shape, serve) {
    this.serve = serve;
    this.pool = Array.from({ length: SLOTS }, () => new Slot(shape, new ArrayBuffer(slotSize(shape))));
    this.sent = [];
    this.answers = [];
  }
  free() {
    return this.pool.at(-1) ?? null;
  }
  send() {
    this.sent.push(this.pool.pop());
  }
  answer() {
    return this.answers[0] ?? null;
  }
  release() {
    this.pool.push(this.answers.shift());
  }
  close() {}
  work(blocks = Infinity) {
    for (; blocks > 0 && this.sent.length > 0; blocks--) {
      this.serve(this.sent[0]);
      this.answers.push(this.sent.shift());
    }
  }
}

function engines(lengths = [128], { spread = 0, config = DEFAULT_CONFIG } = {}) {
  const frames = { inline: [], worker: [] };
  const settings = { config, spread, channels: 2, blockLengths: lengths };
  const note = (list) => (stream, info) => list.push([stream, { ...info }]);
  const inline = new InlineEngine(WasmModel.whole(module, model), {
    ...settings,
    onFrame: note(frames.inline),
  });
  const longest = Math.max(...lengths);
  const shape = { channels: 2, length: longest };
  const server = new BlockServer(
    (onFrame) => new InlineEngine(WasmModel.whole(module, model), { ...settings, onFrame }),
    shape,
  );
  const transport = new TestTransport(shape, server.serve);
  const told = { late: 0, workMs: 0, dead: 0 };
  const worker = new WorkerEngine(transport, {
    ...settings,
    transport: transportDelay(MS, lengths),
    onFrame: note(frames.worker),
    onLate: () => told.late++,
    onWork: (ms) => (told.workMs += ms),
    onDead: () => told.dead++,
  });
  return { inline, worker, transport, frames, told };
}

/** `count` channels of tones and noise. */
function sound(length, count = 1) {
  let state = 1;
  return Array.from({ length: count }, (_, channel) =>
    Float32Array.from({ length }, (_, i) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const noise = (state >>> 8) / 2 ** 23 - 1;
      return 0.3 * Math.sin((i * (channel + 1)) / 40) + 0.02 * noise;
    }),
  );
}

/** The channels through `engine` in blocks of the lengths given, in turn; `each(block, outputs)` before each of them. */
function run(engine, channels, lengths = [128], each = () => {}) {
  const output = [[], []];
  for (let at = 0, block = 0; at < channels[0].length; at += lengths[block++ % lengths.length]) {
    const length = lengths[block % lengths.length];
    const input = channels.map((samples) => Float32Array.from({ length }, (_, i) => samples[at + i] ?? 0));
    const count = each(block) ?? channels.length;
    const out = Array.from({ length: count }, () => new Float32Array(length));
    engine.process(out, input.slice(0, count));
    output.forEach((list, channel) => list.push(...(out[channel] ?? out[0])));
  }
  return output;
}

function assertLater(got, expected, delay) {
  assert.ok(got.slice(0, delay).every((sample) => sample === 0));
  assert.deepEqual(got.slice(delay), expected.slice(0, expected.length - delay));
}

const largestStep = (samples) =>
  samples.reduce((largest, sample, i) => Math.max(largest, Math.abs(sample - (samples[i - 1] ?? sample))), 0);

for (const [lengths, spread] of [
  [[128], 0],
  [[128], 3],
  [[139, 140, 139], 0],
  [[480], 3],
  [[1024], 0],
])
  test(`blocks of ${lengths}, spread ${spread}: the inline engine's bits, its frames, and the stated delay`, () => {
    const { inline, worker, transport, frames, told } = engines(lengths, { spread });
    const later = transportDelay(MS, lengths);
    assert.equal(worker.delay, inline.delay + later);
    const channels = sound(30 * FRAME_SIZE, 2);
    const expected = run(inline, channels, lengths);
    const got = run(worker, channels, lengths, () => transport.work());
    for (const channel of [0, 1]) assertLater(got[channel], expected[channel], later);
    assert.equal(told.late, 0);
    assert.ok(told.workMs > 0);
    assert.ok(frames.worker.length > 40);
    assert.deepEqual(frames.worker, frames.inline.slice(0, frames.worker.length));
  });

test('answers come in time as late as one block before they are due', () => {
  const { inline, worker, transport, told } = engines();
  const channels = sound(20 * FRAME_SIZE);
  const blocks = transportDelay(MS, [128]) / 128;
  const got = run(worker, channels, [128], (block) => void (block >= blocks && transport.work(1)));
  assertLater(got[0], run(inline, channels)[0], 128 * blocks);
  assert.equal(told.late, 0);
});

test('options and resets take effect at the same sample as inline', () => {
  const { inline, worker, transport } = engines();
  const channels = sound(60 * FRAME_SIZE);
  const changes = (engine) => (block) => {
    if (block % 41 === 10) engine.setConfig({ ...DEFAULT_CONFIG, bypass: block % 2 === 0 });
    if (block === 130) engine.setConfig({ ...DEFAULT_CONFIG, maxAttenuationDb: 6 });
  };
  const expected = run(inline, channels, [128], changes(inline))[0];
  const change = changes(worker);
  const got = run(worker, channels, [128], (block) => (transport.work(), void change(block)))[0];
  assertLater(got, expected, transportDelay(MS, [128]));
});

test('reset equals fresh', () => {
  const used = engines();
  run(used.worker, sound(10 * FRAME_SIZE), [128], () => used.transport.work());
  used.worker.reset();
  const fresh = engines();
  const channels = sound(20 * FRAME_SIZE);
  const rerun = ({ worker, transport }) => run(worker, channels, [128], () => transport.work());
  assert.deepEqual(rerun(used), rerun(fresh));
});

test('mono to stereo and back: as inline, without a step', () => {
  const { worker, transport } = engines();
  const [mono] = sound(300 * 128);
  const count = (block) => (transport.work(), block >= 100 && block < 200 ? 2 : 1);
  const got = run(worker, [mono, mono], [128], count);
  const alone = engines();
  const expected = run(alone.worker, [mono], [128], () => alone.transport.work())[0];
  assert.deepEqual(got[0], expected);
  assert.deepEqual(got[1], expected);
});

test('stereo that becomes mono: what is on its way back is mixed, as inline mixes what follows', () => {
  const { inline, worker, transport } = engines();
  const channels = sound(200 * 128, 2);
  channels[1].forEach((sample, i) => (channels[1][i] = 0.2 * sample + channels[0][(i * 7) % 20000]));
  const count = (block) => (block < 100 ? 2 : 1);
  const [left, right] = run(inline, channels, [128], count);
  const [got] = run(worker, channels, [128], (block) => (transport.work(), count(block)));
  const later = transportDelay(MS, [128]);
  const [change, all] = [100 * 128, 200 * 128];
  const mean = left.map((sample, i) => Math.fround(0.5 * (sample + right[i])));
  assert.deepEqual(got.slice(change, change + later), mean.slice(change - later, change));
  assert.deepEqual(got.slice(change + later), left.slice(change, all - later));
});

test('where answers are late, the untouched sound is heard at the same delay, and then the enhanced one again', () => {
  const { inline, worker, transport, told } = engines();
  const channels = sound(400 * 128);
  const late = (block) => block >= 150 && block < 170;
  const got = run(worker, channels, [128], (block) => void (late(block) || transport.work()))[0];
  const expected = run(inline, channels)[0];
  const later = transportDelay(MS, [128]);
  const range = (list, from, to, shift) => list.slice(128 * from - shift, 128 * to - shift);
  assert.deepEqual(range(got, 0, 150, 0).slice(later), range(expected, 0, 150, 0).slice(0, -later));
  assert.deepEqual(range(got, 160, 170, 0), Array.from(range(channels[0], 160, 170, worker.delay + LATENCY)));
  // ... for another 0.1 s, and then over 20 ms
  assert.deepEqual(range(got, 170, 207, 0), Array.from(range(channels[0], 170, 207, worker.delay + LATENCY)));
  assert.deepEqual(range(got, 230, 400, 0), range(expected, 230, 400, later));
  assert.ok(largestStep(got) < 2 * largestStep(Array.from(channels[0])));
  assert.ok(told.late > 10 && told.late < 20, `${told.late} late`);
});

test('a long stall: blocks are left out, told once, and enhanced sound comes back in its place', () => {
  const { worker, transport, told } = engines();
  const channels = sound(1200 * 128);
  const stalled = (block) => block >= 100 && block < 600;
  const config = { ...DEFAULT_CONFIG, bypass: true }; // so that every answer has a sample to be compared with
  worker.setConfig(config);
  const got = run(worker, channels, [128], (block) => void (stalled(block) || transport.work(8)))[0];
  assert.equal(told.dead, 1);
  assert.ok(told.late > 490, `${told.late} late of 500`);
  const delay = worker.delay + LATENCY;
  assert.deepEqual(got.slice(delay), Array.from(channels[0].slice(0, -delay)));
  const late = told.late;
  run(worker, channels, [128], () => transport.work());
  assert.equal(told.late, late, 'late again after the stall');
});

test('a worker that is too slow for good leaves the untouched sound, never silence', () => {
  const { worker, transport } = engines();
  const channels = sound(1500 * 128);
  const got = run(worker, channels, [128], (block) => void (block % 3 && transport.work(1)))[0];
  const delay = worker.delay + LATENCY;
  const heard = got.slice(delay + 200 * 128);
  for (let at = 0; at + 4800 < heard.length; at += 4800)
    assert.ok(Math.max(...heard.slice(at, at + 4800)) > 0.1, `silent at ${at}`);
});
