import { DEFAULT_CONFIG } from './config.ts';
import { PercepNetError } from './errors.ts';
import { PercepNetWasm } from './wasm.ts';

/** Builds of the one module, fastest first. All give the same bits. */
export const VARIANTS = ['relaxed', 'simd128', 'scalar'] as const;
export type Variant = (typeof VARIANTS)[number];

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
}

export interface LoadOptions {
  /** Where the library's files lie, relative to the page. */
  baseUrl: string;
  /** A model's name in models.json (default: its first), or the bytes of a .pnet file. */
  model?: string | Uint8Array<ArrayBuffer>;
  /** Insists on one variant; default: the fastest that runs here. */
  simd?: Variant;
  /** Aborts the downloads; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

interface FileEntry {
  file: string;
  bytes: number;
  sha256: string;
}

interface Manifest {
  version: string;
  modules: Partial<Record<Variant, FileEntry>>;
  missing: Partial<Record<Variant, string>>;
}

interface ModelList {
  models: (FileEntry & { name: string })[];
}

const HEADER = [0, 97, 115, 109, 1, 0, 0, 0];
// f: () -> i32, lane 0 of i32x4.relaxed_dot_i8x16_i7x16_add_s(2s, 3s, 1000s) = 4 x 2 x 3 + 1000.
const RELAXED_DOT = [
  ...[1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 23, 1, 21, 0],
  ...[65, 2, 253, 15, 65, 3, 253, 15, 65, 232, 7, 253, 17, 253, 147, 2, 253, 27, 0, 11],
];
const RELAXED_DOT_RESULT = 1024;
// v128 -> v128: i32x4.dot_i16x8_s.
const SIMD_DOT = [1, 6, 1, 96, 1, 123, 1, 123, 3, 2, 1, 0, 10, 11, 1, 9, 0, 32, 0, 32, 0, 253, 186, 1, 11];
const PROBES: Record<Variant, Uint8Array<ArrayBuffer>> = {
  relaxed: new Uint8Array([...HEADER, ...RELAXED_DOT]),
  simd128: new Uint8Array([...HEADER, ...SIMD_DOT]),
  scalar: new Uint8Array(HEADER),
};

/** Whether this engine runs the variant, and rightly: V8 11.3's first-tier compiler gets the relaxed product wrong. */
export function supports(variant: Variant): boolean {
  if (typeof WebAssembly !== 'object' || !WebAssembly.validate(PROBES[variant])) return false;
  return variant !== 'relaxed' || computesRelaxedDot();
}

function computesRelaxedDot(): boolean {
  try {
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(PROBES.relaxed)).exports as { f(): number };
    return f() === RELAXED_DOT_RESULT;
  } catch {
    return false; // a policy that forbids WebAssembly; loading will say so
  }
}

/**
 * Downloads, checks and compiles; the module compiles while the model is still on its way. Rejects with PercepNetError
 * 'fetch', 'integrity', 'unsupported', 'bad-module' or 'bad-model'.
 */
export async function loadPercepNet(options: LoadOptions): Promise<PercepNetAssets> {
  const base = directoryUrl(options.baseUrl);
  const [module, model] = await Promise.all([loadModule(options, base), loadModel(options, base)]);
  return checked({
    ...module,
    model: model.bytes,
    modelName: model.name,
    processorUrl: new URL('percepnet_processor.js', base).href,
  });
}

/** Compiles a module and tries the model in it, without downloads: for Node, or bytes that you keep elsewhere. */
export async function assetsFromBytes(parts: Omit<PercepNetAssets, 'module'>): Promise<PercepNetAssets> {
  return checked({ module: await compile(parts.moduleBytes), ...parts });
}

/** A bad file is found here, not on the audio thread. The memory it takes to try is free again at once. */
function checked(assets: PercepNetAssets): PercepNetAssets {
  new PercepNetWasm(assets.module, assets.model, DEFAULT_CONFIG);
  return assets;
}

type LoadedModule = Pick<PercepNetAssets, 'module' | 'moduleBytes' | 'variant'>;

/**
 * Not WebAssembly.compileStreaming: what is compiled shall be checked first, and would have to be served as
 * application/wasm; 25 KB on the wire leave little to overlap.
 */
async function loadModule({ simd, signal }: LoadOptions, base: URL): Promise<LoadedModule> {
  const manifest = await fetchJson<Manifest>(new URL('manifest.json', base), signal);
  const variant = chooseVariant(manifest, simd);
  const moduleBytes = await fetchChecked(manifest.modules[variant]!, base, signal);
  return { module: await compile(moduleBytes), moduleBytes, variant };
}

async function compile(bytes: ArrayBuffer): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new PercepNetError(
      'unsupported',
      `WebAssembly could not be compiled: with a Content-Security-Policy, script-src needs 'wasm-unsafe-eval' (${String(cause)})`,
      { cause },
    );
  }
}

function directoryUrl(baseUrl: string): URL {
  const page = typeof document === 'undefined' ? undefined : document.baseURI;
  return new URL(baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`, page);
}

function chooseVariant(manifest: Manifest, wanted: Variant | undefined): Variant {
  const present = VARIANTS.filter((variant) => manifest.modules?.[variant] !== undefined);
  const variant = present.filter(supports).find((candidate) => wanted === undefined || candidate === wanted);
  if (variant !== undefined) return variant;
  if (wanted !== undefined && !present.includes(wanted))
    throw new PercepNetError(
      'unsupported',
      `this bundle has no ${wanted} module (${manifest.missing?.[wanted] ?? 'not in manifest.json'}): leave \`simd\` out`,
    );
  throw new PercepNetError(
    'unsupported',
    `this engine cannot run ${wanted ?? 'WebAssembly'}: use a current browser, or leave \`simd\` out`,
  );
}

async function loadModel(
  { model, signal }: LoadOptions,
  base: URL,
): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  if (model instanceof Uint8Array) return { name: 'custom', bytes: model };
  const { models } = await fetchJson<ModelList>(new URL('models.json', base), signal);
  const entry = model === undefined ? models[0] : models.find(({ name }) => name === model);
  if (entry === undefined)
    throw new PercepNetError(
      'bad-arg',
      `no model ${model ?? ''} in models.json: there are ${models.map(({ name }) => name).join(', ') || 'none'}`,
    );
  return { name: entry.name, bytes: new Uint8Array(await fetchChecked(entry, base, signal)) };
}

/** A file's address for people. */
function plain(url: URL): string {
  return url.origin + url.pathname;
}

async function fetchFile(url: URL, signal: AbortSignal | undefined): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, signal === undefined ? {} : { signal });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new PercepNetError(
      'fetch',
      `${plain(url)} could not be downloaded: check the connection and \`baseUrl\``,
      { cause },
    );
  }
  if (!response.ok)
    throw new PercepNetError(
      'fetch',
      `${plain(url)} gave HTTP status ${response.status}: check \`baseUrl\` and that all files were copied`,
    );
  return response;
}

async function fetchJson<T>(url: URL, signal: AbortSignal | undefined): Promise<T> {
  const response = await fetchFile(url, signal);
  try {
    return (await response.json()) as T;
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new PercepNetError('integrity', `${url.href} is not JSON: copy the library's files again`, {
      cause,
    });
  }
}

async function fetchChecked(
  entry: FileEntry,
  base: URL,
  signal: AbortSignal | undefined,
): Promise<ArrayBuffer> {
  const url = new URL(entry.file, base);
  url.search = entry.sha256.slice(0, 16); // another file, another address: caches need never ask again
  const bytes = await (await fetchFile(url, signal)).arrayBuffer();
  const sound = bytes.byteLength === entry.bytes && (await hasHash(bytes, entry.sha256));
  if (sound) return bytes;
  throw new PercepNetError(
    'integrity',
    `${plain(url)} is not the file that the manifest names: copy all files of one build, and clear caches`,
  );
}

async function hasHash(bytes: ArrayBuffer, sha256: string): Promise<boolean> {
  if (globalThis.crypto?.subtle === undefined) return true; // not a secure context: only the length can be checked
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') === sha256;
}
