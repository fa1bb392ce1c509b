// Keeps one build of the page, each file checked by its hash, for when there is no network. With a network every file
// comes from there, so nothing is ever out of date.

/** {path: SHA-256} */
type Files = Record<string, string>;

/** What to keep, see offline_files.mjs, and a hash of all that: written by build.mjs. */
declare const OFFLINE: { version: string; files: Files; whenUsed: Files; staircase: Files };

interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent extends WorkerEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate' | 'message', listener: (event: WorkerEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

const scope = self as unknown as Scope;
const PREFIX = 'percepnet-demo-';
const CACHE = PREFIX + OFFLINE.version;
const ALL = { ...OFFLINE.files, ...OFFLINE.whenUsed, ...OFFLINE.staircase };

/** The file's name in the build; '' for what is not of it. */
function nameOf(url: string): string {
  const { origin, pathname } = new URL(url);
  const base = new URL(scope.registration.scope);
  if (origin !== base.origin || !pathname.startsWith(base.pathname)) return '';
  const name = pathname.slice(base.pathname.length) || 'index.html';
  return Object.hasOwn(ALL, name) ? name : '';
}

/** Keeps the response if it is the build's file, to the bit. */
async function keep(name: string, response: Response): Promise<void> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer()));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (sha256 !== ALL[name]) throw new Error(`${name} is not of this build`);
  await (await caches.open(CACHE)).put(name, response);
}

/** Models and modules are asked for as the library does, so that the browser has them already. */
async function keepAll(files: Files): Promise<void> {
  const address = (name: string, sha256: string): string =>
    /\.(wasm|pnet)$/.test(name) ? `${name}?${sha256.slice(0, 16)}` : name;
  const cache = await caches.open(CACHE);
  await Promise.all(
    Object.entries(files).map(async ([name, sha256]) => {
      if (!(await cache.match(name))) await keep(name, await fetch(address(name, sha256)));
    }),
  );
}

async function forgetOthers(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}

async function answer(event: FetchEvent, name: string): Promise<Response> {
  try {
    const response = await fetch(event.request);
    if (response.ok && Object.hasOwn(OFFLINE.whenUsed, name))
      event.waitUntil(keep(name, response.clone()).catch(() => {})); // another build's: not for this cache
    return response;
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(name);
    if (kept === undefined) throw error;
    return kept;
  }
}

scope.addEventListener('install', (event) =>
  event.waitUntil(keepAll(OFFLINE.files).then(() => scope.skipWaiting())),
);
scope.addEventListener('activate', (event) =>
  event.waitUntil(forgetOthers().then(() => scope.clients.claim())),
);
// The page of steps was opened. Where not all of it can be had, its next visit asks for the rest.
scope.addEventListener('message', (event) => event.waitUntil(keepAll(OFFLINE.staircase).catch(() => {})));
scope.addEventListener('fetch', (event) => {
  const name = event.request.method === 'GET' ? nameOf(event.request.url) : '';
  const measured = event.request.referrer.endsWith('/bench.html'); // the page that times downloads
  if (name !== '' && !measured) event.respondWith(answer(event, name));
});
