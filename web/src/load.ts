import { chooseByDevice } from './auto_model.ts';
import { DEFAULT_CONFIG } from './config.ts';
import { download } from './download.ts';
import { PercepNetError } from './errors.ts';
import { nameByChecksum } from './identity.ts';
import type { Choice, DeviceEstimate, Wishes } from './estimator.ts';
import {
  buildInFolder,
  checkPins,
  chooseModel,
  chooseVariant,
  OWN_BUILD,
  type Build,
  type FileEntry,
  type ModelEntry,
} from './manifest.ts';
import type { Variant } from './variants.ts';
import { PercepNetWasm } from './wasm.ts';
import { WasmModel } from './wasm_model.ts';

/** What every node and Enhancer is made from; may serve any number of them. */
export interface PercepNetAssets {
  readonly module: WebAssembly.Module;
  /** The module's file: for worklets that cannot be given a compiled module. */
  readonly moduleBytes: ArrayBuffer;
  readonly model: Uint8Array<ArrayBuffer>;
  readonly modelName: string;
  readonly variant: Variant;
  /** Where the worklet script lies. */
  readonly processorUrl: string;
  /** Where the script of workers lies. */
  readonly workerUrl: string;
  /** What `model: 'auto'` has chosen, and by which measurement; absent otherwise, and where nothing could be measured. */
  readonly choice?: Choice;
  readonly estimate?: DeviceEstimate;
}

/** Bytes of the files that are downloaded, together. */
export interface LoadProgress {
  loaded: number;
  total: number;
}

export interface LoadOptions {
  /**
   * The folder of the library's files, relative to the page. Default: beside the library, or where vite or webpack have
   * put them.
   */
  baseUrl?: string;
  /**
   * Width, or name, of one of the models, or the bytes of a .pnet file; default: the build's default model. 'auto' times
   * the module in a worker for a third of a second, before the model is downloaded, and takes the widest that fits.
   */
  model?: 'auto' | '512' | '256' | '128' | '64' | (string & {}) | Uint8Array<ArrayBuffer>;
  /** For 'auto': what the sound is for. */
  wishes?: Wishes;
  /** For 'auto': `assets.estimate` of an earlier time, which you have kept; then nothing is timed. */
  estimate?: DeviceEstimate;
  /** Insists on one variant; default: the fastest that runs here. */
  simd?: Variant;
  /**
   * SHA-256, in hexadecimal, that files must have: `{ 'percepnet-256.pnet': '444f...' }`. Without it, files are held
   * against the hashes that the build has written down.
   */
  integrity?: Readonly<Record<string, string>>;
  /** Told again and again; the last time, `loaded` is `total`. */
  onProgress?: (progress: LoadProgress) => void;
  /** Aborts the downloads; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Downloads, checks and compiles; the module compiles while the model is still on its way. Who calls it twice gets the
 * same bytes and the same module. Rejects with PercepNetError 'fetch', 'integrity', 'unsupported', 'bad-arg',
 * 'bad-module' or 'bad-model', or with the signal's reason.
 */
export async function loadPercepNet(options: LoadOptions = {}): Promise<PercepNetAssets> {
  const { baseUrl, simd, model, integrity = {}, signal, onProgress } = options;
  signal?.throwIfAborted();
  const build = baseUrl === undefined ? OWN_BUILD : await buildInFolder(directoryUrl(baseUrl), signal);
  checkPins(build.manifest, integrity);
  const variant = chooseVariant(build.manifest, simd);
  const moduleEntry = build.manifest.modules[variant]!;
  const modelEntry = model instanceof Uint8Array ? null : chooseModel(build.manifest, model);
  const progress = new Progress(moduleEntry, modelEntry, onProgress);
  const get = (entry: FileEntry): Promise<ArrayBuffer> =>
    download(build.locate(entry), entry, signal, (loaded) => progress.note(entry, loaded));
  // Not WebAssembly.compileStreaming: what is compiled shall be checked first, and would have to be served as
  // application/wasm; 25 KB on the wire leave little to overlap.
  const module = get(moduleEntry).then(compiled);
  const loadModel = async (): Promise<LoadedModel> => {
    if (model instanceof Uint8Array) return { model, modelName: 'custom' };
    if (model !== 'auto') return named(modelEntry!, await get(modelEntry!));
    const parts = { ...(await module), variant, ...scriptUrls(build) };
    const { entry, ...why } = await chooseByDevice(build.manifest.models, parts, options);
    progress.model = entry;
    return { ...named(entry, await get(entry)), ...why };
  };
  const [compiledModule, loadedModel] = await Promise.all([module, loadModel()]);
  const assets = tried({ ...compiledModule, ...loadedModel, variant, ...scriptUrls(build) });
  if (modelEntry !== null) families.set(assets, family(build, options));
  return assets;
}

/** The models of one build, for a guard that steps down. */
export interface Family {
  readonly models: readonly ModelEntry[];
  load(name: string): Promise<PercepNetAssets>;
}

/** Not within the assets, which can be posted to a worker. */
const families = new WeakMap<PercepNetAssets, Family>();

/** Undefined where the model's bytes are the caller's own. */
export function familyOf(assets: PercepNetAssets): Family | undefined {
  return families.get(assets);
}

function family(build: Build, { onProgress: _, signal: __, ...options }: LoadOptions): Family {
  return { models: build.manifest.models, load: (name) => loadPercepNet({ ...options, model: name }) };
}

type LoadedModel = Pick<PercepNetAssets, 'model' | 'modelName' | 'choice' | 'estimate'>;

function named({ name }: ModelEntry, bytes: ArrayBuffer): LoadedModel {
  return { modelName: name, model: new Uint8Array(bytes) };
}

/** How much of both files is there. */
class Progress {
  private readonly loaded = new Map<FileEntry, number>();

  constructor(
    private readonly module: FileEntry,
    public model: FileEntry | null,
    private readonly tell: LoadOptions['onProgress'],
  ) {}

  note(file: FileEntry, loaded: number): void {
    this.loaded.set(file, loaded);
    this.tell?.({
      loaded: [...this.loaded.values()].reduce((sum, some) => sum + some, 0),
      total: this.module.bytes + (this.model?.bytes ?? 0),
    });
  }
}

/** Compiles a module and tries the model in it, without downloads: for bytes that you keep elsewhere. */
export async function assetsFromBytes(
  parts: Omit<PercepNetAssets, 'module' | keyof ScriptUrls> & Partial<ScriptUrls>,
): Promise<PercepNetAssets> {
  return tried({ ...scriptUrls(OWN_BUILD), ...parts, ...(await compiled(parts.moduleBytes)) });
}

/** A bad file is found here, not on the audio thread. The memory it takes to try is free again at once. */
function tried(assets: PercepNetAssets): PercepNetAssets {
  new PercepNetWasm(WasmModel.whole(assets.module, assets.model), DEFAULT_CONFIG);
  nameByChecksum(assets.model);
  return assets;
}

type ScriptUrls = Pick<PercepNetAssets, 'processorUrl' | 'workerUrl'>;

function scriptUrls({ manifest, locate }: Build): ScriptUrls {
  const url = (script: string): string => locate(manifest.scripts.find(({ file }) => file === script)!).href;
  return { processorUrl: url('percepnet_processor.js'), workerUrl: url('percepnet_worker.js') };
}

/** Where this build's own scripts lie: known before anything is loaded. */
export function ownScriptUrls(): ScriptUrls {
  return scriptUrls(OWN_BUILD);
}

const compiling = new WeakMap<ArrayBuffer, Promise<WebAssembly.Module>>();

async function compiled(moduleBytes: ArrayBuffer): Promise<Pick<PercepNetAssets, 'module' | 'moduleBytes'>> {
  if (!compiling.has(moduleBytes)) compiling.set(moduleBytes, WebAssembly.compile(moduleBytes));
  try {
    return { moduleBytes, module: await compiling.get(moduleBytes)! };
  } catch (cause) {
    throw new PercepNetError(
      'unsupported',
      `WebAssembly could not be compiled: with a Content-Security-Policy, script-src needs 'wasm-unsafe-eval' (${String(cause)})`,
      { cause },
    );
  }
}

function directoryUrl(baseUrl: string): URL {
  const page = typeof document === 'undefined' ? globalThis.location?.href : document.baseURI;
  try {
    return new URL(baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`, page);
  } catch (cause) {
    throw new PercepNetError('bad-arg', `baseUrl is ${baseUrl}: give the address of a folder`, { cause });
  }
}
