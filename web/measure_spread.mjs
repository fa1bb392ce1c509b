// How evenly a frame's work falls on the render quanta, in Node:
//
//   node measure_spread.mjs [simd128 | scalar] [MODEL.pnet ...]      (default: simd128 and the models of dist/)
//
// For each value of `spread` the longest call of a render quantum as a share of a frame's whole cost. The calls repeat
// every 15 quanta (4 frames); of each of the 15 the fastest of many counts, which other programs disturb least.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
const QUANTUM = 128;
const PERIOD = 15; // quanta
const FRAMES = 4; // in a period
const ROUNDS = 200;
const WARM_UP = 10; // rounds: in the first ones there is less to do

async function library() {
  const { outputFiles } = await build({
    stdin: {
      contents: ['channels', 'config', 'frame_queue', 'wasm', 'wasm_model']
        .map((name) => `export * from './src/${name}.ts';`)
        .join('\n'),
      resolveDir: here,
    },
    bundle: true,
    format: 'esm',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const { Channels, DEFAULT_CONFIG, PercepNetWasm, SPREADS, WasmModel } = await library();
const json = (name) => JSON.parse(readFileSync(join(here, 'dist', name)));
const variants = Object.keys(json('manifest.json').modules);
const given = process.argv.slice(2);
const variant = variants.includes(given[0]) ? given.shift() : 'simd128';
const models =
  given.length > 0 ? given : json('models.json').models.map(({ file }) => join(here, 'dist', file));
const module = new WebAssembly.Module(
  readFileSync(join(here, 'dist', json('manifest.json').modules[variant].file)),
);

/** Milliseconds of each of the 15 calls, at their fastest. */
function fastestCalls(modelFile, spread) {
  const wasm = new PercepNetWasm(WasmModel.whole(module, modelFile), DEFAULT_CONFIG, 2);
  const channels = new Channels(wasm, () => {}, spread);
  const input = [Float32Array.from({ length: QUANTUM }, () => 0.2 * Math.random() - 0.1)];
  const output = [new Float32Array(QUANTUM)];
  const fastest = new Array(PERIOD).fill(Infinity);
  for (let call = 0; call < ROUNDS * PERIOD; call++) {
    const start = performance.now();
    channels.process(output, input);
    const time = performance.now() - start;
    if (call >= WARM_UP * PERIOD) fastest[call % PERIOD] = Math.min(fastest[call % PERIOD], time);
  }
  return fastest;
}

for (const path of models) {
  const modelFile = new Uint8Array(readFileSync(path));
  const line = SPREADS.map((spread) => {
    const calls = fastestCalls(modelFile, spread);
    const frame = calls.reduce((sum, one) => sum + one) / FRAMES;
    const share = Math.max(...calls) / frame;
    return `spread ${spread}: ${(100 * share).toFixed(0)} % of ${(1000 * frame).toFixed(0)} us`;
  });
  console.log(`${basename(path)}, ${variant}: longest call ${line.join(', ')}`);
}
