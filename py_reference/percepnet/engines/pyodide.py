"""Runs Python programs in Pyodide, in Node and in Chromium, with the wheel of build/pyodide loaded from a URL."""

import contextlib
import json
from pathlib import Path

from ..building.environment import PYODIDES, ROOT, run
from ..errors import Missing
from .browser import launch
from .static_server import StaticServer

PAGE = b"<!doctype html><title>Pyodide</title>"
RUNNER = ROOT / PYODIDES / "run.mjs"
CORE = ROOT / PYODIDES / "core.py"
TIMEOUT_S = 300


def pyodide_folder(abi):
    """Folder of the npm package of a Pyodide. Raises Missing."""
    folder = ROOT / PYODIDES / f"node_modules/pyodide-{abi}"
    if not (folder / "pyodide.mjs").exists():
        raise Missing(f"Pyodide is not there: run `npm ci --prefix {PYODIDES}`")
    return folder


@contextlib.contextmanager
def serve(abi, wheel, files, program):
    """A server of a Pyodide, the wheel, these files ({name: bytes}) and core.py; `program` is Python text.

    The program finds the files in its folder and writes its result, bytes, into the file `result`.
    """
    server, wheel = StaticServer(pyodide_folder(abi)), Path(wheel)
    files = {"core.py": CORE.read_bytes(), **files}
    job = {"wheel": wheel.name, "files": list(files), "program": program}
    server.replaced |= {f"/{name}": data for name, data in files.items()} | {
        f"/{wheel.name}": wheel.read_bytes(),
        "/job.json": json.dumps(job).encode(),
        "/run.js": RUNNER.read_bytes(),
        "/index.html": PAGE,
    }
    try:
        yield server
    finally:
        server.close()


def run_in_node(abi, wheel, files, program):
    """The result of a program in Node, bytes."""
    with serve(abi, wheel, files, program) as server:
        run(["node", RUNNER, (pyodide_folder(abi) / "pyodide.mjs").as_uri(), server.url], TIMEOUT_S)
        return server.uploads["/result"]


def run_in_chromium(playwright, abi, wheel, files, program):
    """The result of a program in a page of Chromium under the server's strict policy, bytes."""
    with serve(abi, wheel, files, program) as server, contextlib.closing(launch(playwright)) as browser:
        page = browser.new_page()
        page.set_default_timeout(TIMEOUT_S * 1000)
        page.goto(f"{server.url}/index.html")
        page.evaluate("async (url) => (await import(`${url}/run.js`)).run(`${url}/pyodide.mjs`, url)", server.url)
        return server.uploads["/result"]
