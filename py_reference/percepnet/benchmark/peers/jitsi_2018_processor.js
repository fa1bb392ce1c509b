// SPDX-License-Identifier: BSD-2-Clause
// The other build in @jitsi/rnnoise-wasm, of the smaller model of 2018: its own loader and module.
import './worklet_gaps.js';
import createModule from '/peers/@jitsi/rnnoise-wasm/dist/rnnoise.js';
import { registerFramed, rnnoiseOf } from './framed_processor.js';

const locateFile = (name) => name;
registerFramed('rnnoise-jitsi-2018', async ({ wasmBinary }) => rnnoiseOf(await createModule({ wasmBinary, locateFile })));
