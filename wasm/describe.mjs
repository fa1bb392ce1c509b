// SPDX-License-Identifier: BSD-2-Clause
// Prints what the given modules declare, as one JSON object per line: node wasm/describe.mjs FILE.wasm...
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { brotliCompressSync, gzipSync } from 'node:zlib';

setFlagsFromString('--experimental-wasm-relaxed-simd'); // Node 20; later versions have it on and ignore this

const RELAXED_DOT = Buffer.from([0xfd, 0x93, 0x02]); // i32x4.relaxed_dot_i8x16_i7x16_add_s, opcode 0x113
const PAGE_BYTES = 65536;

function describe(path) {
  const bytes = readFileSync(path);
  const sizes = { bytes: bytes.length, brotli: brotliCompressSync(bytes).length, gzip: gzipSync(bytes).length };
  if (!WebAssembly.validate(bytes)) return { valid: false, ...sizes };
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from}.${name}`);
  const exports = Object.fromEntries(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  const relaxedDot = bytes.includes(RELAXED_DOT);
  const memory = imports.length === 0 && exports.memory === 'memory' ? describeMemory(module) : {};
  return { valid: true, ...sizes, imports, exports, relaxedDot, ...memory };
}

function describeMemory(module) {
  const { memory, __heap_base: heapBase } = new WebAssembly.Instance(module, {}).exports;
  const initialBytes = memory.buffer.byteLength;
  let maximumBytes = initialBytes;
  for (let pages = 1024; pages >= 1; pages /= 2) {
    try {
      for (;;) {
        memory.grow(pages);
        maximumBytes += pages * PAGE_BYTES;
        if (maximumBytes > 2 ** 30) return { heapBase: heapBase?.value, initialBytes, maximumBytes: null };
      }
    } catch { /* so much more does not fit: try less */ }
  }
  return { heapBase: heapBase?.value, initialBytes, maximumBytes };
}

for (const path of process.argv.slice(2)) console.log(JSON.stringify(describe(path)));
