/** Enhances one frame: reads `input`, writes `output`; both hold the queue's frame size. */
export type FrameFunction = (output: Float32Array, input: Float32Array) => void;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * Blocks of any length to frames and back, with the least delay at which no block ever runs dry:
 * frameSize - gcd(frameSize, block length). The delay is read from the blocks themselves; a block length that needs
 * more delay than the ones before stretches it once (by holding the last sample), and it never shrinks again.
 *
 *   ring: |played|<-- waiting to be played -->|free|
 *                 ^ readAt                     ^ writeAt
 */
export class FrameQueue {
  private readonly input: Float32Array;
  private readonly output: Float32Array;
  private readonly ring: Float32Array;
  private readonly processFrame: FrameFunction;
  private step: number;
  private filled = 0;
  private readAt = 0;
  private writeAt = 0;

  constructor(frameSize: number, processFrame: FrameFunction) {
    this.processFrame = processFrame;
    this.step = frameSize;
    this.input = new Float32Array(frameSize);
    this.output = new Float32Array(frameSize);
    this.ring = new Float32Array(2 * frameSize);
  }

  /** Samples from input to output; 0 until the first block. */
  get delay(): number {
    return this.input.length - this.step;
  }

  /** Takes `length` samples of `input` (silence if there is none) and gives as many. Never allocates. */
  process(output: Float32Array, input: Float32Array | undefined, length = output.length): void {
    this.fit(length);
    for (let done = 0; done < length; ) {
      const count = Math.min(this.input.length - this.filled, length - done);
      this.take(input, done, count);
      this.give(output, done, count);
      done += count;
    }
  }

  /** As before the first block, but for the delay. */
  reset(): void {
    this.input.fill(0);
    this.ring.fill(0);
    this.filled = 0;
    this.readAt = 0;
    this.writeAt = this.delay;
  }

  /** Continues where `other` is. */
  copyFrom(other: FrameQueue): void {
    this.input.set(other.input);
    this.ring.set(other.ring);
    this.step = other.step;
    this.filled = other.filled;
    this.readAt = other.readAt;
    this.writeAt = other.writeAt;
  }

  private take(input: Float32Array | undefined, from: number, count: number): void {
    for (let i = 0; i < count; i++) this.input[this.filled + i] = input === undefined ? 0 : input[from + i];
    this.filled += count;
    if (this.filled < this.input.length) return;
    this.processFrame(this.output, this.input);
    for (let i = 0; i < this.output.length; i++) {
      this.ring[this.writeAt] = this.output[i];
      this.writeAt = this.next(this.writeAt);
    }
    this.filled = 0;
  }

  private give(output: Float32Array, from: number, count: number): void {
    for (let i = 0; i < count; i++) {
      output[from + i] = this.ring[this.readAt];
      this.readAt = this.next(this.readAt);
    }
  }

  private fit(length: number): void {
    const step = greatestCommonDivisor(this.step, length);
    const held = this.ring[this.previous(this.readAt)];
    for (let extra = this.step - step; extra > 0; extra--) {
      this.readAt = this.previous(this.readAt);
      this.ring[this.readAt] = held;
    }
    this.step = step;
  }

  private next(at: number): number {
    return at + 1 === this.ring.length ? 0 : at + 1;
  }

  private previous(at: number): number {
    return at === 0 ? this.ring.length - 1 : at - 1;
  }
}
