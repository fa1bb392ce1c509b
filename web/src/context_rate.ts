import { FRAME_SIZE, LATENCY, SAMPLE_RATE } from './constants.ts';
import { FrameQueue, NO_WORK, type Spread } from './frame_queue.ts';

/** Lengths of the blocks at 48 kHz that blocks of `quantum` samples at `rate` become: one, or two that alternate. */
export function blockLengths(rate: number, quantum: number): number[] {
  const length = (quantum * SAMPLE_RATE) / rate;
  return Number.isInteger(length) ? [length] : [Math.floor(length), Math.ceil(length)];
}

/** Samples at 48 kHz that the framing of blocks of these lengths takes. */
export function framingDelay(lengths: readonly number[], spread: Spread): number {
  const queue = new FrameQueue(FRAME_SIZE, NO_WORK, spread);
  for (const length of lengths) queue.expect(length);
  return queue.delay;
}

/** Samples at `rate` from input to output, of which `transport` at 48 kHz go to a worker and back. */
export function latencyOf(rate: number, quantum: number, spread: Spread, transport: number): number {
  return framingDelay(blockLengths(rate, quantum), spread) + transport + LATENCY;
}
