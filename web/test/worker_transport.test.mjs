// The ways to a worker: blocks there and back in order, over wrapping counters, and what the audio thread makes of objects.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_CONFIG } from '../src/config.ts';
import { transportDelay, WorkerEngine } from '../src/worker_engine.ts';
import { Slot, slotSize } from '../src/worker_slot.ts';
import { PortTransport, sharedSize, SharedTransport } from '../src/worker_transport.ts';

const SHAPE = { channels: 2, length: 128 };
const SLOTS = 16;
const [WRITTEN, ANSWERED] = [0, 1]; // the shared memory's counters

/** The transport and what makes the worker answer all that it has. */
function shared() {
  const memory = new SharedArrayBuffer(sharedSize(SHAPE, SLOTS));
  const control = new Int32Array(memory, 0, 2);
  const transport = new SharedTransport(memory, SHAPE);
  const work = (serve) => {
    for (; control[ANSWERED] !== control[WRITTEN]; control[ANSWERED]++)
      serve?.(transport.slot(control[ANSWERED]));
  };
  return { transport, work };
}

function messages() {
  const port = { sent: [], postMessage: (buffer, [same]) => port.sent.push([buffer, same]) };
  const transport = new PortTransport(port, SHAPE, SLOTS);
  const work = (serve) => {
    for (const [buffer, transferred] of port.sent.splice(0)) {
      assert.equal(buffer, transferred);
      serve(new Slot(SHAPE, buffer));
      port.onmessage({ data: buffer });
    }
  };
  return { transport, work };
}

for (const [name, make] of Object.entries({ shared, messages }))
  test(`${name}: as many blocks as there are slots, answered in order, again and again`, () => {
    const { transport, work } = make();
    const double = (slot) => slot.set('length', 2 * slot.get('position'));
    let position = 0;
    for (let round = 0; round < 5; round++) {
      const first = position;
      for (; transport.free() !== null; position++) {
        transport.free().set('position', position);
        transport.send();
      }
      assert.equal(position - first, SLOTS);
      assert.equal(transport.answer(), null);
      work(double);
      for (let due = first; due < position; due++) {
        assert.equal(transport.answer().get('position'), due);
        assert.equal(transport.answer().get('length'), 2 * due);
        transport.release();
      }
      assert.equal(transport.answer(), null);
    }
  });

test('shared: the counters may wrap around', () => {
  const { transport, work } = shared();
  const near = 2 ** 31 - 5;
  transport.control.fill(near, 0, 2);
  Object.assign(transport, { written: near, released: near });
  for (let block = 0; block < 3 * SLOTS; block++) {
    transport.free().set('position', block);
    transport.send();
    work();
    assert.equal(transport.answer().get('position'), block);
    transport.release();
  }
});

test('a slot keeps its parts apart', () => {
  const slot = new Slot(SHAPE, new ArrayBuffer(slotSize(SHAPE)));
  slot.sound.forEach((sound, channel) => sound.fill(channel + 0.5));
  const config = { maxAttenuationDb: 12.5, postfilter: 0.25, bypass: true };
  slot.setConfig([config.maxAttenuationDb, config.postfilter, 1]);
  const infos = [0, 1].map((stream) => ({
    stream,
    voice: 0.5,
    snrDb: -3,
    period: 300,
    pitchCorrelation: 0.75,
  }));
  for (const { stream, ...info } of infos) slot.addFrame(stream, { ...info, repaired: stream });
  assert.deepEqual(slot.config(), config);
  const info = {};
  assert.equal(slot.readFrame(1, info), 1);
  assert.deepEqual(info, { voice: 0.5, snrDb: -3, period: 300, pitchCorrelation: 0.75, repaired: 1 });
  slot.sound.forEach((sound, channel) => assert.ok(sound.every((sample) => sample === channel + 0.5)));
});

for (const slow of [false, true])
  test(`shared: exchanging blocks makes no objects${slow ? ', even with a worker that is late' : ''}`, () => {
    const { transport, work } = shared();
    const engine = new WorkerEngine(transport, {
      config: DEFAULT_CONFIG,
      spread: 0,
      channels: 2,
      blockLengths: [128],
      transport: transportDelay(10, [128]),
      onFrame: () => {},
      onLate: () => {},
      onWork: () => {},
      onDead: () => {},
    });
    const input = [new Float32Array(128).fill(0.1), new Float32Array(128).fill(0.2)];
    const output = [new Float32Array(128), new Float32Array(128)];
    const run = (blocks) => {
      for (let block = 0; block < blocks; block++) {
        engine.process(output, input);
        if (!slow || block % 7 === 0) work();
      }
    };
    const grownBy = (blocks) => {
      const before = process.memoryUsage().heapUsed;
      run(blocks);
      return (process.memoryUsage().heapUsed - before) / blocks;
    };
    run(4000); // as in allocation.test.mjs
    const batches = Array.from({ length: 9 }, () => grownBy(500)).sort((a, b) => a - b);
    assert.ok(batches[4] < 100, `${batches[4]} bytes per block`);
  });
