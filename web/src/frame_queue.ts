import { putIntoRing } from './ring.ts';

/** What the work of a frame comes to. Whole numbers: the engine would make an object of every fraction. */
export const WHOLE_FRAME = 1000;

/** Enhances frames, one after the other; a frame's work may be done bit by bit. See percepnet_advance in percepnet.h. */
export interface FrameWork {
  /** A frame is there: all of `input`. */
  begin(input: Float32Array): void;
  /** Works on until about `goal` of WHOLE_FRAME is done; gives how much is. Before `begin`: on what needs no input. */
  advance(goal: number): number;
  /** Does what is left and fills `output`. */
  end(output: Float32Array): void;
}

/** For a queue that is asked only for its delay. */
export const NO_WORK: FrameWork = { begin: () => {}, advance: () => 0, end: () => {} };

/** Blocks by which the sound may come later, so that each frame's work is spread over so many blocks more. */
export type Spread = 0 | 1 | 2 | 3;
export const SPREADS: readonly Spread[] = [0, 1, 2, 3];

/** Frames that the pace of the work looks ahead: 15 blocks of 128 hold four, two of which come close together. */
const AHEAD = 4;

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * Blocks of any length to frames and back, with the least delay at which no block ever runs dry:
 * frameSize - gcd(frameSize, block length), and `spread` blocks more (of a frame at most each). The delay is read from
 * the blocks themselves; a block length that needs more delay than the ones before stretches it once (by holding the
 * last sample), and it never shrinks again.
 *
 *   ring: |played|<-- waiting to be played -->|free|
 *                 ^ readAt
 *
 * Every block does its share of the work: what keeps the next frames in time at an even pace.
 */
export class FrameQueue {
  private readonly input: Float32Array;
  private readonly output: Float32Array;
  private readonly ring: Float32Array;
  private readonly work: FrameWork;
  private readonly spread: Spread;
  private step: number;
  private longest = 0;
  private filled = 0;
  private readAt = 0;
  private waiting = 0;
  private begun = false;
  /** What is done of the frame that has begun, or else of the next one. */
  private done = 0;

  constructor(frameSize: number, work: FrameWork, spread: Spread = 0) {
    this.work = work;
    this.spread = spread;
    this.step = frameSize;
    this.input = new Float32Array(frameSize);
    this.output = new Float32Array(frameSize);
    this.ring = new Float32Array((2 + spread) * frameSize);
  }

  /** Samples from input to output; 0 until the first block. */
  get delay(): number {
    return this.input.length - this.step + this.spread * this.longest;
  }

  /** Takes `length` samples of `input` (silence if there is none) and gives as many. Never allocates. */
  process(output: Float32Array, input: Float32Array | undefined, length = output.length): void {
    this.expect(length);
    for (let at = 0; at < length; at += this.input.length) {
      const count = Math.min(this.input.length, length - at);
      const spent = this.take(input, at, count);
      this.keepPace(count, spent);
      this.give(output, at, count);
    }
  }

  /** Makes the delay fit blocks of this length. Before the first block, what is held to stretch it is silence. */
  expect(length: number): void {
    const before = this.delay;
    this.step = greatestCommonDivisor(this.step, length);
    this.longest = Math.max(this.longest, Math.min(length, this.input.length));
    const held = this.ring[this.previous(this.readAt)];
    for (let extra = this.delay - before; extra > 0; extra--) {
      this.readAt = this.previous(this.readAt);
      this.ring[this.readAt] = held;
      this.waiting++;
    }
  }

  /** As before the first block, but for the delay. The work must have forgotten its frame. */
  reset(): void {
    this.input.fill(0);
    this.ring.fill(0);
    this.filled = 0;
    this.readAt = 0;
    this.waiting = this.delay;
    this.begun = false;
    this.done = 0;
  }

  /** Continues where `other` is; so must the work. */
  copyFrom(other: FrameQueue): void {
    this.input.set(other.input);
    this.ring.set(other.ring);
    this.step = other.step;
    this.longest = other.longest;
    this.filled = other.filled;
    this.readAt = other.readAt;
    this.waiting = other.waiting;
    this.begun = other.begun;
    this.done = other.done;
  }

  /** At most a frame, so at most one becomes full; then the one before ends. Gives what was left of its work. */
  private take(input: Float32Array | undefined, from: number, count: number): number {
    const first = Math.min(this.input.length - this.filled, count);
    this.collect(input, from, first);
    if (this.filled < this.input.length) return 0;
    const spent = this.left;
    this.finish();
    this.work.begin(this.input);
    this.begun = true;
    this.filled = 0;
    this.collect(input, from + first, count - first);
    return spent;
  }

  private collect(input: Float32Array | undefined, from: number, count: number): void {
    const { input: frame, filled } = this;
    if (input === undefined) frame.fill(0, filled, filled + count);
    else if (input.length === count) frame.set(input, filled);
    else for (let i = 0; i < count; i++) frame[filled + i] = input[from + i];
    this.filled += count;
  }

  /** Does what falls to this block, less what it has `spent`. */
  private keepPace(length: number, spent: number): void {
    let share = this.shareOf(length, spent) - spent;
    const { left } = this;
    if (share >= left) {
      this.finish();
      share -= left;
    }
    this.done = this.work.advance(this.done + share);
  }

  /** The least work of a block with which the next frames are ready in time and no block does more than another. */
  private shareOf(length: number, spent: number): number {
    const size = this.input.length;
    let work = spent + WHOLE_FRAME - this.done;
    const lastBlocks = Math.ceil((size - this.filled) / length) + 1; // it ends where the next one begins
    let share = this.begun ? work / lastBlocks : 0;
    for (let ahead = 0; ahead < AHEAD; ahead++) {
      const blocks = Math.floor((this.waiting + ahead * size) / length) + 1;
      share = Math.max(share, work / blocks);
      work += WHOLE_FRAME;
    }
    return Math.ceil(share);
  }

  /** What is left of the frame that has begun. */
  private get left(): number {
    return this.begun ? WHOLE_FRAME - this.done : 0;
  }

  /** The frame that has begun, if one has, into the ring. */
  private finish(): void {
    if (!this.begun) return;
    const { ring, output } = this;
    this.work.end(output);
    putIntoRing(ring, (this.readAt + this.waiting) % ring.length, output, output.length);
    this.waiting += output.length;
    this.begun = false;
    this.done = 0;
  }

  private give(output: Float32Array, from: number, count: number): void {
    const { ring, readAt } = this;
    const first = Math.min(count, ring.length - readAt);
    for (let i = 0; i < first; i++) output[from + i] = ring[readAt + i];
    for (let i = first; i < count; i++) output[from + i] = ring[i - first];
    this.readAt = (readAt + count) % ring.length;
    this.waiting -= count;
  }

  private previous(at: number): number {
    return at === 0 ? this.ring.length - 1 : at - 1;
  }
}
