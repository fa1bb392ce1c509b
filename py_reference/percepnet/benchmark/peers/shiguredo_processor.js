// SPDX-License-Identifier: BSD-2-Clause
// RNNoise as @shiguredo/rnnoise-wasm builds it, which ships no processor: its own loader, module and processFrame.
import './worklet_gaps.js';
import { Rnnoise } from '/peers/@shiguredo/rnnoise-wasm/dist/rnnoise.js';
import { registerFramed } from './framed_processor.js';

registerFramed('rnnoise-shiguredo', async () => {
  const state = (await Rnnoise.load()).createDenoiseState();
  return (frame) => state.processFrame(frame);
});
