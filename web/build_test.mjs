// Bundles test/*.test.mjs, which import the TypeScript sources, for `node --test`.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { percepnetBuild } from './build_plugin.mjs';

const folder = join(import.meta.dirname, 'test');
const outdir = join(import.meta.dirname, '../build/web_test');
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: readdirSync(folder)
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => join(folder, name)),
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
  plugins: [percepnetBuild(join(import.meta.dirname, 'dist'))],
});
