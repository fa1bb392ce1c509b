// ITU-R BS.1770: the loudness of a sound as ears have it, for level-matched comparisons. Not on the audio thread.
import { SAMPLE_RATE } from '../src/constants.ts';

const STEP = SAMPLE_RATE / 10;
const BLOCK_STEPS = 4; // blocks of 400 ms, three quarters of which they share
const SILENCE = -70; // LUFS; quieter blocks do not count
const BELOW_MEAN = -10; // LU; nor do blocks that much below the mean of the others
const LARGEST_OFFSET = 12; // dB
/** The filter "K" at 48 kHz: a head's shelf, then a high-pass; b0, b1, b2, a1, a2. */
const WEIGHTING = [
  [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585],
  [1, -2, 1, -1.99004745483398, 0.99007225036621],
];

class Weighting {
  private readonly memory = WEIGHTING.map(() => [0, 0]);

  next(sample: number): number {
    return WEIGHTING.reduce((x, [b0, b1, b2, a1, a2], stage) => {
      const memory = this.memory[stage];
      const y = b0 * x + memory[0];
      memory[0] = b1 * x - a1 * y + memory[1];
      memory[1] = b2 * x - a2 * y;
      return y;
    }, sample);
  }
}

function lufs(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Weighted power of one sound, in blocks. */
export class LoudnessMeter {
  /** Mean square of each block, all channels together. */
  readonly blocks: number[] = [];
  private readonly filters: Weighting[] = [];
  private readonly steps: number[] = [];
  private sum = 0;
  private filled = 0;

  /** The next samples of every channel. */
  add(channels: readonly Float32Array[]): void {
    while (this.filters.length < channels.length) this.filters.push(new Weighting());
    for (let i = 0; i < channels[0].length; i++) {
      for (let channel = 0; channel < channels.length; channel++)
        this.sum += this.filters[channel].next(channels[channel][i]) ** 2;
      if (++this.filled === STEP) this.endStep();
    }
  }

  private endStep(): void {
    this.steps.push(this.sum / STEP);
    this.sum = 0;
    this.filled = 0;
    if (this.steps.length > BLOCK_STEPS) this.steps.shift();
    if (this.steps.length === BLOCK_STEPS) this.blocks.push(mean(this.steps));
  }
}

/** The numbers of the blocks that are loud enough to count. */
function gated(blocks: readonly number[]): number[] {
  const audible = [...blocks.keys()].filter((i) => lufs(blocks[i]) > SILENCE);
  const limit = lufs(mean(audible.map((i) => blocks[i]))) + BELOW_MEAN;
  return audible.filter((i) => lufs(blocks[i]) > limit);
}

/** Integrated loudness in LUFS of blocks of a LoudnessMeter; -Infinity if nothing is loud enough. */
export function integratedLoudness(blocks: readonly number[]): number {
  const counted = gated(blocks);
  return counted.length === 0 ? -Infinity : lufs(mean(counted.map((i) => blocks[i])));
}

/**
 * By how many dB the original is louder than the suppressed sound while somebody speaks: over the blocks that count in
 * the suppressed sound. 0 if there are none. Both sides' blocks belong together, one by one.
 */
export function loudnessOffset(original: readonly number[], suppressed: readonly number[]): number {
  const counted = gated(suppressed);
  if (counted.length === 0) return 0;
  const [before, after] = [original, suppressed].map((blocks) => mean(counted.map((i) => blocks[i])));
  const offset = 10 * Math.log10(before / after);
  return Math.max(-LARGEST_OFFSET, Math.min(LARGEST_OFFSET, offset));
}
