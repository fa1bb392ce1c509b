import { DEFAULT_CONFIG } from './config.ts';
import { download } from './download.ts';
import { PercepNetError } from './errors.ts';
import {
  buildInFolder,
  checkPins,
  chooseModel,
  chooseVariant,
  OWN_BUILD,
  type Build,
  type FileEntry,
} from './manifest.ts';
import type { Variant } from './variants.ts';
import { PercepNetWasm } from './wasm.ts';

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
  /** Width, or name, of one of the models; 'auto' (default) takes the default one; or the bytes of a .pnet file. */
  model?: 'auto' | '512' | '256' | '128' | '64' | (string & {}) | Uint8Array<ArrayBuffer>;
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
  const { baseUrl, simd, model = 'auto', integrity = {}, signal, onProgress } = options;
  signal?.throwIfAborted();
  const build = baseUrl === undefined ? OWN_BUILD : await buildInFolder(directoryUrl(baseUrl), signal);
  checkPins(build.manifest, integrity);
  const variant = chooseVariant(build.manifest, simd);
  const moduleEntry = build.manifest.modules[variant]!;
  const modelEntry = model instanceof Uint8Array ? undefined : chooseModel(build.manifest, model);
  const progress = new Progress(
    modelEntry === undefined ? [moduleEntry] : [moduleEntry, modelEntry],
    onProgress,
  );
  const get = (entry: FileEntry): Promise<ArrayBuffer> =>
    download(build.locate(entry), entry, signal, (loaded) => progress.note(entry, loaded));
  // Not WebAssembly.compileStreaming: what is compiled shall be checked first, and would have to be served as
  // application/wasm; 25 KB on the wire leave little to overlap.
  const [module, modelBytes] = await Promise.all([
    get(moduleEntry).then(compiled),
    model instanceof Uint8Array ? model : get(modelEntry!).then((bytes) => new Uint8Array(bytes)),
  ]);
  return tried({
    ...module,
    variant,
    model: modelBytes,
    modelName: modelEntry?.name ?? 'custom',
    ...scriptUrls(build),
  });
}

/** How much of all the files is there. */
class Progress {
  private readonly loaded = new Map<FileEntry, number>();
  private readonly total: number;

  constructor(
    files: FileEntry[],
    private readonly tell: LoadOptions['onProgress'],
  ) {
    this.total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  note(file: FileEntry, loaded: number): void {
    this.loaded.set(file, loaded);
    this.tell?.({
      loaded: [...this.loaded.values()].reduce((sum, some) => sum + some, 0),
      total: this.total,
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
  new PercepNetWasm(assets.module, assets.model, DEFAULT_CONFIG);
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
