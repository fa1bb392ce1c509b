import type { PercepNetConfig } from './config.ts';
import type { PercepNetErrorCode } from './errors.ts';
import type { Spread } from './frame_queue.ts';
import type { FrameInfo } from './wasm.ts';

/** The name under which the worklet script registers its processor. */
export const PROCESSOR_NAME = 'percepnet';

/** What the node hands to the processor's constructor. */
export interface ProcessorOptions {
  /** Compiled, or its bytes where a module cannot be cloned into the worklet. */
  module: WebAssembly.Module | ArrayBuffer;
  model: Uint8Array;
  config: PercepNetConfig;
  spread: Spread;
}

export type ToProcessor =
  { type: 'config'; config: PercepNetConfig } | { type: 'reset' } | { type: 'destroy' };

/** A FrameInfo, about 20 times a second. With two channels, that of the one likelier to hold voice. */
export interface VoiceMessage extends FrameInfo {
  type: 'voice';
  /** The same as `voice`. */
  probability: number;
}

/** About once a second: what the processing cost. */
export interface StatsMessage {
  type: 'stats';
  /** Frames of 10 ms since the node was made, all channels together. */
  frames: number;
  /** Milliseconds spent in this span. */
  processingMs: number;
  /** Milliseconds of sound in this span. */
  audioMs: number;
  /** processingMs / audioMs: 0.05 = 5 % of a core. */
  cpuShare: number;
}

export interface ErrorMessage {
  type: 'error';
  code: PercepNetErrorCode;
  message: string;
}

/** Sent when the delay of the framing, in samples, has become known or has changed. */
export interface DelayMessage {
  type: 'delay';
  delay: number;
}

export type FromProcessor = VoiceMessage | StatsMessage | ErrorMessage | DelayMessage;
