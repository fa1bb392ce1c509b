"""Pages that test integrations: scripts in TypeScript, the guides' code, real libraries, our built files."""

import os
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from percepnet.building.environment import INTEGRATIONS, ROOT

SCRIPTS = ROOT / INTEGRATIONS
GUIDES = ROOT / "docs/web/integrations"
TOOLS = ROOT / "web/node_modules/.bin"
EXTRACTED = ROOT / "build/guides"
ENTRIES = {"percepnet": "index"} | {f"percepnet/{name}": name for name in ("livekit", "jitsi", "mediasoup", "rnnoise")}


def guide_names() -> list[str]:
    return sorted(path.stem for path in GUIDES.glob("*.md"))


def guide_code(name: str) -> str:
    """The blocks of TypeScript of a guide, one after the other: a module."""
    return "\n".join(re.findall(r"^```ts\n(.*?)^```", (GUIDES / f"{name}.md").read_text(), re.DOTALL | re.MULTILINE))


def extract_guide(name: str) -> Path:
    EXTRACTED.mkdir(parents=True, exist_ok=True)
    path = EXTRACTED / f"{name}.ts"
    path.write_text(guide_code(name))
    return path


@cache
def bundle(name: str) -> bytes:
    """scripts/<name>.ts with its guide and libraries in it. `percepnet` stays outside: the page has the built files."""
    if not (SCRIPTS / "node_modules").is_dir():
        pytest.fail(f"{INTEGRATIONS}/node_modules is missing: run `make set-up-laboratory`")
    command = [TOOLS / "esbuild", SCRIPTS / f"{name}.ts", "--bundle", "--format=esm", "--target=es2022"]
    for entry, file in ENTRIES.items():
        command += [f"--alias:{entry}=/{file}.js", f"--external:/{file}.js"]
    if name in guide_names():
        command.append(f"--alias:guide={extract_guide(name)}")
    environment = {**os.environ, "NODE_PATH": str(SCRIPTS / "node_modules")}
    done = subprocess.run(command, capture_output=True, env=environment)
    if done.returncode:
        pytest.fail(done.stderr.decode())
    return done.stdout


class IntegrationPage:
    """Calls the exported functions of scripts/<name>.ts in a page that `server` serves."""

    def __init__(self, page, server, name: str):
        self.page, self.server, self.path = page, server, f"/test/{name}.js"
        server.replaced[self.path] = bundle(name)

    def call(self, function: str, argument=None):
        run = "async ([path, name, argument]) => (await import(path))[name](argument)"
        return self.page.evaluate(run, [self.path, function, argument])
