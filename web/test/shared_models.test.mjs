// Engines of one thread share a model's instance: its memory, its failures, and not a bit of each other's sound.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_CONFIG } from '../src/config.ts';
import { modelIdOf, nameByChecksum } from '../src/identity.ts';
import { InlineEngine } from '../src/inline_engine.ts';
import { SharedModels } from '../src/shared_models.ts';
import { WasmModel } from '../src/wasm_model.ts';

const read = (name) => readFileSync(join(process.cwd(), 'dist', name));
const json = (name) => JSON.parse(read(name));
const module = new WebAssembly.Module(read(json('manifest.json').modules.simd128.file));
const fileOf = (width) => new Uint8Array(read(`percepnet-${width}.pnet`));
/** As it comes by a message when a file has been loaded again: with objects of its own, each time. */
function source(width = 64) {
  const model = fileOf(width);
  nameByChecksum(model);
  return { moduleId: 'one', modelId: modelIdOf(model), files: { module, model } };
}
const PAGE = 65536;
const BLOCK = 128;

function settings({ config = DEFAULT_CONFIG, channels = 2, spread = 0 } = {}) {
  return { config, spread, channels, blockLengths: [BLOCK], onFrame: () => {} };
}

function enter(models, given, options) {
  let used;
  const engine = models.use(given, (model, done) => {
    used = model;
    return new InlineEngine(model, settings(options), done);
  });
  return { engine, model: used };
}

/** The same noise for the same seed. */
function noise(seed, length) {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return 0.3 * (state / 2 ** 31);
  });
}

/** What comes out for stereo noise, in blocks; `after(block)` is called between them. */
function run(engine, seed, blocks, after = () => {}) {
  const [left, right] = [noise(seed, blocks * BLOCK), noise(seed + 1, blocks * BLOCK)];
  const out = [new Float32Array(blocks * BLOCK), new Float32Array(blocks * BLOCK)];
  for (let block = 0; block < blocks; block++) {
    const cut = (samples) => samples.subarray(block * BLOCK, (block + 1) * BLOCK);
    engine.process(out.map(cut), [left, right].map(cut));
    after(block);
  }
  return out;
}

/** Makes the state of the first channel point to a model far outside the memory. */
function loseModel({ engine, model }) {
  const [from, to] = engine.wasm.states.map((address) => address / 4);
  const state = model.integers.subarray(from, to);
  const pointers = state.reduce(
    (found, word, index) => (word === model.model ? [...found, index] : found),
    [],
  );
  assert.ok(pointers.length > 0);
  for (const index of pointers) state[index] = 0x7ffffff0;
}

test('stereo nodes of width 256 take the memory of one model and of their states', () => {
  const models = new SharedModels();
  const alone = WasmModel.whole(module, fileOf(256));
  const first = alone.takeState(DEFAULT_CONFIG);
  const state = alone.takeState(DEFAULT_CONFIG) - first;
  const nodes = Array.from({ length: 20 }, () => enter(models, source(256)));
  assert.ok(nodes.every(({ model }) => model === nodes[0].model));
  const expected = first + 2 * nodes.length * state;
  assert.ok(nodes[0].model.memorySize - expected < PAGE, `${nodes[0].model.memorySize} bytes`);
  assert.ok(first < 2_600_000 && state < 100_000, `${first} bytes once, ${state} bytes for a channel`);
});

test('two hundred nodes after each other use the same memory', () => {
  const models = new SharedModels();
  const { engine, model } = enter(models, source());
  const before = model.memorySize;
  engine.close();
  for (let cycle = 0; cycle < 200; cycle++) {
    const next = enter(models, source());
    assert.equal(next.model, model);
    run(next.engine, cycle, 4);
    next.engine.close();
  }
  assert.equal(model.memorySize, before);
});

test('engines come and go, the memory grows: the others go on with the bits they have alone', () => {
  for (const spread of [0, 3]) {
    const options = [
      { spread },
      { spread, config: { ...DEFAULT_CONFIG, maxAttenuationDb: 12, postfilter: 0 } },
    ];
    const models = new SharedModels();
    const engines = options.map((option) => enter(models, source(), option));
    const { model } = engines[0];
    const before = model.memorySize;
    let passing = [];
    const comeAndGo = (block) => {
      if (block % 50 === 7) passing.push(...Array.from({ length: 5 }, () => enter(models, source()).engine));
      if (block % 50 === 30) passing.splice(0, 3).forEach((engine) => engine.close());
      passing.forEach((engine) => run(engine, block, 1));
    };
    const other = [];
    const [left, right] = run(engines[0].engine, 1, 400, (block) => {
      comeAndGo(block);
      other.push(run(engines[1].engine, 100 + block, 1)[0]);
    });
    assert.ok(model.memorySize > before + 10 * PAGE, 'the memory has not grown');
    const alone = options.map((option) => enter(new SharedModels(), source(), option).engine);
    assert.deepEqual([left, right], run(alone[0], 1, 400));
    assert.ok(left.some((sample) => sample !== 0));
    const otherAlone = other.map((_, block) => run(alone[1], 100 + block, 1)[0]);
    assert.deepEqual(other, otherAlone);
  }
});

test("memory that was another stream's begins as new", () => {
  for (const spread of [0, 3]) {
    const models = new SharedModels();
    const first = enter(models, source(), { spread });
    run(first.engine, 5, 98); // with a spread, the last frame is half done
    first.engine.close();
    const second = enter(models, source(), { spread });
    assert.equal(second.model, first.model);
    const alone = enter(new SharedModels(), source(), { spread }).engine;
    assert.deepEqual(run(second.engine, 1, 50), run(alone, 1, 50));
  }
});

test('a trap in one engine ends all that share its instance, and no others; the next gets a new one', () => {
  const models = new SharedModels();
  const [struck, neighbour] = [enter(models, source()), enter(models, source())];
  const other = enter(models, source(128));
  run(neighbour.engine, 1, 10);
  loseModel(struck);
  assert.throws(() => run(struck.engine, 1, 10), WebAssembly.RuntimeError);
  assert.throws(() => run(neighbour.engine, 1, 1), { name: 'PercepNetError', code: 'processor' });
  run(other.engine, 1, 10);
  for (const { engine } of [struck, neighbour]) engine.close();
  const next = enter(models, source());
  assert.notEqual(next.model, struck.model);
  assert.deepEqual(run(next.engine, 1, 50), run(enter(new SharedModels(), source()).engine, 1, 50));
});

test('in an instance that has trapped nobody calls anything any more', () => {
  const models = new SharedModels();
  const [struck, neighbour] = [enter(models, source()), enter(models, source())];
  loseModel(struck);
  assert.throws(() => run(struck.engine, 1, 10), WebAssembly.RuntimeError);
  const refuse = () => assert.fail('it was called');
  struck.model.exports = Object.fromEntries(Object.keys(struck.model.exports).map((name) => [name, refuse]));
  for (const { engine } of [struck, neighbour]) {
    engine.reset();
    engine.setConfig(DEFAULT_CONFIG);
    engine.close();
  }
});

for (const [name, change] of [
  ['percepnet_reset', (engine) => engine.reset()],
  ['percepnet_set_config', (engine) => engine.setConfig(DEFAULT_CONFIG)],
])
  test(`a trap in ${name} counts too`, () => {
    const models = new SharedModels();
    const [struck, neighbour] = [enter(models, source()), enter(models, source())];
    const trap = () => {
      throw new WebAssembly.RuntimeError('unreachable');
    };
    struck.model.exports = { ...struck.model.exports, [name]: trap };
    assert.throws(() => change(struck.engine), WebAssembly.RuntimeError);
    assert.throws(() => run(neighbour.engine, 1, 1), { code: 'processor', message: /set the assets again/ });
  });

test('options that the module refuses are no failure of the model', () => {
  const { engine, model } = enter(new SharedModels(), source());
  const wrong = { ...DEFAULT_CONFIG, maxAttenuationDb: -1 };
  assert.throws(() => engine.setConfig(wrong), { code: 'bad-arg', message: /give numbers within their ranges/ });
  assert.equal(model.failed, false);
});

test('a trap while an engine is made counts too', () => {
  const models = new SharedModels();
  const { engine, model } = enter(models, source());
  const trap = () => {
    throw new WebAssembly.RuntimeError('unreachable');
  };
  model.exports = { ...model.exports, percepnet_init: trap };
  assert.throws(() => enter(models, source()), WebAssembly.RuntimeError);
  assert.throws(() => run(engine, 1, 1), { code: 'processor' });
  assert.notEqual(enter(models, source()).model, model);
});

test('a model that cannot be used, or a node that cannot be made, leaves the others as they are', () => {
  const models = new SharedModels();
  const { engine, model } = enter(models, source());
  const spoilt = { ...source(), modelId: 'spoilt' };
  spoilt.files.model[5000] ^= 1;
  assert.throws(() => enter(models, spoilt), { code: 'bad-model' });
  const wrong = { ...DEFAULT_CONFIG, postfilter: NaN };
  const before = model.memorySize;
  for (let i = 0; i < 100; i++)
    assert.throws(() => enter(models, source(), { config: wrong }), { code: 'bad-arg' });
  assert.ok(model.memorySize <= before + 2 * PAGE);
  assert.equal(enter(models, source()).model, model);
  assert.deepEqual(run(engine, 1, 50), run(enter(new SharedModels(), source()).engine, 1, 50));
});

test('without memory for another node there is an error that says so, and the others go on', () => {
  const models = new SharedModels();
  const { engine } = enter(models, source());
  const crowd = [];
  const fill = () => {
    for (;;) crowd.push(enter(models, source()).engine);
  };
  assert.throws(fill, { code: 'unsupported' });
  assert.ok(crowd.length > 400, `${crowd.length} nodes`);
  assert.deepEqual(run(engine, 1, 20), run(enter(new SharedModels(), source()).engine, 1, 20));
  crowd.pop().close();
  assert.ok(enter(models, source()).engine);
});

test('who names files that have come needs not bring them again', () => {
  const models = new SharedModels();
  const given = source();
  const named = { ...given, files: null };
  assert.equal(models.has(named), false);
  const { engine, model } = enter(models, given);
  assert.equal(models.has(named), true);
  assert.equal(models.has({ ...named, moduleId: 'another' }), false);
  assert.equal(enter(models, source()).model, model, 'equal files are shared too');
  assert.equal(enter(models, named).model, model);
  model.failed = true;
  assert.equal(models.has(named), false);
  assert.throws(() => run(engine, 1, 1), { code: 'processor' });
});

test('what nobody uses is kept until another model is wanted', () => {
  const models = new SharedModels();
  const first = enter(models, source());
  first.engine.close();
  const second = enter(models, source());
  assert.equal(second.model, first.model, 'not kept');
  const wide = enter(models, source(128));
  assert.equal(enter(models, source()).model, first.model, 'dropped while it was used');
  second.engine.close();
  wide.engine.close();
  const third = enter(models, { ...source(), moduleId: 'another' });
  assert.notEqual(third.model, first.model, 'a module and its models belong together');
  assert.notEqual(enter(models, source(128)).model, wide.model, 'kept although nobody used it');
});

test('modules that come again and again are dropped, those of models in use are not', () => {
  const models = new SharedModels();
  const used = source();
  enter(models, used);
  for (let i = 0; i < 3; i++) enter(models, { ...source(), moduleId: `again ${i}` }).engine.close();
  for (let i = 0; i < 3; i++) models.module(`for a worker ${i}`, module);
  assert.deepEqual([...models.modules.keys()].slice(0, 1), [used.moduleId]);
  assert.ok(models.modules.size <= 3, `${models.modules.size} modules`);
  assert.equal(models.module(used.moduleId, undefined), module);
});
