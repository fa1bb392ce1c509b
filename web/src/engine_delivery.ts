import { PercepNetError } from './errors.ts';
import { modelIdOf, moduleIdOf } from './identity.ts';
import type { PercepNetAssets } from './load.ts';
import type { EngineAnswer, EngineMessage, InlineSource, PartAnswer } from './protocol.ts';
import { WorkerHost } from './worker_host.ts';

/** What an engine is made from: assets, or a worker that has them; null = no engine: the untouched sound. */
type Ingredients = PercepNetAssets | WorkerHost | null;

/** What the audio thread of each context has, as far as it has said: files need not come again, only their names. */
const arrived = new WeakMap<BaseAudioContext, Set<string>>();

function nameOf({ module, model }: PercepNetAssets): InlineSource {
  return { moduleId: moduleIdOf(module), modelId: modelIdOf(model), files: null };
}

/** Where a compiled module cannot be cloned into the worklet, its bytes serve. */
function filesOf(assets: PercepNetAssets, asBytes: boolean): InlineSource {
  const { module, moduleBytes, model } = assets;
  return { ...nameOf(assets), files: { module: asBytes ? moduleBytes : module, model } };
}

/** Gives `attempt` the source with the compiled module and, if that cannot be cloned, with its bytes. */
function withFiles<T>(assets: PercepNetAssets, attempt: (source: InlineSource) => T): T {
  try {
    return attempt(filesOf(assets, false));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'DataCloneError')) throw error;
    return attempt(filesOf(assets, true));
  }
}

function keyOf({ moduleId, modelId }: InlineSource): string {
  return `${moduleId} ${modelId}`;
}

/** Gives `attempt` a source that can be cloned: with the files, unless the context's audio thread has them. */
export function withClonable<T>(
  context: BaseAudioContext,
  assets: PercepNetAssets,
  attempt: (source: InlineSource) => T,
): T {
  const name = nameOf(assets);
  return arrived.get(context)?.has(keyOf(name)) ? attempt(name) : withFiles(assets, attempt);
}

/** Not of an OfflineAudioContext: if they were gone, it would not wait until they have come again. */
function noteArrival(context: BaseAudioContext, assets: PercepNetAssets): void {
  if ('startRendering' in context) return;
  arrived.set(context, (arrived.get(context) ?? new Set()).add(keyOf(nameOf(assets))));
}

function workerOutOfReach(): PercepNetError {
  return new PercepNetError(
    'worker',
    "this engine cannot connect worklet and worker: use execution: 'inline'",
  );
}

/** Brings engines to the audio thread. Only the newest counts; who waits for one before it waits for the newest too. */
export class EngineDelivery {
  private readonly context: BaseAudioContext;
  private readonly post: (message: EngineMessage | PartAnswer, transfer?: Transferable[]) => void;
  private readonly onFailure: (error: PercepNetError) => void;
  private promise!: Promise<void>;
  private settle: { resolve: () => void; reject: (error: PercepNetError) => void } | null = null;
  private assets: Ingredients = null;
  private sentBytes = false;
  private id = -1;
  /** Why nothing will come any more. */
  private over: PercepNetError | null = null;

  constructor(
    context: BaseAudioContext,
    post: (message: EngineMessage | PartAnswer, transfer?: Transferable[]) => void,
    onFailure: (error: PercepNetError) => void,
  ) {
    this.context = context;
    this.post = post;
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
    if (this.over !== null) this.abandon(this.over);
    Promise.resolve(assets).then(
      (loaded) => {
        if (id === this.id) this.dispatch(loaded);
        else if (loaded instanceof WorkerHost) loaded.terminate();
      },
      (error) => this.fail(id, error),
    );
  }

  receive(message: EngineAnswer): void {
    if (message.type === 'part') this.answer(message.id);
    else if (message.type === 'unreadable') this.sendBytes();
    else if (message.type === 'refused')
      this.fail(message.id, new PercepNetError(message.code, message.message));
    else if (message.id !== this.id) return;
    else if (message.type === 'missing') this.sendFiles();
    else this.arrive();
  }

  /** Nothing will come any more, whatever is still to be delivered. */
  abandon(error: PercepNetError): void {
    this.over = error;
    this.id++;
    this.end()?.reject(error);
  }

  private begin(assets: Ingredients): number {
    this.assets = assets;
    this.sentBytes = false;
    if (this.settle === null) {
      this.promise = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
      this.promise.catch(() => {}); // onFailure tells, whether or not anyone waits
    }
    return ++this.id;
  }

  private dispatch(assets: Ingredients): void {
    const { id } = this;
    this.assets = assets;
    this.orFail(() => {
      if (assets === null) this.post({ type: 'engine', id, engine: null });
      else if (assets instanceof WorkerHost)
        this.post({ type: 'engine', id, engine: assets.source }, assets.transfer);
      else withClonable(this.context, assets, (source) => this.send(source));
    });
  }

  /** The audio thread would be held by the unpacking of a clone of the model: it gets a copy of its own. */
  private send(source: InlineSource): void {
    const { id } = this;
    const files = source.files && { ...source.files, model: source.files.model.slice() };
    this.post({ type: 'engine', id, engine: { ...source, files } }, files ? [files.model.buffer] : []);
  }

  /** Render calls come in between, and whatever else the audio thread has to do. */
  private answer(id: number): void {
    this.post({ type: id === this.id ? 'continue' : 'drop', id });
  }

  private orFail(send: () => void): void {
    try {
      send();
    } catch (error) {
      this.fail(this.id, error);
    }
  }

  /** It was thought to be there, but is not: it has failed, or another model has taken its place meanwhile. */
  private sendFiles(): void {
    const { assets } = this;
    if (assets === null || assets instanceof WorkerHost) return;
    this.orFail(() => withFiles(assets, (source) => this.send(source)));
  }

  private arrive(): void {
    const { assets } = this;
    if (assets !== null && !(assets instanceof WorkerHost)) noteArrival(this.context, assets);
    this.end()?.resolve();
  }

  /** The module could be cloned, but not be read on the other side; or the way to a worker could not. */
  private sendBytes(): void {
    if (this.assets === null || this.sentBytes) return;
    if (this.assets instanceof WorkerHost) return this.fail(this.id, workerOutOfReach());
    this.send(filesOf(this.assets, true));
    this.sentBytes = true;
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
