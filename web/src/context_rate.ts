import {
  FRAME_SIZE,
  LATENCY,
  RESAMPLER_MAX_RATE,
  RESAMPLER_MIN_RATE,
  RESAMPLER_REACH,
  SAMPLE_RATE,
} from './constants.ts';
import { PercepNetError } from './errors.ts';
import { FrameQueue, greatestCommonDivisor, NO_WORK, type Spread } from './frame_queue.ts';

/** Throws PercepNetError 'sample-rate' if sound of this rate cannot be brought to 48 kHz. */
export function checkRate(rate: number, kind: 'AudioContext' | 'AudioData' = 'AudioContext'): void {
  if (Number.isInteger(rate) && rate >= RESAMPLER_MIN_RATE && rate <= RESAMPLER_MAX_RATE) return;
  throw new PercepNetError(
    'sample-rate',
    `the ${kind} has ${rate} Hz: give one of whole Hz from ${RESAMPLER_MIN_RATE} to ${RESAMPLER_MAX_RATE}, best new ${kind}({ sampleRate: ${SAMPLE_RATE} })`,
  );
}

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

/** Half the window of the core's resampler, in samples at `from`; percepnet_resampler_get_reach. */
function reach(from: number, to: number): number {
  return from > to ? 2 * Math.ceil((RESAMPLER_REACH * from) / (2 * to)) : RESAMPLER_REACH;
}

/**
 * From a context's rate to 48 kHz, through `inner` samples of delay there, and back: `latency` in whole samples of the
 * context, and the `offset` of the resampler back that makes it so.
 */
export function pathThrough(rate: number, inner: number): { latency: number; offset: number } {
  if (rate === SAMPLE_RATE) return { latency: inner, offset: 0 };
  const divisor = greatestCommonDivisor(rate, SAMPLE_RATE);
  const [a, b] = [rate / divisor, SAMPLE_RATE / divisor];
  const there = reach(rate, SAMPLE_RATE);
  const fractions = (inner + reach(SAMPLE_RATE, rate)) * a; // of the context's samples, b in each
  const latency = there + Math.ceil(fractions / b);
  return { latency, offset: (latency - there) * b - fractions };
}

/** Samples at `rate` from input to output, of which `transport` at 48 kHz go to a worker and back. */
export function latencyOf(rate: number, quantum: number, spread: Spread, transport: number): number {
  const framing = framingDelay(blockLengths(rate, quantum), spread);
  return pathThrough(rate, framing + transport + LATENCY).latency;
}
