"""What `npm pack` packs: everything that the exports and the manifest name, typed, importable, and nothing else."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from npm_package import LINK, WEB, contents, run

ENTRIES = ("", "/jitsi", "/livekit", "/mediasoup", "/rnnoise")
MOST_MEGABYTES = 20
CONSUMER = """
import { Enhancer, isSupported, loadPercepNet, PercepNetError, PercepNetNode, suppressNoise } from 'percepnet';
import type { PercepNetAssets, Support } from 'percepnet';
import { Rnnoise } from 'percepnet/rnnoise';
import { PercepNetProcessor } from 'percepnet/livekit';
import { PercepNetEffect } from 'percepnet/jitsi';
import { produceSuppressed } from 'percepnet/mediasoup';

export async function start(context: AudioContext, stream: MediaStream): Promise<AudioNode> {
  const support: Support = isSupported();
  if (!support.supported) throw new Error(support.reasons.join());
  const assets: PercepNetAssets = await loadPercepNet({ model: '256', onProgress: ({ total }) => total });
  const node = await PercepNetNode.create(context, assets, { maxAttenuationDb: 30 });
  node.addEventListener('voice', (event) => console.log(event.probability.toFixed(2)));
  node.addEventListener('error', ({ error }) => console.warn(error.code satisfies PercepNetError['code']));
  const { track } = await suppressNoise(stream);
  console.log(track.kind, new Enhancer(assets).enhance(new Float32Array(480)).length);
  return node;
}
export const integrations = [Rnnoise, PercepNetProcessor, PercepNetEffect, produceSuppressed];
// @ts-expect-error: a variant that does not exist
void loadPercepNet({ simd: 'avx512' });
"""


@pytest.fixture
def package(npm_project) -> Path:
    return npm_project / "node_modules/percepnet"


def read_json(path: Path) -> dict:
    return json.loads(path.read_text())


def test_nothing_is_missing_and_nothing_else_is_there(npm_tarball, package):
    manifest, models = read_json(package / "dist/manifest.json"), read_json(package / "dist/models.json")["models"]
    entries = [*manifest["modules"].values(), *manifest["scripts"], *models]
    expected = {f"dist/{entry['file']}" for entry in entries}
    expected |= {f"dist/{entry['file']}.map" for entry in manifest["scripts"]}
    expected |= {f"dist/{entry.strip('/') or 'index'}.js" for entry in ENTRIES}
    expected |= {"package.json", "README.md", "LICENSE", "dist/manifest.json", "dist/models.json"}
    guides = WEB.parent / "docs/web"
    expected |= {f"docs/{page.relative_to(guides)}" for page in guides.rglob("*.md")}
    packed = contents(npm_tarball)
    others = {path for path in set(packed) - expected if not re.fullmatch(r"dist/types/.+\.d\.ts", path)}
    assert expected <= set(packed)
    assert all(re.fullmatch(r"dist/chunk-\w+\.js", path) for path in others), others
    assert {entry["name"] for entry in models} == {path.stem for path in (WEB.parent / "models").glob("*.pnet")}
    assert min(packed.values()) > 0
    assert npm_tarball.stat().st_size < MOST_MEGABYTES * 1e6, "leave the largest models out of package.json's files"


def test_files_have_the_hashes_that_the_loader_demands(package):
    manifest, models = read_json(package / "dist/manifest.json"), read_json(package / "dist/models.json")["models"]
    library = "".join(path.read_text() for path in (package / "dist").glob("*.js"))
    for entry in [*manifest["modules"].values(), *manifest["scripts"], *models]:
        data = (package / "dist" / entry["file"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["bytes"], entry["sha256"])
        assert entry["sha256"] in library, "the library was bundled with other files"


def test_links_lead_to_what_is_in_the_package(package):
    for page in (package / "README.md", *package.glob("docs/**/*.md")):
        targets = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
        assert targets == [], page.name
    assert LINK.findall((package / "README.md").read_text())


def test_packing_leaves_the_folder_as_it_was(npm_tarball):
    assert not any((WEB / name).exists() for name in ("LICENSE", "docs"))
    assert "](../docs/web/" in (WEB / "README.md").read_text()


def test_metadata(package):
    described = read_json(package / "package.json")
    assert described["sideEffects"] is False
    assert "dependencies" not in described
    assert all(peer["optional"] for peer in described["peerDependenciesMeta"].values())
    assert set(described["peerDependenciesMeta"]) == set(described["peerDependencies"])
    assert described["license"] == "BSD-2-Clause"
    assert (package / "LICENSE").read_bytes() == (WEB.parent / "LICENSE").read_bytes()


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_has_code_and_types(package, entry):
    target = read_json(package / "package.json")["exports"][f".{entry}"]
    assert (package / target["types"]).is_file()
    assert (package / target["default"]).is_file()


def test_entries_import_where_there_is_no_page(npm_project):
    """Server-side rendering: nothing of the browser is touched, and no name appears in the global scope."""
    imports = ", ".join(f"import('percepnet{entry}')" for entry in ENTRIES)
    script = f"""const before = Object.keys(globalThis).join();
        const counts = (await Promise.all([{imports}])).map((module) => Object.keys(module).length);
        console.log(JSON.stringify([Object.keys(globalThis).join() === before, counts]));"""
    unchanged, counts = json.loads(run("node", "--input-type=module", "-e", script, folder=npm_project))
    assert unchanged
    assert min(counts) > 0


@pytest.mark.parametrize("module", ["NodeNext", "Preserve"])
def test_types_hold_in_a_strict_project(npm_project, module):
    """Preserve: as bundlers resolve."""
    (npm_project / "consumer.ts").write_text(CONSUMER)
    options = {"module": module, "target": "ES2022", "lib": ["ES2022", "DOM"], "types": [], "noEmit": True}
    strict = {"strict": True, "exactOptionalPropertyTypes": True, "skipLibCheck": False}
    config = {"compilerOptions": options | strict, "files": ["consumer.ts"]}
    (npm_project / "tsconfig.json").write_text(json.dumps(config))
    run(WEB / "node_modules/.bin/tsc", folder=npm_project)


def bundled(project: Path, source: str) -> str:
    """What esbuild makes of a module that imports the package."""
    (project / "entry.js").write_text(source)
    return run(WEB / "node_modules/.bin/esbuild", "entry.js", "--bundle", "--format=esm", folder=project)


def test_what_is_not_used_is_not_bundled(npm_project):
    everything = bundled(npm_project, "import * as all from 'percepnet'; console.log(all);")
    enhancer = bundled(npm_project, "import { Enhancer } from 'percepnet'; console.log(Enhancer);")
    for trace in ("audioWorklet", "addModule", "getUserMedia", "import.meta"):
        assert trace in everything
        assert trace not in enhancer, f"a bundle of Enhancer alone holds {trace}"
