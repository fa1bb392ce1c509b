// SPDX-License-Identifier: BSD-2-Clause
// RNNoise as @jitsi/rnnoise-wasm builds it, which ships no processor: its own loader and module, framed as simply as can be.
import createModule from '/peers/@jitsi/rnnoise-wasm/dist/rnnoise-sync.js';
import { registerFramed, rnnoiseOf } from './framed_processor.js';

registerFramed('rnnoise-jitsi', async () => rnnoiseOf(createModule()));
