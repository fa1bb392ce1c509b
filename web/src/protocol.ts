import type { PercepNetConfig } from './config.ts';
import type { PercepNetErrorCode } from './errors.ts';
import type { Spread } from './frame_queue.ts';
import type { ModuleFile } from './module_file.ts';
import type { FrameInfo } from './wasm.ts';
import type { WorkerSource } from './worker_host.ts';

/** What an engine is made of on the audio thread: all that it needs, or a way to a worker. */
export type EngineSource = InlineSource | WorkerSource;

export interface InlineSource {
  moduleId: string;
  modelId: string;
  /** null = the names should be enough; if they are not, MissingMessage asks for the files. */
  files: { module: ModuleFile; model: Uint8Array } | null;
}

/** What the node hands to the processor's constructor. */
export interface ProcessorOptions {
  /** null = it comes later, by a message; the sound passes untouched until then. */
  engine: EngineSource | null;
  config: PercepNetConfig;
  spread: Spread;
  /** Samples in a render quantum, as far as the page knows. */
  quantum: number;
  /** The most channels that will come: 1 or 2. */
  channels: number;
  /** Samples at 48 kHz that blocks may take to a worker and back; 0 = inline. */
  transport: number;
  /** false = rendered off line, where no call can be late. */
  live: boolean;
}

/** Another engine, or none; answered by as many PartMessages as it takes parts, and then by another EngineAnswer. */
export interface EngineMessage {
  type: 'engine';
  id: number;
  engine: EngineSource | null;
}

/** The answer to a PartMessage: the next part, or none, because another engine is wanted by now. */
export interface PartAnswer {
  type: 'continue' | 'drop';
  id: number;
}

export type ToProcessor =
  | EngineMessage
  | PartAnswer
  | { type: 'bypass'; bypass: boolean } // the other options are AudioParams
  | { type: 'reset' }
  | { type: 'listen' } // to voices: somebody does
  | { type: 'resumed' } // the context runs again: the time in between was not lost
  | { type: 'destroy' };

/**
 * A FrameInfo, about 20 times a second, once somebody listens. With two channels, that of the one likelier to hold voice.
 */
export interface VoiceMessage extends FrameInfo {
  type: 'voice';
  /** The same as `voice`. */
  probability: number;
}

/**
 * About once a second: what the processing cost. Times are those of the audio thread's clock: `performance.now()` where
 * the worklet has it, or else Date.now(), whose whole milliseconds are right on average; `longCalls` then counts only
 * calls that were too long by more than 1 ms.
 */
export interface StatsMessage {
  type: 'stats';
  /** Frames of 10 ms since the node was made, all channels together; none are made while the sound passes untouched. */
  frames: number;
  /** Milliseconds spent in this span. */
  processingMs: number;
  /** Milliseconds of sound in this span. */
  audioMs: number;
  /** processingMs / audioMs: 0.05 = 5 % of a core. */
  cpuShare: number;
  /** Calls in this span that took longer than the sound they made lasts. Late ones follow if it happens often. */
  longCalls: number;
  /**
   * Calls that did not come in time in this span, whoever was to blame: the time by which the sound has fallen behind
   * the clock, in render quanta; and blocks that a worker did not answer in time. 0 when rendering off line.
   */
  lateCalls: number;
}

export interface ErrorMessage {
  type: 'error';
  code: PercepNetErrorCode;
  message: string;
}

/** The engine is in place; the sound fades over to it as soon as its delay is filled. */
export interface ReadyMessage {
  type: 'ready';
  id: number;
}

/** No engine could be made; the sound goes on as it was. */
export interface RefusedMessage {
  type: 'refused';
  id: number;
  code: PercepNetErrorCode;
  message: string;
}

/** The worklet does not have the files that were only named. */
export interface MissingMessage {
  type: 'missing';
  id: number;
}

/** A message could not be read on the audio thread: some engines cannot clone a module into it. */
export interface UnreadableMessage {
  type: 'unreadable';
}

/** A part of the work on the engine is done: the audio thread does the next when told so, after whatever else is due. */
export interface PartMessage {
  type: 'part';
  id: number;
}

export type EngineAnswer = PartMessage | ReadyMessage | RefusedMessage | MissingMessage | UnreadableMessage;

/** Sent when the delay from input to output, in samples of the context, has become known or has changed. */
export interface LatencyMessage {
  type: 'latency';
  latency: number;
}

export type FromProcessor = VoiceMessage | StatsMessage | ErrorMessage | EngineAnswer | LatencyMessage;
