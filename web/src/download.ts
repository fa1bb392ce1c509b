import { PercepNetError } from './errors.ts';
import type { FileEntry } from './manifest.ts';

/** A file on its way, for everyone who asked for it meanwhile. */
interface Download {
  readonly bytes: Promise<ArrayBuffer>;
  readonly listeners: Set<(loaded: number) => void>;
  readonly controller: AbortController;
}

const running = new Map<string, Download>();
// Weak: who has loaded a model and dropped it shall not keep its bytes.
const finished = new Map<string, WeakRef<ArrayBuffer>>();

/** A file's address for people. */
export function plain(url: URL): string {
  return url.protocol === 'file:' ? url.pathname : url.origin + url.pathname;
}

/**
 * The file's bytes, checked for length and SHA-256; who asks for the same file at the same time, or while the bytes are
 * in use, gets the same ArrayBuffer. `onLoaded` hears how many bytes are there. The download ends when all who asked
 * have aborted. Rejects with PercepNetError 'fetch' or 'integrity', or the signal's reason.
 */
export async function download(
  url: URL,
  entry: FileEntry,
  signal: AbortSignal | undefined,
  onLoaded: (loaded: number) => void,
): Promise<ArrayBuffer> {
  signal?.throwIfAborted();
  const kept = finished.get(url.href)?.deref();
  if (kept?.byteLength === entry.bytes) {
    onLoaded(entry.bytes);
    return kept; // not if somebody has transferred it away: its length would be 0
  }
  const shared = running.get(url.href) ?? start(url, entry);
  const listener = (loaded: number): void => onLoaded(loaded);
  shared.listeners.add(listener);
  try {
    return await unlessAborted(shared.bytes, signal);
  } finally {
    shared.listeners.delete(listener);
    if (shared.listeners.size === 0) {
      if (running.get(url.href) === shared) running.delete(url.href);
      shared.controller.abort();
    }
  }
}

function start(url: URL, entry: FileEntry): Download {
  const controller = new AbortController();
  const listeners = new Set<(loaded: number) => void>();
  const read = url.protocol === 'file:' ? readFile : fetchBytes;
  const bytes = read(url, entry, controller.signal, (loaded) =>
    listeners.forEach((listener) => listener(loaded)),
  )
    .then((loaded) => checked(loaded, url, entry))
    .then((sound) => {
      finished.set(url.href, new WeakRef(sound));
      return sound;
    });
  const started = { bytes, listeners, controller };
  running.set(url.href, started);
  return started;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

async function fetchFile(url: URL, signal: AbortSignal | undefined): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, signal === undefined ? {} : { signal });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw notDownloaded(url, cause);
  }
  if (response.ok) return response;
  throw new PercepNetError(
    'fetch',
    `${plain(url)} gave HTTP status ${response.status}: check \`baseUrl\` and that all files were copied`,
  );
}

function notDownloaded(url: URL, cause: unknown): PercepNetError {
  return new PercepNetError(
    'fetch',
    `${plain(url)} could not be downloaded: check the connection, \`baseUrl\`, and connect-src of the policy`,
    { cause },
  );
}

/** Rejects with PercepNetError 'fetch' or 'integrity', or the signal's reason. */
export async function fetchJson<T>(url: URL, signal: AbortSignal | undefined): Promise<T> {
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

async function fetchBytes(
  url: URL,
  entry: FileEntry,
  signal: AbortSignal,
  onLoaded: (loaded: number) => void,
): Promise<ArrayBuffer> {
  const { body } = await fetchFile(url, signal);
  const bytes = new Uint8Array(entry.bytes);
  let loaded = 0;
  const reader = body!.getReader(); // null only for answers that must not have a body
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (loaded + value.length > entry.bytes) throw wrongFile(url, loaded > 0 ? bytes : value);
      bytes.set(value, loaded);
      loaded += value.length;
      onLoaded(loaded);
    }
  } catch (cause) {
    if (signal.aborted || cause instanceof PercepNetError) throw cause;
    throw notDownloaded(url, cause);
  }
  return loaded === entry.bytes ? bytes.buffer : bytes.buffer.slice(0, loaded);
}

/** Node's fetch reads no files. Not `import`: bundlers for browsers would stumble over it. */
async function readFile(
  url: URL,
  _entry: FileEntry,
  _signal: AbortSignal,
  onLoaded: (loaded: number) => void,
): Promise<ArrayBuffer> {
  interface Files {
    readFile(url: URL): Promise<Uint8Array<ArrayBuffer>>;
  }
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): Files } };
  const files = process?.getBuiltinModule?.('node:fs/promises');
  if (files === undefined)
    throw new PercepNetError(
      'fetch',
      `${plain(url)} is a file: open the page from a server, not from a disk`,
    );
  try {
    const { buffer, byteOffset, byteLength } = await files.readFile(url);
    onLoaded(byteLength);
    return buffer.slice(byteOffset, byteOffset + byteLength);
  } catch (cause) {
    throw new PercepNetError('fetch', `${plain(url)} could not be read: install the package again`, {
      cause,
    });
  }
}

async function checked(bytes: ArrayBuffer, url: URL, entry: FileEntry): Promise<ArrayBuffer> {
  const isSound = bytes.byteLength === entry.bytes && (await hasHash(bytes, entry.sha256));
  if (isSound) return bytes;
  throw wrongFile(url, new Uint8Array(bytes));
}

/** Servers of single-page applications answer with a page where a file is missing. */
function wrongFile(url: URL, [first]: Uint8Array): PercepNetError {
  const advice =
    first === '<'.charCodeAt(0)
      ? 'a web page came instead; check `baseUrl` and that all files were copied'
      : 'copy all files of one build, and clear caches';
  return new PercepNetError('integrity', `${plain(url)} is not the file that the manifest names: ${advice}`);
}

async function hasHash(bytes: ArrayBuffer, sha256: string): Promise<boolean> {
  if (globalThis.crypto?.subtle === undefined) return true; // not a secure context: only the length can be checked
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') === sha256;
}
