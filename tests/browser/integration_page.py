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
PATIENCE_MS = 30_000
CALL = """async ([path, name, argument, patience]) => {
  const late = (_, reject) => setTimeout(() => reject(new Error(`${name} takes too long`)), patience);
  return Promise.race([(await import(path))[name](argument), new Promise(late)]);
}"""


def guide_names() -> list[str]:
    return sorted(path.stem for path in GUIDES.glob("*.md"))


def guide_code(name: str) -> str:
    """The blocks of TypeScript of a guide, one after the other: a module."""
    return "\n".join(re.findall(r"^```ts\n(.*?)^```", (GUIDES / f"{name}.md").read_text(), re.DOTALL | re.MULTILINE))


@cache
def extract_guides() -> Path:
    """A folder with each guide's code as <name>.ts."""
    EXTRACTED.mkdir(parents=True, exist_ok=True)
    for name in guide_names():
        (EXTRACTED / f"{name}.ts").write_text(guide_code(name))
    return EXTRACTED


@cache
def bundle(name: str) -> bytes:
    """integrations/<name>.ts with guides and libraries in it; `percepnet` stays outside, the page has its files."""
    if not (SCRIPTS / "node_modules").is_dir():
        pytest.fail(f"{INTEGRATIONS}/node_modules is missing: run `make set-up-laboratory`")
    command = [TOOLS / "esbuild", SCRIPTS / f"{name}.ts", "--bundle", "--format=esm", "--target=es2022"]
    for entry, file in ENTRIES.items():
        command += [f"--alias:{entry}=/{file}.js", f"--external:/{file}.js"]
    command.append(f"--alias:guide={extract_guides()}")
    environment = {**os.environ, "NODE_PATH": str(SCRIPTS / "node_modules")}
    done = subprocess.run(command, capture_output=True, env=environment)
    if done.returncode:
        pytest.fail(done.stderr.decode())
    return done.stdout


class IntegrationPage:
    """Calls the exported functions of integrations/<name>.ts in a page that `server` serves."""

    def __init__(self, page, server, name: str):
        self.page, self.server, self.path = page, server, f"/test/{name}.js"
        server.replaced[self.path] = bundle(name)

    def call(self, function: str, argument=None):
        return self.page.evaluate(CALL, [self.path, function, argument, PATIENCE_MS])
