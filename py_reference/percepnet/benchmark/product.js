// SPDX-License-Identifier: BSD-2-Clause
// Seconds of one int8 product of a testing module, the fastest of some rounds: for roofline.py, in Node and in a page.
(bytes, { rows, columns, rounds }) => {
  const PAGE = 65536;
  const ALIGNMENT = 64;
  const exports = new WebAssembly.Instance(new WebAssembly.Module(bytes), {}).exports;
  const { memory, __heap_base: heap, percepnet_testing_gemv_int8: multiply } = exports;
  let end = Number(heap.value);
  const room = (size) => {
    const at = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    end = at + size;
    return at;
  };
  const [weights, u, offset, out] = [rows * columns, columns, 4 * rows, 4 * rows].map(room);
  const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
  if (missing > 0) memory.grow(missing);
  new Uint8Array(memory.buffer).fill(1, weights, end);
  const turns = Math.ceil(2 ** 24 / (rows * columns));
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let turn = 0; turn < turns; turn++) multiply(0, out, weights, u, offset, rows, columns);
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000 / turns;
}
