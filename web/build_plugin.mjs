// Gives bundles the module 'percepnet:build' (src/percepnet_build.d.ts): what the folder `dist` holds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function entry({ name, file, bytes, sha256 }) {
  return { name, file, bytes, sha256 };
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function contents(dist) {
  const json = (name) => JSON.parse(readFileSync(join(dist, name), 'utf8'));
  const { version, processor, modules, missing, scripts } = json('manifest.json');
  const manifest = {
    version,
    processor,
    missing,
    modules: mapValues(modules, entry),
    scripts: scripts.map(entry),
    models: json('models.json').models.map(entry),
  };
  const files = [...Object.values(manifest.modules), ...manifest.scripts, ...manifest.models];
  // Word for word what vite and webpack look for. The query keeps vite from turning small files into data: addresses,
  // which strict policies forbid.
  const urls = files.map(({ file }) => `"${file}": () => new URL("./${file}?no-inline", import.meta.url),`);
  return `export const MANIFEST = ${JSON.stringify(manifest)};\nexport const URLS = {\n${urls.join('\n')}\n};\n`;
}

export function percepnetBuild(dist) {
  return {
    name: 'percepnet-build',
    setup(build) {
      build.onResolve({ filter: /^percepnet:build$/ }, ({ path }) => ({
        path,
        namespace: 'percepnet',
        sideEffects: false,
      }));
      build.onLoad({ filter: /.*/, namespace: 'percepnet' }, () => ({ contents: contents(dist) }));
    },
  };
}
