// SPDX-License-Identifier: BSD-2-Clause
// The noise suppressors by name; each function gives {size, process(input, output)}, with samples in +-1 at 48 kHz.
globalThis.window = globalThis; // the packages' loaders refuse to run, or look for files, where they find Node
delete globalThis.process;
const { jitsi, jitsi2018, shiguredo } = await import('./frames.mjs');
const { worklet } = await import('./worklet.mjs');

export const SYSTEMS = {
  'rnnoise-jitsi': jitsi,
  'rnnoise-jitsi-2018': jitsi2018,
  'rnnoise-shiguredo': shiguredo,
  'rnnoise-sapphi': () => worklet('rnnoise', 'rnnoise_simd.wasm'),
  'rnnoise-sapphi-plain': () => worklet('rnnoise', 'rnnoise.wasm'),
  speexdsp: () => worklet('speex', 'speex.wasm'),
  gtcrn: () => worklet('gtcrn', 'gtcrn.wasm'),
};
