// Run by `npm pack` and `npm publish`: the package holds the licence of the repository, and a finished build.
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
if (process.argv[2] === 'after') rmSync(join(here, 'LICENSE'));
else if (
  ['dist/index.js', 'dist/models.json', 'dist/types/index.d.ts'].every((name) => existsSync(join(here, name)))
)
  copyFileSync(join(here, '../LICENSE'), join(here, 'LICENSE'));
else {
  console.error('web/dist is not built: run `make`');
  process.exit(2);
}
