// Writes docs/web/sizes-and-latencies.md from what is in dist/ and from the code that states the latencies.
//
//   node sizes.mjs            writes it
//   node sizes.mjs --check    fails if it is not there, or if a figure is off by more than a twentieth
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = import.meta.dirname;
const DIST = join(here, 'dist');
const PAGE = join(here, '../docs/web/sizes-and-latencies.md');
const TOLERANCE = 0.05; // compilers and compressors of other versions

if (!existsSync(join(DIST, 'models.json'))) fail(`${DIST} is not built: run \`make\``);
const json = (name) => JSON.parse(readFileSync(join(DIST, name), 'utf8'));

function fail(message) {
  console.error(message);
  process.exit(1);
}

async function bundled(contents, options) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    format: 'esm',
    write: false,
    ...options,
  });
  return Buffer.from(outputFiles[0].contents);
}

function row(name, ...pieces) {
  const size = (measure) => (pieces.reduce((sum, piece) => sum + measure(piece), 0) / 1000).toFixed(0);
  return `| ${name} | ${size((piece) => piece.length)} | ${size((piece) => gzipSync(piece, { level: 9 }).length)} |`;
}

async function sizes() {
  const file = (name) => readFileSync(join(DIST, name));
  const used = (name) => bundled(`export { ${name} } from './dist/index.js';`, { minify: true });
  const [library, enhancer] = await Promise.all([used('suppressNoise'), used('Enhancer')]);
  const { modules } = json('manifest.json');
  const { models } = json('models.json');
  const [processor, fastest] = [file('percepnet_processor.js'), file(Object.values(modules).at(-1).file)];
  return [
    '| file | kB | kB as gzip |',
    '|---|---|---|',
    row('library, bundled and minified: what `suppressNoise` needs', library),
    row('the same with `Enhancer` alone', enhancer),
    row('`percepnet_processor.js`, the audio thread', processor),
    row('`percepnet_worker.js`, only where a worker is used', file('percepnet_worker.js')),
    ...Object.values(modules).map((module) => row(`\`${module.file}\``, file(module.file))),
    ...models.map((model) => row(`\`${model.file}\``, file(model.file))),
    ...models.map((model) =>
      row(`**a page with ${model.name}**, all in all`, library, processor, fastest, file(model.file)),
    ),
  ].join('\n');
}

async function imported(path) {
  const source = await bundled(`export * from '${path}';`);
  return import(`data:text/javascript;base64,${source.toString('base64')}`);
}

async function memory() {
  const { WasmModel } = await imported('./src/wasm_model.ts');
  const { DEFAULT_CONFIG } = await imported('./src/config.ts');
  const module = await WebAssembly.compile(
    readFileSync(join(DIST, json('manifest.json').modules.simd128.file)),
  );
  const rows = json('models.json').models.map(({ name, file }) => {
    const model = WasmModel.whole(module, readFileSync(join(DIST, file)));
    const kilobytes = () => (model.memorySize / 1000).toFixed(0);
    const alone = kilobytes();
    const channels = Array.from({ length: 100 }, () => model.takeState(DEFAULT_CONFIG)).length;
    return `| ${name} | ${alone} | ${((kilobytes() - alone) / channels).toFixed(0)} |`;
  });
  return ['| model | kB, once | kB for each channel |', '|---|---|---|', ...rows].join('\n');
}

const { latencyOf } = await imported('./src/context_rate.ts');
const { SPREADS } = await imported('./src/frame_queue.ts');

function milliseconds(rate, quantum, spread) {
  return ((1000 * latencyOf(rate, quantum, spread, 0)) / rate).toFixed(1);
}

/** A table of latencies: a line for each of `values`, of which `line` gives the rate and the quantum. */
function latencies(title, values, line) {
  const cells = values.map((value) =>
    [value, ...SPREADS.map((spread) => milliseconds(...line(value), spread))].join(' | '),
  );
  return [
    `| ${[title, ...SPREADS.map((spread) => `\`spread: ${spread}\``)].join(' | ')} |`,
    `|---${'|---'.repeat(SPREADS.length)}|`,
    ...cells.map((cell) => `| ${cell} |`),
  ].join('\n');
}

function isFresh(written, made) {
  const [before, now] = [written, made].map((text) => text.split(/[\s|]+/));
  return before.length === now.length && before.every((word, index) => isClose(word, now[index]));
}

/** Equal words, or whole figures, which are sizes, that differ by little. */
function isClose(word, other) {
  const areSizes = [word, other].every((text) => /^\d+$/.test(text));
  return word === other || (areSizes && Math.abs(word - other) <= Math.max(1, TOLERANCE * other));
}

const page = `<!-- Written by \`npm run sizes\`, in web/. -->

# Sizes and latencies

## What a page downloads

1 kB = 1000 bytes. Of the modules a page takes one, the fastest that runs; of the models one, when it is asked for.

${await sizes()}

## What a node takes

Memory of the audio thread: the model, once for all nodes of a context, and what a node remembers of the sound of each channel
that it can have. A worker has a model of its own.

${await memory()}

## How late the sound comes

Milliseconds from input to output, inline: 30 for the algorithm, the rest for turning render quanta into frames of 10 ms, for
spreading their work, and, at other rates than 48 kHz, for bringing the sound there and back. \`node.latency\` says it of
every node, in seconds and to the sample. [A worker](execution.md) adds its own.

${latencies('Hz of the context, quanta of 128', [8000, 16000, 32000, 44100, 48000, 96000], (rate) => [rate, 128])}

${latencies('samples in a quantum, at 48 kHz', [128, 256, 480], (quantum) => [48000, quantum])}

Quanta of 480 samples come by \`new AudioContext({ sampleRate: 48000, renderSizeHint: 480 })\`, where the browser has it.
`;
if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
else if (!existsSync(PAGE) || !isFresh(readFileSync(PAGE, 'utf8'), page))
  fail(`${PAGE} is out of date: run \`npm run sizes\` in web/`);
