// Builds web/dist, a folder that any static file server can serve: the library, its WebAssembly modules and models, the
// demo page (index.html) and the page that `percepnet verify` and the tests drive (verify.html).
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { percepnetBuild } from './build_plugin.mjs';
import { offlineFiles } from './offline_files.mjs';

const here = import.meta.dirname;
const { values: folders } = parseArgs({
  options: {
    wasm: { type: 'string', default: join(here, '../build/wasm') },
    models: { type: 'string', default: join(here, '../models') },
    staircase: { type: 'string', default: join(here, '../build/staircase') },
    clip: { type: 'string', default: join(here, '../tests/audio/noisy_speech.wav') },
    out: { type: 'string', default: join(here, 'dist') },
  },
});

// The default model is the first that exists: the best that leaves most of a phone's core free.
const ORDER = JSON.parse(readFileSync(join(here, '../models/order.json'), 'utf8'));

// The library's scripts that run in threads of their own.
const PROCESSOR = 'src/percepnet_processor.ts';
const SCRIPTS = [PROCESSOR, 'src/percepnet_worker.ts'];
const NAMELESS = `percepnet-${'0'.repeat(12)}`;

function fail(message) {
  console.error(message);
  process.exit(2);
}

function readManifest() {
  const path = join(folders.wasm, 'manifest.json');
  if (!existsSync(path)) fail(`${path} is missing: run \`make wasm\``);
  const { version, toolchain, modules, missing } = JSON.parse(readFileSync(path, 'utf8')); // not the testing modules
  return { version, toolchain, modules, missing };
}

function moduleFiles({ modules }) {
  const files = Object.values(modules).map(({ file }) => join(folders.wasm, file));
  for (const file of files)
    if (!existsSync(file)) fail(`${file}, named by manifest.json, is missing: run \`make wasm\``);
  return files;
}

function modelFiles() {
  const names = existsSync(folders.models)
    ? readdirSync(folders.models).filter((name) => name.endsWith('.pnet'))
    : [];
  if (names.length === 0)
    fail(`no .pnet file in ${folders.models}: train and export a model, or check one out`);
  const rank = (name) =>
    (ORDER.indexOf(basename(name, '.pnet')) + ORDER.length + 1) % (ORDER.length + 1);
  return names
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((name) => join(folders.models, name));
}

function integrations() {
  const folder = join(here, 'src/integrations');
  return existsSync(folder) ? readdirSync(folder).map((name) => `src/integrations/${name}`) : [];
}

/** The script's name in the folder. */
function built(path) {
  return basename(path).replace('.ts', '.js');
}

function fileEntry(path) {
  const bytes = readFileSync(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { file: basename(path), bytes: bytes.length, sha256 };
}

function writeJson(name, value) {
  writeFileSync(join(folders.out, name), `${JSON.stringify(value, null, 2)}\n`);
}

/** Names the processor after its script, so that every build registers another one: a name as long, for the script's map. */
function nameProcessor() {
  const path = join(folders.out, built(PROCESSOR));
  const text = readFileSync(path, 'utf8');
  const name = `percepnet-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  writeFileSync(path, text.replaceAll(NAMELESS, name));
  return name;
}

async function bundle(entryPoints, options) {
  await build({
    entryPoints: entryPoints.map((path) => join(here, path)),
    entryNames: '[name]',
    outdir: folders.out,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    sourcemap: true,
    logLevel: 'warning',
    plugins: [percepnetBuild(folders.out)],
    ...options,
  });
}

const manifest = readManifest();
const modules = moduleFiles(manifest);
const models = modelFiles();
if (!existsSync(folders.clip)) fail(`${folders.clip}, the demo's clip, is missing`);
if (!existsSync(join(folders.staircase, 'staircase.html')))
  fail(`${folders.staircase}, the demo's page of steps, is missing: run \`percepnet build --web\``);

rmSync(folders.out, { recursive: true, force: true });
mkdirSync(folders.out, { recursive: true });
const pages = ['index.html', 'demo.css', 'bench.html', 'bench.css']
  .map((name) => `demo/${name}`)
  .concat('verify/verify.html');
for (const path of [...modules, ...models, ...pages]) copyFileSync(path, join(folders.out, basename(path)));
copyFileSync(folders.clip, join(folders.out, 'clip.wav'));
cpSync(folders.staircase, folders.out, { recursive: true });
const single = { format: 'iife', minify: true }; // what threads of their own load: one file each
await bundle(SCRIPTS, { ...single, define: { PERCEPNET_PROCESSOR: JSON.stringify(NAMELESS) } });
await bundle(
  ['demo/recorder_processor.ts', 'demo/analysis_worker.ts', 'demo/bench/bench_worklet.ts'],
  single,
);
const processor = nameProcessor();
const scripts = SCRIPTS.map((path) => fileEntry(join(folders.out, built(path))));
writeJson('manifest.json', { ...manifest, processor, scripts });
writeJson('models.json', {
  models: models.map((path) => ({ name: basename(path, '.pnet'), ...fileEntry(path) })),
});
// Readable, as bundlers shrink it, and so without maps; what the entry points share lies in files of its own.
await bundle(['src/index.ts', ...integrations()], { splitting: true, sourcemap: false });
await bundle(['demo/demo.ts', 'demo/staircase.ts', 'demo/bench/bench.ts', 'verify/verify.ts'], { minify: true });
// Last, for it names what is there.
const OFFLINE = JSON.stringify(offlineFiles(folders.out));
await bundle(['demo/service_worker.ts'], { ...single, define: { OFFLINE } });
console.log(
  `${folders.out}: ${readdirSync(folders.out).length} files, default model ${basename(models[0], '.pnet')}`,
);
