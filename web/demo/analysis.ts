import type { PercepNetAssets, PercepNetOptions } from '../src/index.ts';
import type { AnalysisReply, AnalysisRequest } from './analysis_worker.ts';
import type { Decisions } from './decisions.ts';

const MOST_UNANSWERED = 20; // pieces

/** A whole sound, enhanced; aligned with what went in. */
export interface Rendered {
  channels: Float32Array<ArrayBuffer>[];
  /** Those of the first channel. */
  decisions: Decisions;
  /** dB by which the original is louder while somebody speaks. */
  offset: number;
}

function startWorker(
  assets: PercepNetAssets,
  options: PercepNetOptions,
  receive: (reply: AnalysisReply) => void,
): Worker {
  const worker = new Worker(new URL('analysis_worker.js', document.baseURI));
  worker.onmessage = ({ data }: MessageEvent<AnalysisReply>) => receive(data);
  worker.onerror = ({ message }) =>
    receive({ type: 'failed', message: `The worker failed (${message}): load the page again.` });
  const { module, model } = assets;
  send(worker, { type: 'begin', assets: { module, model }, options });
  return worker;
}

function send(worker: Worker, request: AnalysisRequest, transfer: Transferable[] = []): void {
  worker.postMessage(request, transfer);
}

/** Enhances whole channels at 48 kHz in a worker of its own. Rejects with the signal's reason when it is aborted. */
export function renderSound(
  assets: PercepNetAssets,
  channels: Float32Array<ArrayBuffer>[],
  options: PercepNetOptions,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Rendered> {
  let worker: Worker;
  const rendering = new Promise<Rendered>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    worker = startWorker(assets, options, (reply) => {
      if (reply.type === 'progress') onProgress(reply.share);
      else if (reply.type === 'rendered') resolve(reply);
      else if (reply.type === 'failed') reject(new Error(reply.message));
    });
    send(worker, { type: 'render', channels });
  });
  return rendering.finally(() => worker.terminate());
}

/** Follows a running sound in a worker, with an enhancer like the node's. */
export class Follower {
  private readonly worker: Worker;
  private unanswered = 0;

  /** `onPiece` gets what was decided in each piece, and the loudness offset so far; see Rendered. */
  constructor(
    assets: PercepNetAssets,
    options: PercepNetOptions,
    onPiece: (decisions: Decisions, offset: number) => void,
    onError: (error: Error) => void,
  ) {
    this.worker = startWorker(assets, options, (reply) => {
      this.unanswered--;
      if (reply.type === 'piece') onPiece(reply.decisions, reply.offset);
      else if (reply.type === 'failed') onError(new Error(reply.message));
    });
  }

  /** The next samples, mono: whole frames of 10 ms. Left out where the worker cannot keep up. */
  add(samples: Float32Array<ArrayBuffer>): void {
    if (this.unanswered >= MOST_UNANSWERED) return;
    this.unanswered++;
    send(this.worker, { type: 'piece', samples });
  }

  setOptions(options: PercepNetOptions): void {
    send(this.worker, { type: 'options', options });
  }

  stop(): void {
    this.worker.terminate();
  }
}
