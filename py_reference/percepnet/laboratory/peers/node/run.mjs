// SPDX-License-Identifier: BSD-2-Clause
// `node run.mjs SYSTEM`: enhances what comes on stdin, mono float32 in +-1 at 48 kHz, and writes as much to stdout.
import { readFileSync, writeSync } from 'node:fs';

const system = process.argv[2];
const { SYSTEMS } = await import('./systems.mjs');

const { size, process: enhance } = await SYSTEMS[system]();
const bytes = readFileSync(0);
const input = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const padded = new Float32Array(Math.ceil(input.length / size) * size);
padded.set(input);
const output = new Float32Array(padded.length);
for (let at = 0; at < padded.length; at += size) {
  enhance(padded.slice(at, at + size), output.subarray(at, at + size));
}
const result = new Uint8Array(output.buffer, 0, 4 * input.length);
for (let at = 0; at < result.length; ) at += writeSync(1, result, at);
