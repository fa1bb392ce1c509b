// Run by `npm pack` and `npm publish`: the package holds a finished build, the licence and the guides of the repository,
// and its front page links to them where they are then.
import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const GUIDES = { inRepository: '](../docs/web/', inPackage: '](docs/' };

function replaceLinks(from, to) {
  const page = join(here, 'README.md');
  writeFileSync(page, readFileSync(page, 'utf8').replaceAll(from, to));
}

function before() {
  const build = ['dist/index.js', 'dist/models.json', 'dist/types/index.d.ts'];
  if (!build.every((name) => existsSync(join(here, name)))) {
    console.error('web/dist is not built: run `make`');
    process.exit(2);
  }
  copyFileSync(join(here, '../LICENSE'), join(here, 'LICENSE'));
  cpSync(join(here, '../docs/web'), join(here, 'docs'), { recursive: true });
  replaceLinks(GUIDES.inRepository, GUIDES.inPackage);
}

function after() {
  for (const copy of ['LICENSE', 'docs']) rmSync(join(here, copy), { recursive: true, force: true });
  replaceLinks(GUIDES.inPackage, GUIDES.inRepository);
}

if (process.argv[2] === 'after') after();
else before();
