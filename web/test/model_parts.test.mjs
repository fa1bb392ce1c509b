// The processor of a live context takes a model in parts, so that a render call never waits for all of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { DEFAULT_CONFIG } from '../src/config.ts';
import { modelIdOf, nameByChecksum } from '../src/identity.ts';
import { WasmModel } from '../src/wasm_model.ts';

const read = (name) => readFileSync(join(process.cwd(), 'dist', name));
const json = (name) => JSON.parse(read(name));
const module = new WebAssembly.Module(read(json('manifest.json').modules.simd128.file));
const fileOf = (width) => new Uint8Array(read(`percepnet-${width}.pnet`));
const BLOCK = 128;
const MOST_COPIED = 2 ** 19;
const MOST_READ = 2 ** 20;
const { Instance } = WebAssembly;
const { set } = Uint8Array.prototype;

/** What a scope has, as far as the processor needs it. */
class Port {
  sent = [];
  postMessage(message) {
    this.sent.push(message);
  }
  close() {}
}
let Processor;
Object.assign(globalThis, {
  PERCEPNET_PROCESSOR: 'percepnet',
  sampleRate: 48000,
  currentTime: 0,
  AudioWorkletProcessor: class {
    port = new Port();
  },
  registerProcessor: (_, made) => (Processor = made),
});
await import('../src/percepnet_processor.ts');

afterEach(() => {
  WebAssembly.Instance = Instance;
  Uint8Array.prototype.set = set;
});

let made = 0;
/** Names that no other test uses, unless told: the models of all processors are shared. */
function source(width, { model = fileOf(width), id = `${made++}` } = {}) {
  return { moduleId: 'one', modelId: id, files: { module, model } };
}

function processor({ live = true, engine = null } = {}) {
  const processorOptions = {
    engine,
    config: { ...DEFAULT_CONFIG },
    spread: 0,
    quantum: BLOCK,
    channels: 1,
    live,
    transport: 0,
  };
  const node = new Processor({ processorOptions });
  const say = (message) => node.port.onmessage({ data: message });
  const { maxAttenuationDb, postfilter } = DEFAULT_CONFIG;
  const parameters = { maxAttenuationDb: [maxAttenuationDb], postfilter: [postfilter] };
  return {
    sent: node.port.sent,
    say,
    give: (id, given) => say({ type: 'engine', id, engine: given }),
    last: () => node.port.sent.at(-1),
    /** Answers parts as the page does, `most` of them; returns how many. */
    answer(most = Infinity) {
      let parts = 0;
      for (; parts < most && this.last().type === 'part'; parts++)
        say({ type: 'continue', id: this.last().id });
      return parts;
    },
    play(blocks) {
      return Float32Array.from(
        Array.from({ length: blocks }, () => {
          const output = new Float32Array(BLOCK);
          node.process([[new Float32Array(BLOCK).fill(0.1)]], [[output]], parameters);
          return [...output];
        }).flat(),
      );
    },
  };
}

/** Counts what is done in instances of the module that are made from now on. */
function watch() {
  const seen = { instances: 0, reads: [], copies: [] };
  WebAssembly.Instance = function (...args) {
    seen.instances++;
    const { exports } = new Instance(...args);
    const percepnet_model_advance = (model, bytes) => {
      seen.reads.push(bytes);
      return exports.percepnet_model_advance(model, bytes);
    };
    return { exports: { ...exports, percepnet_model_advance } };
  };
  Uint8Array.prototype.set = function (values, at) {
    seen.copies.push(values.length);
    return set.call(this, values, at);
  };
  return seen;
}

for (const width of [64, 512])
  test(`no message about a model of width ${width} makes more work than a part of it`, () => {
    const seen = watch();
    const size = fileOf(width).length;
    const { give, say, last, sent } = processor();
    give(1, source(width));
    let messages = 1;
    for (; last().type === 'part'; messages++) {
      const before = seen.reads.length + seen.copies.length;
      say({ type: 'continue', id: 1 });
      assert.equal(seen.reads.length + seen.copies.length, before + 1);
    }
    assert.deepEqual(last(), { type: 'ready', id: 1 });
    assert.ok(sent.every(({ type, id }) => ['part', 'ready'].includes(type) && id === 1));
    assert.ok(Math.max(...seen.copies) <= MOST_COPIED && Math.max(...seen.reads) <= MOST_READ);
    assert.equal(seen.copies.reduce((sum, bytes) => sum + bytes), size);
    assert.ok(messages > size / MOST_COPIED + size / MOST_READ, `${messages} messages`);
  });

test('a model that comes before the first block is heard without a fade, a later one with', () => {
  const early = processor();
  early.give(1, source(64, { id: 'both' }));
  early.answer();
  const alone = processor({ live: false, engine: source(64) });
  assert.deepEqual(alone.sent.map(({ type }) => type), ['ready']);
  const expected = alone.play(200);
  assert.deepEqual(early.play(200), expected);
  const late = processor();
  const untouched = late.play(50);
  late.give(1, source(64, { id: 'both' }));
  late.answer();
  const then = late.play(200);
  assert.ok(untouched.at(-1) === Math.fround(0.1) && then[0] === untouched.at(-1));
  assert.notEqual(then.at(-1), untouched.at(-1));
  const step = then.reduce((most, value, i) => Math.max(most, Math.abs(value - then[Math.max(0, i - 1)])), 0);
  assert.ok(step < 0.01, `${step}`);
});

test('between the parts the sound goes on', () => {
  const node = processor();
  node.play(50);
  node.give(1, source(512));
  for (let i = 0; i < 10; i++) {
    assert.equal(node.answer(1), 1);
    assert.ok(node.play(3).every((sample) => sample === Math.fround(0.1)));
  }
});

test('off line a model is there at once', () => {
  const node = processor({ live: false });
  node.give(1, source(512));
  assert.deepEqual(node.sent, [{ type: 'ready', id: 1 }]);
});

for (const [what, stop] of [
  ['another model', (node) => node.give(2, source(64))],
  ['no model', (node) => node.give(2, null)],
  ['the word to drop it', (node) => node.say({ type: 'drop', id: 1 })],
  ['the end of the node', (node) => node.say({ type: 'destroy' })],
])
  test(`${what} ends the work on a model that is coming`, () => {
    const node = processor();
    node.give(1, source(512));
    node.answer(5);
    stop(node);
    const { sent } = node;
    const [before, seen] = [sent.length, watch()];
    node.say({ type: 'continue', id: 1 });
    assert.equal(sent.length, before);
    assert.equal(seen.copies.length, 0);
    if (what !== 'another model') return;
    node.answer();
    assert.deepEqual(node.last(), { type: 'ready', id: 2 });
  });

test('a model that nobody waits for any more gives way to another, or is gone on with', () => {
  const node = processor();
  const given = source(512);
  node.give(1, given);
  node.answer(10);
  node.say({ type: 'drop', id: 1 });
  node.give(2, { ...given, files: null });
  const seen = watch();
  assert.equal(node.last().type, 'part');
  node.answer();
  assert.deepEqual([node.last().type, seen.instances], ['ready', 0]);
  node.give(3, null);
  node.play(50);
  node.give(4, source(128));
  node.give(5, { ...given, files: null });
  assert.deepEqual(node.last(), { type: 'missing', id: 5 });
});

test('two nodes prepare the model that both want, and each is told', () => {
  const alone = processor();
  alone.give(1, source(256));
  const parts = alone.answer();
  const nodes = [processor(), processor()];
  const seen = watch();
  for (const node of nodes) node.give(1, source(256, { id: 'shared' }));
  let shared = 0;
  while (nodes.some((node) => node.last().type === 'part'))
    for (const node of nodes) shared += node.answer(1);
  assert.equal(seen.instances, 1);
  assert.ok(nodes.every((node) => node.last().type === 'ready'));
  assert.ok(shared <= parts + 1, `${shared} parts`);
});

test('one of them leaves: the other gets the model alone', () => {
  const nodes = [processor(), processor()];
  for (const node of nodes) node.give(1, source(256, { id: 'left' }));
  nodes[0].answer(4);
  nodes[0].say({ type: 'destroy' });
  nodes[1].answer();
  assert.deepEqual(nodes[1].last(), { type: 'ready', id: 1 });
});

test('a damaged model is refused when it is found out, and by whoever wanted it too', () => {
  const model = fileOf(512);
  model[model.length - 5000] ^= 1;
  const nodes = [processor(), processor()];
  nodes[0].play(50);
  for (const node of nodes) node.give(1, source(512, { model, id: 'damaged' }));
  assert.ok(nodes[0].answer() > 20);
  const { type, id, code, message } = nodes[0].last();
  assert.deepEqual([type, id, code], ['refused', 1, 'bad-model']);
  assert.match(message, /download or export it again/);
  assert.ok(nodes[0].play(3).every((sample) => sample === Math.fround(0.1)));
  nodes[1].answer(1);
  assert.deepEqual(nodes[1].last(), { type: 'missing', id: 1 });
  nodes[1].give(1, source(512, { model, id: 'damaged' }));
  nodes[1].answer();
  assert.equal(nodes[1].last().code, 'bad-model');
  nodes[1].give(2, source(64));
  nodes[1].answer();
  assert.deepEqual(nodes[1].last(), { type: 'ready', id: 2 });
});

test('without memory for it a model is refused at once', () => {
  WebAssembly.Instance = function (...args) {
    const { exports } = new Instance(...args);
    exports.memory.grow = () => {
      throw new RangeError('no memory');
    };
    return { exports };
  };
  const node = processor();
  node.give(1, source(512));
  assert.deepEqual([node.sent.length, node.last().type, node.last().code], [1, 'refused', 'unsupported']);
});

test('a model made in parts is the one made at once, whether weights are turned or not', () => {
  for (const variant of ['scalar', 'simd128']) {
    const module = new WebAssembly.Module(read(json('manifest.json').modules[variant].file));
    const [whole, parts] = [WasmModel.whole(module, fileOf(256)), new WasmModel(module, fileOf(256))];
    let count = 0;
    for (; !parts.isWhole; count++) parts.advance();
    assert.ok(count > 8);
    assert.deepEqual(parts.bytes, whole.bytes);
  }
});

test('equal files have one name once they have been checked, and others have names of their own', () => {
  const [first, again, other] = [fileOf(64), fileOf(64), fileOf(128)];
  assert.notEqual(modelIdOf(first), modelIdOf(again));
  for (const model of [first, again, other]) nameByChecksum(model);
  assert.equal(modelIdOf(first), modelIdOf(again));
  assert.notEqual(modelIdOf(first), modelIdOf(other));
  assert.notEqual(modelIdOf(first), modelIdOf(fileOf(64)));
});
