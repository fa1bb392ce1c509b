// The audio thread's code makes no objects once it runs. (The engine boxes a few numbers, 30 to 50 bytes per block;
// one view of an array per block would take this beyond what is allowed.)
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_CONFIG } from '../src/config.ts';
import { InlineEngine } from '../src/inline_engine.ts';
import { WasmModel } from '../src/wasm_model.ts';
import { Reporter } from '../src/reporter.ts';

const read = (name) => readFileSync(join(process.cwd(), 'dist', name));
const json = (name) => JSON.parse(read(name));

for (const spread of [0, 1, 2])
  test(`spread ${spread}: processing blocks makes no objects`, () => {
    const module = new WebAssembly.Module(read(json('manifest.json').modules.simd128.file));
    const model = new Uint8Array(read(json('models.json').models[0].file));
    const reporter = new Reporter({ post: () => {}, rate: 48000, live: true });
    const shared = new WasmModel(module, model);
    const settings = {
      config: DEFAULT_CONFIG,
      spread,
      channels: 2,
      blockLengths: [128],
      onFrame: (stream, info) => reporter.frame(stream, info),
    };
    const engine = new InlineEngine(shared, settings);
    const input = [new Float32Array(128).fill(0.1), new Float32Array(128).fill(0.2)];
    const output = [new Float32Array(128), new Float32Array(128)];
    const run = (blocks) => {
      for (let block = 0; block < blocks; block++) {
        reporter.start(block * (128 / 48000));
        engine.process(output, input);
        reporter.end(engine.delay, 128);
      }
    };
    const grownBy = (blocks) => {
      const before = process.memoryUsage().heapUsed;
      run(blocks);
      return (process.memoryUsage().heapUsed - before) / blocks;
    };
    run(4000); // until the engine has compiled it for good: before, it makes an object of every fraction
    const before = shared.memorySize;
    new InlineEngine(shared, settings);
    assert.ok(shared.memorySize > before, 'the memory has not grown');
    run(500);
    const batches = Array.from({ length: 9 }, () => grownBy(500)).sort((a, b) => a - b);
    const perBlock = batches[4]; // the median: compilation and collection disturb single batches
    assert.ok(perBlock < 100, `${perBlock} bytes per block`);
  });
