// Loading as such, with `fetch` replaced: progress, sharing, aborting, pinning; and importing where there is no page.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { isSupported, loadPercepNet, PercepNetError } from '../src/index.ts';

const DIST = join(process.cwd(), 'dist');
const [{ name, file, bytes, sha256 }] = JSON.parse(readFileSync(join(DIST, 'models.json'), 'utf8')).models;
const realFetch = globalThis.fetch;
let asked;
let base; // a new one for each test: what was loaded is shared by address

/** A server of DIST in small pieces, which stops before the file `held` until release() is called. */
function serve(changes = {}, held = undefined) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  globalThis.fetch = async (url, { signal } = {}) => {
    const asking = url.pathname.split('/').pop();
    asked.push(asking);
    if (asking === held) await Promise.race([released, rejected(signal)]);
    return new Response(inPieces(Buffer.from(changes[asking] ?? readFileSync(join(DIST, asking)))));
  };
  return release;
}

function inPieces(data, size = 200_000) {
  return ReadableStream.from(
    (function* () {
      for (let at = 0; at < data.length; at += size) yield new Uint8Array(data.subarray(at, at + size));
    })(),
  );
}

function rejected(signal) {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

const count = (name) => asked.filter((other) => other === name).length;
const hasCode = (code, words) => (error) =>
  error instanceof PercepNetError && error.code === code && words.test(error.message);

beforeEach((context) => {
  asked = [];
  base = `https://example.org/${encodeURIComponent(context.name)}`;
});
afterEach(() => {
  globalThis.fetch = realFetch;
});

test('progress counts all files and ends at the total', async () => {
  serve();
  const told = [];
  await loadPercepNet({ baseUrl: base, onProgress: (progress) => told.push(progress) });
  assert.ok(told.length > 3);
  assert.equal(new Set(told.map(({ total }) => total)).size, 1);
  assert.ok(told[0].total > bytes);
  assert.ok(told.every(({ loaded }, index) => index === 0 || loaded > told[index - 1].loaded));
  assert.equal(told.at(-1).loaded, told.at(-1).total);
});

test('who asks for the same at the same time, or later, gets the same', async () => {
  const release = serve({}, file);
  const loading = [loadPercepNet({ baseUrl: base }), loadPercepNet({ baseUrl: base, model: name })];
  setTimeout(release, 20);
  const [first, second] = await Promise.all(loading);
  const told = [];
  const third = await loadPercepNet({ baseUrl: base, onProgress: (progress) => told.push(progress) });
  assert.equal(count(file), 1);
  assert.ok(first.model.buffer === second.model.buffer && first.model.buffer === third.model.buffer);
  assert.ok(first.module === second.module && first.module === third.module);
  assert.equal(told.at(-1).loaded, told.at(-1).total);
  first.model.buffer.transfer?.();
  if (first.model.length === 0) {
    await loadPercepNet({ baseUrl: base });
    assert.equal(count(file), 2, 'bytes that somebody took away are downloaded again');
  }
});

test('one who aborts does not take the file from the other', async () => {
  const release = serve({}, file);
  const controller = new AbortController();
  const [aborted, kept] = [
    loadPercepNet({ baseUrl: base, signal: controller.signal }),
    loadPercepNet({ baseUrl: base }),
  ];
  setTimeout(() => controller.abort(new Error('changed my mind')), 20);
  await assert.rejects(aborted, /changed my mind/);
  release();
  assert.equal((await kept).modelName, name);
  assert.equal(count(file), 1);
});

test('when all have aborted the download ends, and can be started anew', async () => {
  serve({}, file);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  await assert.rejects(loadPercepNet({ baseUrl: base, signal: controller.signal }), { name: 'AbortError' });
  serve();
  assert.equal((await loadPercepNet({ baseUrl: base })).modelName, name);
  assert.equal(count(file), 2);
});

test('a failed download is not remembered', async () => {
  serve({ [file]: new Uint8Array(bytes) });
  await assert.rejects(loadPercepNet({ baseUrl: base }), hasCode('integrity', /is not the file/));
  serve();
  await loadPercepNet({ baseUrl: base });
});

test('too long, too short, or a page instead of the file', async () => {
  for (const [changed, words] of [
    [new Uint8Array(bytes + 1), /clear caches/],
    [new Uint8Array(bytes - 1), /clear caches/],
    ['<!doctype html><title>Not found</title>', /a web page came instead/],
    ['<!doctype html>'.padEnd(bytes + 9), /a web page came instead/],
  ]) {
    serve({ [file]: changed });
    await assert.rejects(loadPercepNet({ baseUrl: base }), hasCode('integrity', words));
  }
});

for (const other of [{ version: '99.0.0' }, { processor: 'percepnet-another' }])
  test(`a folder of another build is refused: ${Object.keys(other)}`, async () => {
    const manifest = JSON.parse(readFileSync(join(DIST, 'manifest.json'), 'utf8'));
    serve({ 'manifest.json': JSON.stringify({ ...manifest, ...other }) });
    const found = new RegExp(`holds version .*${Object.values(other)}.*, the script is`);
    await assert.rejects(loadPercepNet({ baseUrl: base }), hasCode('integrity', found));
  });

test('pinned files: the right hash, another, and a file that does not exist', async () => {
  serve();
  await loadPercepNet({ baseUrl: base, integrity: { [file]: sha256.toUpperCase() } });
  const wrong = loadPercepNet({ baseUrl: base, integrity: { [file]: '0'.repeat(64) } });
  await assert.rejects(wrong, hasCode('integrity', /not the pinned one/));
  const unknown = loadPercepNet({ baseUrl: base, integrity: { 'percepnet-9.pnet': sha256 } });
  await assert.rejects(
    unknown,
    hasCode('bad-arg', /integrity names percepnet-9\.pnet: there are percepnet\./),
  );
});

test('models by name, by width alone, and the default', async () => {
  serve();
  const loadedName = async (model) => (await loadPercepNet({ baseUrl: base, model })).modelName;
  assert.equal(await loadedName('auto'), name);
  assert.equal(await loadedName(name), name);
  assert.equal(await loadedName(name.replace('percepnet-', '')), name);
  await assert.rejects(loadedName('9'), hasCode('bad-arg', /no model 9 .*there are percepnet-/));
});

test('a baseUrl that is no address', async () => {
  await assert.rejects(
    loadPercepNet({ baseUrl: 'models' }),
    hasCode('bad-arg', /give the address of a folder/),
  );
});

test('in Node the library imports, says what is missing, and reads its own files', () => {
  const script = `
    const before = Object.keys(globalThis).join();
    const { Enhancer, isSupported, loadPercepNet } = await import(${JSON.stringify(pathToFileURL(join(DIST, 'index.js')))});
    if (Object.keys(globalThis).join() !== before) throw new Error('importing changes the global scope');
    const assets = await loadPercepNet();
    const enhanced = new Enhancer(assets).enhance(new Float32Array(4800));
    console.log(JSON.stringify([assets.modelName, enhanced.length, isSupported()]));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const [modelName, length, support] = JSON.parse(output);
  assert.deepEqual([modelName, length, support.supported, support.microphone], [name, 4800, false, false]);
  assert.match(support.reasons[0], /no AudioWorklet/);
  assert.notEqual(support.variant, null);
  assert.deepEqual(support, { ...isSupported(), variant: support.variant });
});
