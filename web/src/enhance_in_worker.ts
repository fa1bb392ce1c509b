import type { PercepNetOptions } from './config.ts';
import type { PercepNetAssets } from './load.ts';
import { runJob } from './worker_job.ts';

export interface EnhanceInWorkerOptions extends PercepNetOptions {
  /** Told after each second of sound, as a share, 0..1. */
  onProgress?: (share: number) => void;
  /** Ends the work; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * A whole mono signal at 48 kHz, enhanced in a thread of its own: as long as `samples` and aligned with them. The bits are
 * those of Enhancer.enhance. Rejects with PercepNetError 'worker', 'bad-arg', 'bad-model' or 'unsupported'.
 */
export async function enhanceInWorker(
  assets: PercepNetAssets,
  samples: Float32Array<ArrayBuffer>,
  { onProgress, signal, ...options }: EnhanceInWorkerOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const job = { type: 'enhance', model: assets.model, options, samples } as const;
  const told = (done: number): void => onProgress?.(done / samples.length);
  const answer = await runJob(assets, job, 'enhanced', { signal, onProgress: told });
  onProgress?.(1);
  return answer.samples;
}
