"""The code of the guides, and the scripts that run it, fit our types and those of the real libraries."""

import json
import subprocess

import pytest
from integration_page import ENTRIES, SCRIPTS, TOOLS, extract_guides, guide_names

pytestmark = pytest.mark.browser  # they need the built bundle
STRICT = {
    "target": "ES2022",
    "module": "ESNext",
    "moduleResolution": "Bundler",
    "lib": ["ES2022", "DOM", "DOM.Iterable"],
    "strict": True,
    "noEmit": True,
    "types": [],
    "allowImportingTsExtensions": True,
    "skipLibCheck": True,  # livekit-client's own types name a package that it does not install
}


def test_every_integration_has_a_guide_and_a_script_that_runs_it():
    entries = [entry.removeprefix("percepnet/") for entry in ENTRIES if entry != "percepnet"]
    assert guide_names() == sorted([*entries, "webrtc"])
    for name in guide_names():
        assert f"from 'guide/{name}'" in (SCRIPTS / f"{name}.ts").read_text()


def test_guides_and_scripts_fit_the_types(dist, tmp_path):
    types = {
        entry: [f"{dist}/types/{'index' if entry == 'percepnet' else f'integrations/{file}'}.d.ts"]
        for entry, file in ENTRIES.items()
    }
    paths = {"guide/*": [f"{extract_guides()}/*"], **types, "*": [f"{SCRIPTS}/node_modules/*"]}
    files = [str(path) for path in SCRIPTS.glob("*.ts")]
    project = tmp_path / "tsconfig.json"
    project.write_text(json.dumps({"compilerOptions": {**STRICT, "paths": paths}, "files": files}))
    done = subprocess.run([TOOLS / "tsc", "--project", project], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
