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
export type Spread = 0 | 1 | 2;

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
 * Every block does its share of the work: what keeps the next two frames in time at an even pace.
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
      this.take(input, at, count);
      this.keepPace(count);
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

  /** At most a frame, so at most one becomes full. */
  private take(input: Float32Array | undefined, from: number, count: number): void {
    const first = Math.min(this.input.length - this.filled, count);
    this.collect(input, from, first);
    if (this.filled < this.input.length) return;
    this.finish();
    this.work.begin(this.input);
    this.begun = true;
    this.filled = 0;
    this.collect(input, from + first, count - first);
  }

  private collect(input: Float32Array | undefined, from: number, count: number): void {
    const { input: frame, filled } = this;
    if (input === undefined) frame.fill(0, filled, filled + count);
    else if (input.length === count) frame.set(input, filled);
    else for (let i = 0; i < count; i++) frame[filled + i] = input[from + i];
    this.filled += count;
  }

  /**
   * Of what is left of the frame that has begun, and of that together with the next frame's work, the share that falls
   * to this block if both are to be ready in time and no block does more than another.
   */
  private keepPace(length: number): void {
    const left = this.begun ? WHOLE_FRAME - this.done : 0;
    const next = this.begun ? WHOLE_FRAME : WHOLE_FRAME - this.done;
    const size = this.input.length;
    const nextBegins = Math.ceil((size - this.filled) / length);
    const needed = Math.min(Math.floor(this.waiting / length) + 1, nextBegins);
    const nextNeeded = Math.floor((this.waiting + (this.begun ? size : 0)) / length) + 1;
    let share = Math.ceil(Math.max(left / needed, (left + next) / nextNeeded));
    if (share >= left) {
      this.finish();
      share -= left;
    }
    this.done = this.work.advance(this.done + share);
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
    const { ring } = this;
    let at = this.readAt;
    for (let i = 0; i < count; i++) {
      output[from + i] = ring[at];
      if (++at === ring.length) at = 0;
    }
    this.readAt = at;
    this.waiting -= count;
  }

  private previous(at: number): number {
    return at === 0 ? this.ring.length - 1 : at - 1;
  }
}
