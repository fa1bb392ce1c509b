import { PercepNetError } from './errors.ts';
import { SAMPLE_RATE } from './constants.ts';
import type { PercepNetConfig } from './config.ts';
import { moduleIdOf } from './identity.ts';
import type { Spread } from './frame_queue.ts';
import type { PercepNetAssets } from './load.ts';
import { transportDelay } from './worker_engine.ts';
import { firstAnswer, postJob, startWorker, workerFailed } from './worker_job.ts';
import type { FromWorker, WorkerLink } from './worker_protocol.ts';
import type { SlotShape } from './worker_slot.ts';
import { closeShared, sharedSize } from './worker_transport.ts';

/** Blocks for so long may be on their way while the worker rests; then some are left out. */
const ROOM_MS = 300;

/** What the worklet needs for an engine whose work a worker does. */
export interface WorkerSource {
  moduleId: string;
  /** The module's bytes, for the resampler, which stays in the worklet. */
  module: ArrayBuffer;
  /** The worklet's end. */
  link: WorkerLink;
  shape: SlotShape;
  /** Samples at 48 kHz that a block may take to the worker and back. */
  transport: number;
}

export interface WorkerHostSettings {
  config: PercepNetConfig;
  spread: Spread;
  /** The most channels that will come. */
  channels: number;
  /** Lengths of the blocks that will come, at 48 kHz. */
  blockLengths: readonly number[];
  /** Milliseconds that a block may take to the worker and back. */
  delayMs: number;
  /** The worker has failed after its start. */
  onFailure: (error: PercepNetError) => void;
  /** The worker is no more, for whatever reason; told once. */
  onEnd: (host: WorkerHost) => void;
}

/** Whether threads can share memory here; else messages carry the blocks. */
export function canShareMemory(): boolean {
  return globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === 'function';
}

function slotCount(blockLengths: readonly number[], transport: number): number {
  const shortest = Math.min(...blockLengths);
  const samples = 2 * transport + (ROOM_MS * SAMPLE_RATE) / 1000;
  return 2 ** Math.ceil(Math.log2(Math.ceil(samples / shortest)));
}

function link(shape: SlotShape, slots: number): { here: WorkerLink; there: WorkerLink } {
  if (canShareMemory()) {
    const memory = new SharedArrayBuffer(sharedSize(shape, slots));
    return { here: { memory }, there: { memory } };
  }
  const { port1, port2 } = new MessageChannel();
  return { here: { port: port1, slots }, there: { port: port2, slots } };
}

/** The page's side of a worker that enhances blocks for a worklet. It ends when the worklet's engine is closed. */
export class WorkerHost {
  /** For the worklet, with what must be transferred. */
  readonly source: WorkerSource;
  readonly transfer: Transferable[];
  private readonly worker: Worker;
  private readonly settings: WorkerHostSettings;
  private ended = false;

  /** Rejects with PercepNetError 'worker', 'bad-module', 'bad-model', 'bad-arg' or 'unsupported'. */
  static async start(assets: PercepNetAssets, settings: WorkerHostSettings): Promise<WorkerHost> {
    const { config, spread, channels, blockLengths } = settings;
    const shape = { channels, length: Math.max(...blockLengths) };
    const transport = transportDelay(settings.delayMs, blockLengths);
    const { here, there } = link(shape, slotCount(blockLengths, transport));
    const worker = startWorker(assets.workerUrl);
    try {
      const ready = firstAnswer(worker, 'ready');
      const job = {
        type: 'serve',
        model: assets.model,
        config,
        spread,
        blockLengths,
        shape,
        link: there,
      } as const;
      postJob(worker, assets, job, 'port' in there ? [there.port] : []);
      await ready;
    } catch (error) {
      worker.terminate();
      throw error;
    }
    const { module, moduleBytes } = assets;
    const source = { module: moduleBytes, moduleId: moduleIdOf(module), link: here, shape, transport };
    return new WorkerHost(worker, source, settings);
  }

  private constructor(worker: Worker, source: WorkerSource, settings: WorkerHostSettings) {
    this.worker = worker;
    this.source = source;
    this.settings = settings;
    this.transfer = 'port' in source.link ? [source.link.port] : [];
    worker.onerror = (event) => this.fail(workerFailed(event));
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === 'error') this.fail(new PercepNetError(data.code, data.message));
      else if (data.type === 'ended') this.terminate();
    };
  }

  /** At once, whatever it does. */
  terminate(): void {
    if (this.ended) return;
    this.ended = true;
    if ('memory' in this.source.link) closeShared(this.source.link.memory);
    this.worker.terminate();
    this.settings.onEnd(this);
  }

  private fail(error: PercepNetError): void {
    if (this.ended) return;
    this.terminate();
    this.settings.onFailure(error);
  }
}
