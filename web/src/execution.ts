import type { PercepNetConfig } from './config.ts';
import { PercepNetError } from './errors.ts';
import type { Spread } from './frame_queue.ts';
import type { PercepNetAssets } from './load.ts';
import { transportDelay } from './worker_engine.ts';
import { canShareMemory, WorkerHost } from './worker_host.ts';

/** Where the work is done: in `process` of the worklet, or in a worker that the worklet exchanges blocks with. */
export interface ExecutionOptions {
  /**
   * 'auto' (the default) is 'inline', unless loadPercepNet({ model: 'auto' }) found a worker to be better. 'worker' adds
   * `workerDelayMs` to the latency and takes all the work off the audio thread. Fixed for the node's life.
   */
  execution?: 'inline' | 'worker' | 'auto';
  /**
   * Milliseconds that a block may take to the worker and back, 5..300; default: 20 over shared memory, 30 over messages.
   * Rounded up to whole render quanta. Blocks that take longer are heard untouched.
   */
  workerDelayMs?: number;
}

/** Chosen by measurement on a machine with far more to do than it can: fewer than 1 of 100 blocks is late. */
const usualDelayMs = (): number => (canShareMemory() ? 20 : 30);
const SHORTEST_DELAY_MS = 5;
const LONGEST_DELAY_MS = 300;

export interface ExecutionSettings {
  spread: Spread;
  channels: number;
  /** At 48 kHz. */
  blockLengths: readonly number[];
  /** false = rendered off line: faster than any worker. */
  live: boolean;
}

/** Decides where the work is done, and keeps the workers that do it. */
export class Execution {
  private readonly wanted: 'inline' | 'worker' | 'auto';
  private readonly delayMs: number;
  private readonly settings: ExecutionSettings;
  /** Those that live: one, and for a moment those that are being replaced. */
  private readonly hosts = new Set<WorkerHost>();
  private ended = false;
  /** Told when a worker has failed after its start. */
  onFailure: (error: PercepNetError) => void = () => {};

  /** Throws PercepNetError 'bad-arg'. */
  constructor(
    { execution = 'auto', workerDelayMs = usualDelayMs() }: ExecutionOptions,
    settings: ExecutionSettings,
  ) {
    if (!['inline', 'worker', 'auto'].includes(execution))
      throw new PercepNetError('bad-arg', `execution is ${execution}: give 'inline', 'worker' or 'auto'`);
    if (!(workerDelayMs >= SHORTEST_DELAY_MS && workerDelayMs <= LONGEST_DELAY_MS))
      throw new PercepNetError(
        'bad-arg',
        `workerDelayMs is ${workerDelayMs}: give a number from ${SHORTEST_DELAY_MS} to ${LONGEST_DELAY_MS}`,
      );
    if (execution === 'worker' && !settings.live)
      throw new PercepNetError(
        'bad-arg',
        "execution is 'worker', but an OfflineAudioContext waits for nobody: use 'inline', or enhanceInWorker",
      );
    this.wanted = execution;
    this.delayMs = workerDelayMs;
    this.settings = settings;
  }

  /** Samples at 48 kHz by which the sound will come later than inline; null: as far as is known without assets. */
  transportFor(assets: PercepNetAssets | null): number {
    return this.isInline(assets) ? 0 : transportDelay(this.delayMs, this.settings.blockLengths);
  }

  private isInline(assets: PercepNetAssets | null): boolean {
    if (this.wanted !== 'auto') return this.wanted === 'inline';
    return !this.settings.live || assets?.choice?.execution !== 'worker';
  }

  /** What the engine is made of: the assets themselves, or a worker that has them. Rejects as WorkerHost.start does. */
  async prepare(
    coming: PercepNetAssets | null | PromiseLike<PercepNetAssets | null>,
    config: () => PercepNetConfig,
  ): Promise<PercepNetAssets | WorkerHost | null> {
    const assets = await coming;
    if (assets === null || this.isInline(assets)) return assets;
    try {
      const host = await WorkerHost.start(assets, {
        ...this.settings,
        config: config(),
        delayMs: this.delayMs,
        onFailure: (error) => this.onFailure(error),
        onEnd: (ended) => this.hosts.delete(ended),
      });
      this.hosts.add(host);
      if (this.ended) this.end();
      return host;
    } catch (error) {
      if (this.wanted === 'auto' && (error as PercepNetError).code === 'worker') return assets;
      throw error;
    }
  }

  /** Ends all workers. */
  end(): void {
    this.ended = true;
    for (const host of this.hosts) host.terminate();
  }
}
