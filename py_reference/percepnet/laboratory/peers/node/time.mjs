// SPDX-License-Identifier: BSD-2-Clause
// `node time.mjs SYSTEM`: for each signal on stdin (u32 number of samples, mono float32 in +-1 at 48 kHz) the microseconds of
// every call on stdout: u32 samples per call, u32 number of calls, float64 each.
import { readSync, writeSync } from 'node:fs';

const [system, exit] = [process.argv[2], process.exit];
const { SYSTEMS } = await import('./systems.mjs');

function read(count) {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; ) {
    const got = readSync(0, bytes, at, count - at, null);
    if (got === 0) exit(0);
    at += got;
  }
  return bytes.buffer;
}

function write(array) {
  const bytes = new Uint8Array(array.buffer);
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

const { size, process: enhance } = await SYSTEMS[system]();
const output = new Float32Array(size);
for (;;) {
  const samples = new Float32Array(read(4 * new Uint32Array(read(4))[0]));
  const times = new Float64Array(Math.floor(samples.length / size));
  for (let call = 0; call < times.length; call++) {
    const input = samples.slice(call * size, (call + 1) * size);
    const start = performance.now();
    enhance(input, output);
    times[call] = 1000 * (performance.now() - start);
  }
  write(Uint32Array.of(size, times.length));
  write(times);
}
