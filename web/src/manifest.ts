import { MANIFEST, URLS } from 'percepnet:build';
import { PercepNetError } from './errors.ts';
import { fetchJson, plain } from './download.ts';
import { supports, VARIANTS, type Variant } from './variants.ts';

export interface FileEntry {
  file: string;
  bytes: number;
  /** In hexadecimal. */
  sha256: string;
}

export interface ModelEntry extends FileEntry {
  name: string;
}

/** The files of one build. The first model is the default. */
export interface Manifest {
  version: string;
  modules: Partial<Record<Variant, FileEntry>>;
  /** Why a module could not be built. */
  missing: Partial<Record<Variant, string>>;
  models: ModelEntry[];
  scripts: FileEntry[];
  /** The name under which the worklet script registers its processor: another one in every build. */
  processor: string;
}

/** One build's files, and where they are. */
export interface Build {
  manifest: Manifest;
  /** A file's address, which changes when the file does: caches need never ask again. */
  locate(entry: FileEntry): URL;
}

/** The build that this script belongs to, wherever the bundler has put its files. */
export const OWN_BUILD: Build = {
  manifest: MANIFEST,
  locate: (entry) => withHash(unbundled(URLS[entry.file]()), entry),
};

/**
 * The build in a folder, as its manifest.json and models.json describe it: there you may list models of your own.
 * Rejects with PercepNetError 'fetch' or 'integrity', or the signal's reason.
 */
export async function buildInFolder(base: URL, signal: AbortSignal | undefined): Promise<Build> {
  const [files, { models }] = await Promise.all([
    fetchJson<Omit<Manifest, 'models'>>(new URL('manifest.json', base), signal),
    fetchJson<Pick<Manifest, 'models'>>(new URL('models.json', base), signal),
  ]);
  const [found, expected] = [files, MANIFEST].map(({ version, processor }) => `${version} (${processor})`);
  if (found !== expected)
    throw new PercepNetError(
      'integrity',
      `${plain(base)} holds version ${found}, the script is ${expected}: copy all files of one build`,
    );
  return { manifest: { ...files, models }, locate: (entry) => withHash(new URL(entry.file, base), entry) };
}

/** The development servers of vite 7 and older move the library, but not its files, into a folder of their own. */
function unbundled(url: URL): URL {
  url.pathname = url.pathname.replace('/node_modules/.vite/deps/', '/node_modules/percepnet/dist/');
  return url;
}

function withHash(url: URL, { sha256 }: FileEntry): URL {
  if (url.protocol !== 'data:') url.search = sha256.slice(0, 16);
  return url;
}

/** Throws PercepNetError 'unsupported'. */
export function chooseVariant({ modules, missing }: Manifest, wanted: Variant | undefined): Variant {
  const present = VARIANTS.filter((variant) => modules[variant] !== undefined);
  const variant = present.filter(supports).find((candidate) => wanted === undefined || candidate === wanted);
  if (variant !== undefined) return variant;
  if (wanted !== undefined && !present.includes(wanted))
    throw new PercepNetError(
      'unsupported',
      `this bundle has no ${wanted} module (${missing[wanted] ?? 'not in manifest.json'}): leave \`simd\` out`,
    );
  throw new PercepNetError(
    'unsupported',
    `this engine cannot run ${wanted ?? 'WebAssembly'}: use a current browser, or leave \`simd\` out`,
  );
}

/** `wanted`: a name, or its width alone ('256'); undefined, and 'auto' to begin with, is the default. Throws 'bad-arg'. */
export function chooseModel({ models }: Manifest, wanted = 'auto'): ModelEntry {
  const entry =
    wanted === 'auto'
      ? models[0]
      : models.find(({ name }) => name === wanted || name === `percepnet-${wanted}`);
  if (entry !== undefined) return entry;
  throw new PercepNetError(
    'bad-arg',
    `no model ${wanted} in models.json: there are ${models.map(({ name }) => name).join(', ') || 'none'}`,
  );
}

/** Throws PercepNetError 'bad-arg' for a pin of an unknown file, 'integrity' for one that the build does not meet. */
export function checkPins({ modules, models }: Manifest, pins: Readonly<Record<string, string>>): void {
  const entries = [...Object.values(modules), ...models];
  for (const [file, sha256] of Object.entries(pins)) {
    const entry = entries.find((candidate) => candidate.file === file);
    if (entry === undefined)
      throw new PercepNetError(
        'bad-arg',
        `integrity names ${file}: there are ${entries.map((other) => other.file).join(', ')}`,
      );
    if (entry.sha256 !== sha256.toLowerCase())
      throw new PercepNetError(
        'integrity',
        `${file} of this build has the SHA-256 ${entry.sha256}, not the pinned one: pin it anew after an update`,
      );
  }
}
