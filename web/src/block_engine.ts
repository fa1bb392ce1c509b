import type { PercepNetConfig } from './config.ts';
import type { Spread } from './frame_queue.ts';
import type { FrameInfo } from './wasm.ts';

/**
 * Turns blocks of sound into enhanced blocks, on the audio thread. The bits do not depend on the engine: each channel
 * comes out as the native library gives it, from the first sample put in on, `delay` and LATENCY samples later.
 */
export interface BlockEngine {
  /**
   * Samples of framing and transport from input to output, without the algorithm's LATENCY. Known once the engine is
   * made with the block lengths that really come; another length may stretch it, never shrink it.
   */
  readonly delay: number;
  /**
   * One block per channel, all of one length, `output` with at least as many channels as `input`; a missing input is
   * silence. Lengths may alternate by one sample. Never allocates or waits. Throws when the engine has failed: the
   * caller then lets the sound pass untouched and calls nothing but `close`.
   */
  process(output: readonly Float32Array[], input: readonly Float32Array[]): void;
  /** Forgets the past, as if no block had come; the configuration and the delay stay. */
  reset(): void;
  /** Takes effect at the next frame of every channel that begins. Never allocates; keeps no reference to `config`. */
  setConfig(config: PercepNetConfig): void;
  /** Lets go of everything that would outlive the engine. */
  close(): void;
}

/** Told after each frame of a stream (a channel's number); `info` is used again for the next. */
export type OnFrame = (stream: number, info: FrameInfo) => void;

/** What every engine is made with. */
export interface EngineSettings {
  config: PercepNetConfig;
  spread: Spread;
  /** The most channels that will come. */
  channels: number;
  /** Lengths of the blocks that will come, so that the delay is right from the first block on. */
  blockLengths: readonly number[];
  onFrame: OnFrame;
}
