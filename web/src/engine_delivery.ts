import { PercepNetError } from './errors.ts';
import type { PercepNetAssets } from './load.ts';
import { WorkerHost } from './worker_host.ts';
import type {
  EngineMessage,
  EngineSource,
  ReadyMessage,
  RefusedMessage,
  UnreadableMessage,
} from './protocol.ts';

/** What an engine is made from: assets, or a worker that has them; null = no engine: the untouched sound. */
type Ingredients = PercepNetAssets | WorkerHost | null;

/** Where a compiled module cannot be cloned into the worklet, its bytes serve. */
function sourceOf({ module, moduleBytes, model }: PercepNetAssets, asBytes: boolean): EngineSource {
  return { module: asBytes ? moduleBytes : module, model };
}

/** Gives `attempt` the source with the compiled module and, if that cannot be cloned, with its bytes. */
export function withClonable<T>(assets: PercepNetAssets, attempt: (source: EngineSource) => T): T {
  try {
    return attempt(sourceOf(assets, false));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'DataCloneError')) throw error;
    return attempt(sourceOf(assets, true));
  }
}

function workerOutOfReach(): PercepNetError {
  return new PercepNetError(
    'worker',
    "this engine cannot connect worklet and worker: use execution: 'inline'",
  );
}

/** Brings engines to the audio thread. Only the newest counts; who waits for one before it waits for the newest too. */
export class EngineDelivery {
  private readonly send: (message: EngineMessage, transfer?: Transferable[]) => void;
  private readonly onFailure: (error: PercepNetError) => void;
  private promise!: Promise<void>;
  private settle: { resolve: () => void; reject: (error: PercepNetError) => void } | null = null;
  private assets: Ingredients = null;
  private id = -1;

  constructor(
    send: (message: EngineMessage, transfer?: Transferable[]) => void,
    onFailure: (error: PercepNetError) => void,
  ) {
    this.send = send;
    this.onFailure = onFailure;
  }

  /** Resolves when the newest engine is in place. Rejects with PercepNetError. */
  get ready(): Promise<void> {
    return this.promise;
  }

  /** Number 0, or the first of all, is on its way with the processor's options. */
  expectFirst(assets: Ingredients): void {
    this.begin(assets);
  }

  /** Sends what the assets make, as soon as they are there. */
  deliver(assets: Ingredients | PromiseLike<Ingredients>): void {
    const id = this.begin(null);
    Promise.resolve(assets).then(
      (loaded) => {
        if (id === this.id) this.dispatch(loaded);
        else if (loaded instanceof WorkerHost) loaded.terminate();
      },
      (error) => this.fail(id, error),
    );
  }

  receive(message: ReadyMessage | RefusedMessage | UnreadableMessage): void {
    if (message.type === 'ready') {
      if (message.id === this.id) this.end()?.resolve();
    } else if (message.type === 'refused')
      this.fail(message.id, new PercepNetError(message.code, message.message));
    else this.sendBytes();
  }

  /** Nothing will come any more. */
  abandon(error: PercepNetError): void {
    this.id++;
    this.end()?.reject(error);
  }

  private begin(assets: Ingredients): number {
    this.assets = assets;
    if (this.settle === null) {
      this.promise = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
      this.promise.catch(() => {}); // onFailure tells, whether or not anyone waits
    }
    return ++this.id;
  }

  private dispatch(assets: Ingredients): void {
    const { id } = this;
    this.assets = assets;
    try {
      if (assets === null) this.send({ type: 'engine', id, engine: null });
      else if (assets instanceof WorkerHost)
        this.send({ type: 'engine', id, engine: assets.source }, assets.transfer);
      else withClonable(assets, (engine) => this.send({ type: 'engine', id, engine }));
    } catch (error) {
      this.fail(id, error);
    }
  }

  /** The module could be cloned, but not be read on the other side; or the way to a worker could not. */
  private sendBytes(): void {
    if (this.assets === null) return;
    if (this.assets instanceof WorkerHost) return this.fail(this.id, workerOutOfReach());
    this.send({ type: 'engine', id: this.id, engine: sourceOf(this.assets, true) });
    this.assets = null; // once is enough
  }

  private fail(id: number, cause: unknown): void {
    if (id !== this.id) return;
    const error =
      cause instanceof PercepNetError
        ? cause
        : new PercepNetError('fetch', `the model could not be loaded: ${String(cause)}`, { cause });
    if (this.assets instanceof WorkerHost) this.assets.terminate();
    this.end()?.reject(error);
    this.onFailure(error);
  }

  private end(): typeof this.settle {
    const { settle } = this;
    this.settle = null;
    this.assets = null;
    return settle;
  }
}
