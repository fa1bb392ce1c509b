// SPDX-License-Identifier: BSD-2-Clause
// The builds of RNNoise that are called frame by frame, with samples in the range of 16-bit integers.
import { Rnnoise } from '@shiguredo/rnnoise-wasm';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import createJitsi2018 from '@jitsi/rnnoise-wasm/dist/rnnoise.js';
import createJitsi from '@jitsi/rnnoise-wasm/dist/rnnoise-sync.js';

const FRAME = 480;
const FULL_SCALE = 32768;

function scaled(processFrame) {
  return {
    size: FRAME,
    process(input, output) {
      const frame = input.map((sample) => sample * FULL_SCALE);
      processFrame(frame);
      output.set(frame.map((sample) => sample / FULL_SCALE));
    },
  };
}

export async function shiguredo() {
  const state = (await Rnnoise.load()).createDenoiseState();
  return scaled((frame) => state.processFrame(frame));
}

export function jitsi() {
  return emscripten(createJitsi());
}

export async function jitsi2018() {
  const wasmBinary = readFileSync(fileURLToPath(import.meta.resolve('@jitsi/rnnoise-wasm/dist/rnnoise.wasm')));
  return emscripten(await createJitsi2018({ wasmBinary }));
}

function emscripten(module) {
  const state = module._rnnoise_create();
  const address = module._malloc(4 * FRAME);
  return scaled((frame) => {
    module.HEAPF32.set(frame, address / 4);
    module._rnnoise_process_frame(state, address, address);
    frame.set(module.HEAPF32.subarray(address / 4, address / 4 + FRAME));
  });
}
