// SPDX-License-Identifier: BSD-2-Clause
// An AudioWorkletProcessor of @sapphi-red/web-noise-suppressor outside a browser, called as one would call it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const QUANTUM = 128;
const PACKAGE = '@sapphi-red/web-noise-suppressor';

/** name: folder of the processor; wasm: its module. Gives {size, process(input, output)}. */
export async function worklet(name, wasm) {
  let Processor;
  globalThis.sampleRate = 48000;
  globalThis.AudioWorkletProcessor = class {
    port = { addEventListener() {} };
  };
  globalThis.registerProcessor = (_, registered) => (Processor = registered);
  await import(`${PACKAGE}/${name}Worklet.js`);
  const wasmBinary = readFileSync(fileURLToPath(import.meta.resolve(`${PACKAGE}/${wasm}`)));
  const processor = new Processor({ processorOptions: { maxChannels: 1, wasmBinary } });
  while (!processor.processor) await new Promise((resolve) => setTimeout(resolve, 1)); // it says nowhere when it is ready
  return { size: QUANTUM, process: (input, output) => processor.process([[input]], [[output]]) };
}
