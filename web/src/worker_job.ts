import { PercepNetError } from './errors.ts';
import type { PercepNetAssets } from './load.ts';
import type { FromWorker, WorkerJob } from './worker_protocol.ts';

/** Starts the worker's script. Throws PercepNetError 'worker'. */
export function startWorker(url: string): Worker {
  try {
    return new Worker(url, { name: 'percepnet' });
  } catch (cause) {
    throw new PercepNetError(
      'worker',
      `no worker from ${url}: it must come from the page's own origin, and worker-src of the Content-Security-Policy must allow it; execution 'inline' needs none`,
      { cause },
    );
  }
}

type JobWithout<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/** Sends a job with the module, or its bytes where a module cannot be cloned. */
export function postJob(
  worker: Worker,
  { module, moduleBytes }: Pick<PercepNetAssets, 'module' | 'moduleBytes'>,
  job: JobWithout<WorkerJob, 'module'>,
  transfer: Transferable[] = [],
): void {
  try {
    worker.postMessage({ ...job, module } satisfies WorkerJob, transfer);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'DataCloneError')) throw error;
    worker.postMessage({ ...job, module: moduleBytes } satisfies WorkerJob, transfer);
  }
}

/** The first answer of another type than 'progress'. Rejects with the PercepNetError that the worker tells, or 'worker'. */
export function firstAnswer<T extends FromWorker['type']>(
  worker: Worker,
  type: T,
  onProgress?: (done: number) => void,
): Promise<Extract<FromWorker, { type: T }>> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === 'progress') onProgress?.(data.done);
      else if (data.type === 'error') reject(new PercepNetError(data.code, data.message));
      else if (data.type === type) resolve(data as Extract<FromWorker, { type: T }>);
    };
    worker.onmessageerror = () =>
      reject(
        new PercepNetError(
          'worker',
          "the worker could not be given the module: this engine cannot clone it; execution 'inline' needs none",
        ),
      );
    worker.onerror = (event) => reject(workerFailed(event));
  });
}

/** What a worker's 'error' event says: its script could not be loaded, or threw. */
export function workerFailed(event: ErrorEvent): PercepNetError {
  const why = event.message === undefined ? 'its script could not be loaded: check baseUrl' : event.message;
  return new PercepNetError('worker', `the worker failed: ${why}`);
}

/** Does one job in a thread of its own, which ends with it. Rejects with a PercepNetError or the signal's reason. */
export async function runJob<T extends FromWorker['type']>(
  assets: Pick<PercepNetAssets, 'module' | 'moduleBytes' | 'workerUrl'>,
  job: JobWithout<WorkerJob, 'module'>,
  type: T,
  options: { signal?: AbortSignal | undefined; onProgress?: ((done: number) => void) | undefined } = {},
): Promise<Extract<FromWorker, { type: T }>> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const worker = startWorker(assets.workerUrl);
  const aborted = new Promise<never>((_, reject) =>
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
  try {
    const answer = firstAnswer(worker, type, onProgress);
    postJob(worker, assets, job);
    return await Promise.race([answer, aborted]);
  } finally {
    worker.terminate();
  }
}
