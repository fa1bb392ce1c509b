// The untouched sound is the same whether one ring is kept or all of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DryLine } from '../src/dry_line.ts';

const BLOCK = 100;
const KEPT = 1000;

/** Blocks of two channels at a time, all samples different; `count` of them are there in a block. */
function blocks(counts) {
  let value = 0;
  return counts.map((count) =>
    Array.from({ length: count }, () => Float32Array.from({ length: BLOCK }, () => ++value)),
  );
}

test('mono, stereo, silence and mono again: every sample that is kept reads as it was', () => {
  const line = new DryLine(2, KEPT);
  const wanted = [[], []];
  const spans = [25, 3, 4, 1, 30, 2]; // mono fills the whole line, and does not
  const counts = spans.flatMap((blocks, span) => new Array(blocks).fill([1, 2, 0, 2, 1, 2][span]));
  blocks(counts).forEach((input, block) => {
    line.write(block * BLOCK, input, BLOCK);
    const silence = new Float32Array(BLOCK);
    wanted[0].push(...(input[0] ?? silence));
    wanted[1].push(...(input[1] ?? input[0] ?? silence));
    const end = (block + 1) * BLOCK;
    for (let at = Math.max(0, end - KEPT); at < end; at++) {
      for (const channel of [0, 1]) assert.equal(line.at(at, channel, 2), wanted[channel][at]);
      assert.equal(line.at(at, 0, 1), 0.5 * (wanted[0][at] + wanted[1][at]));
    }
  });
  line.clear();
  assert.equal(line.at(0, 1, 2), 0);
});
