import { FRAME_SIZE } from './constants.ts';
import { FrameQueue, type FrameWork, type Spread } from './frame_queue.ts';

/** What the channels need of PercepNetWasm. */
export interface Streams {
  readonly input: Float32Array;
  readonly output: Float32Array;
  beginFrame(stream: number): void;
  advance(stream: number, goal: number): number;
  endFrame(stream: number): void;
  reset(stream: number): void;
  copyStream(to: number, from: number): void;
}

/** How long the second stream goes on after the sound has become mono, and how long its share takes to fade out. */
const TAIL = 100 * FRAME_SIZE;
const FADE = 10 * FRAME_SIZE;
const LONGEST_BLOCK = 8192;

/**
 * Up to two channels, each with a stream of its own; mono costs one stream.
 *
 * Mono to stereo: the second stream starts as a copy of the first, so the right side goes on as it was.
 * Stereo to mono: the sound goes on as the mean of both streams (what a mono listener heard before) and fades to the
 * first stream alone, after which the second one rests.
 */
export class Channels {
  private readonly queues: [FrameQueue, FrameQueue];
  private readonly streams: Streams;
  private readonly second = new Float32Array(LONGEST_BLOCK);
  private tail = 0;

  /** `onFrame` is called with the stream's number after each frame. `spread`: see FrameQueue. */
  constructor(streams: Streams, onFrame: (stream: number) => void, spread: Spread = 0) {
    this.streams = streams;
    const work = (stream: number): FrameWork => ({
      begin: (input) => {
        streams.input.set(input);
        streams.beginFrame(stream);
      },
      advance: (goal) => streams.advance(stream, goal),
      end: (output) => {
        streams.endFrame(stream);
        output.set(streams.output);
        onFrame(stream);
      },
    });
    this.queues = [new FrameQueue(FRAME_SIZE, work(0), spread), new FrameQueue(FRAME_SIZE, work(1), spread)];
  }

  /** Samples of delay that the framing and its spread add. */
  get delay(): number {
    return this.queues[0].delay;
  }

  /** Block lengths that will come: the delay is then right before they do. */
  expect(lengths: readonly number[]): void {
    for (const queue of this.queues) for (const length of lengths) queue.expect(length);
  }

  /** One block per channel, all of one length; a missing input is silence. Never allocates. */
  process(output: readonly Float32Array[], input: readonly Float32Array[]): void {
    if (output.length === 0) return;
    if (output.length === 1) {
      this.queues[0].process(output[0], input[0]);
      if (this.tail > 0) this.blendTail(output[0], input[0]);
      return;
    }
    if (this.tail === 0) this.split();
    this.tail = TAIL;
    this.queues[0].process(output[0], input[0]);
    this.queues[1].process(output[1], input.length > 1 ? input[1] : input[0]);
  }

  /** As before the first block. */
  reset(): void {
    this.tail = 0;
    for (let stream = 0; stream < this.queues.length; stream++) {
      this.streams.reset(stream);
      this.queues[stream].reset();
    }
  }

  private split(): void {
    this.streams.copyStream(1, 0);
    this.queues[1].copyFrom(this.queues[0]);
  }

  private blendTail(output: Float32Array, input: Float32Array | undefined): void {
    if (output.length > LONGEST_BLOCK) {
      this.tail = 0;
      return;
    }
    this.queues[1].process(this.second, input, output.length);
    for (let i = 0; i < output.length; i++) {
      const share = 0.5 * Math.min(1, this.tail / FADE);
      output[i] += share * (this.second[i] - output[i]);
      if (this.tail > 0) this.tail--;
    }
  }
}
