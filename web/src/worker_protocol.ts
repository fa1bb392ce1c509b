import type { PercepNetConfig, PercepNetOptions } from './config.ts';
import type { PercepNetErrorCode } from './errors.ts';
import type { Spread } from './frame_queue.ts';
import type { ModuleFile } from './module_file.ts';
import type { SlotShape } from './worker_slot.ts';

/** What is needed to enhance, in a thread of its own. */
export interface WorkerAssets {
  module: ModuleFile;
  model: Uint8Array<ArrayBuffer>;
}

/** The way between worklet and worker: shared memory, or one end of a MessageChannel. */
export type WorkerLink = { memory: SharedArrayBuffer } | { port: MessagePort; slots: number };

/** Blocks for a worklet, until the link is closed. */
export interface ServeJob extends WorkerAssets {
  type: 'serve';
  config: PercepNetConfig;
  spread: Spread;
  blockLengths: readonly number[];
  shape: SlotShape;
  link: WorkerLink;
}

/** A whole signal at 48 kHz. */
export interface EnhanceJob extends WorkerAssets {
  type: 'enhance';
  options: PercepNetOptions;
  samples: Float32Array<ArrayBuffer>;
}

/** How long frames take with networks of these widths. */
export interface TimeJob {
  type: 'time';
  module: ModuleFile;
  widths: readonly number[];
  budgetMs: number;
}

export type WorkerJob = ServeJob | EnhanceJob | TimeJob;

/** The milliseconds that frames took, at their fastest and as 9 of 10 of them. */
export interface FrameTimes {
  width: number;
  fastestMs: number;
  usualMs: number;
}

export type FromWorker =
  | { type: 'ready' } // 'serve': blocks may come
  | { type: 'ended' } // 'serve': the link was closed
  | { type: 'progress'; done: number } // 'enhance': samples
  | { type: 'enhanced'; samples: Float32Array<ArrayBuffer> }
  | { type: 'times'; times: FrameTimes[] }
  | { type: 'error'; code: PercepNetErrorCode; message: string };
