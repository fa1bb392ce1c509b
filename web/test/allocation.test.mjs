// The audio thread's code makes no objects once it runs. (The engine boxes a few numbers, 30 to 50 bytes per block;
// one view of an array per block would take this beyond what is allowed.)
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_CONFIG } from '../src/config.ts';
import { SPREADS } from '../src/frame_queue.ts';
import { InlineEngine } from '../src/inline_engine.ts';
import { WasmModel } from '../src/wasm_model.ts';
import { Reporter } from '../src/reporter.ts';

const read = (name) => readFileSync(join(process.cwd(), 'dist', name));
const json = (name) => JSON.parse(read(name));
const module = new WebAssembly.Module(read(json('manifest.json').modules.simd128.file));
const model = new Uint8Array(read(json('models.json').models[0].file));
const BLOCK = 128;
const LIMIT = 100; // bytes per block
const input = [new Float32Array(BLOCK).fill(0.1), new Float32Array(BLOCK).fill(0.2)];
const output = [new Float32Array(BLOCK), new Float32Array(BLOCK)];

/** What `run(blocks)` leaves on the heap; at first it makes objects of fractions, until it is compiled for good. */
function bytesPerBlock(run) {
  run(500);
  const grownBy = (blocks) => {
    const before = process.memoryUsage().heapUsed;
    run(blocks);
    return (process.memoryUsage().heapUsed - before) / blocks;
  };
  const batches = Array.from({ length: 9 }, () => grownBy(500)).sort((a, b) => a - b);
  return batches[4]; // the median: compilation and collection disturb single batches
}

for (const spread of SPREADS)
  test(`spread ${spread}: processing blocks makes no objects`, () => {
    const reporter = new Reporter({ post: () => {}, rate: 48000, live: true });
    const shared = WasmModel.whole(module, model);
    const settings = {
      config: DEFAULT_CONFIG,
      spread,
      channels: 2,
      blockLengths: [BLOCK],
      onFrame: (stream, info) => reporter.frame(stream, info),
    };
    const engine = new InlineEngine(shared, settings);
    const run = (blocks) => {
      for (let block = 0; block < blocks; block++) {
        reporter.start(block * (BLOCK / 48000));
        engine.process(output, input);
        reporter.end(engine.delay, BLOCK);
      }
    };
    run(4000);
    const before = shared.memorySize;
    new InlineEngine(shared, settings);
    assert.ok(shared.memorySize > before, 'the memory has not grown');
    const perBlock = bytesPerBlock(run);
    assert.ok(perBlock < LIMIT, `${perBlock} bytes per block`);
  });

/** The built worklet script's processor, in a scope of that rate, and the types of the messages that it posts. */
function processorAt(rate, options) {
  let Processor;
  const told = new Set();
  const scope = {
    AudioWorkletProcessor: class {
      port = { postMessage: ({ type }) => told.add(type) };
    },
    registerProcessor: (_, given) => (Processor = given),
    sampleRate: rate,
    currentTime: 0,
  };
  new Function(...Object.keys(scope), String(read('percepnet_processor.js')))(...Object.values(scope));
  return { processor: new Processor({ processorOptions: options }), told };
}

for (const rate of [48000, 44100])
  test(`the whole processor at ${rate} Hz makes no objects, whatever its parameters do`, () => {
    const engine = { moduleId: 'module', modelId: 'model', files: { module, model } };
    const config = { ...DEFAULT_CONFIG };
    const options = { engine, config, spread: 0, quantum: BLOCK, channels: 2, live: false, transport: 0 };
    const { processor, told } = processorAt(rate, options);
    const parameters = { maxAttenuationDb: new Float32Array(1), postfilter: new Float32Array(1) };
    const [inputs, outputs] = [[input], [output]];
    const run = (blocks) => {
      for (let block = 0; block < blocks; block++) {
        parameters.maxAttenuationDb[0] = block % 3 === 0 ? NaN : 90 + (block % 20); // beyond the limit at times
        parameters.postfilter[0] = (block % 7) / 7;
        assert.ok(processor.process(inputs, outputs, parameters));
      }
    };
    run(4000);
    const perBlock = bytesPerBlock(run);
    assert.deepEqual([...told].sort(), ['latency', 'ready', 'stats', 'voice']);
    assert.ok(perBlock < LIMIT, `${perBlock} bytes per block`);
  });
