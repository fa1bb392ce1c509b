// What the demo's service worker keeps for when there is no network; see demo/service_worker.ts.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = [
  'index.html',
  'demo.css',
  'demo.js',
  'analysis_worker.js',
  'recorder_processor.js',
  'clip.wav',
  'manifest.json',
  'models.json',
];

/**
 * Of the built folder `dist`: `files` are kept at once, the page with all modules and its default model; `whenUsed` are
 * the other models; `staircase` is kept once that page is visited. All are {name: SHA-256}. `version` changes with any
 * of them.
 */
export function offlineFiles(dist) {
  const json = (name) => JSON.parse(readFileSync(join(dist, name), 'utf8'));
  const sha256 = (data) => createHash('sha256').update(data).digest('hex');
  const hashes = (names) =>
    Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(dist, name)))]));
  const { modules, scripts } = json('manifest.json');
  const library = [...Object.values(modules), ...scripts].map(({ file }) => file);
  const [model, ...otherModels] = json('models.json').models.map(({ file }) => file);
  const files = hashes([...PAGE, ...library, model]);
  const whenUsed = hashes(otherModels);
  const beside = readdirSync(join(dist, 'staircase')).map((name) => `staircase/${name}`);
  const staircase = hashes(['staircase.html', 'staircase.js', ...beside]);
  const version = sha256(JSON.stringify([files, whenUsed, staircase])).slice(0, 16);
  return { version, files, whenUsed, staircase };
}
