import { FRAME_SIZE } from '../../src/index.ts';

const QUANTUM = 128;

/** The value below which a share of the values lies, interpolated between neighbours; NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The mean time of a frame, in the unit of `calls`, each of which was given one render quantum. */
export function perFrame(calls: readonly number[]): number {
  const sum = calls.reduce((total, time) => total + time, 0);
  return (sum / calls.length) * (FRAME_SIZE / QUANTUM);
}
