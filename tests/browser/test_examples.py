"""The example applications, with the npm package installed from its tarball: built, served and driven in Chromium."""

import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bundle import script
from demo_page import note_complaints
from npm_package import WEB, run
from percepnet.engines.static_server import StaticServer

pytestmark = pytest.mark.browser
EXAMPLES = WEB / "examples"
TOOLS = EXAMPLES / "node_modules/.bin"
MOST_LINES = 6  # of a newcomer's code


@pytest.fixture(scope="module")
def project(npm_project) -> Path:
    """The examples beside node_modules with the package, as in a project of a user."""
    if not TOOLS.is_dir():
        pytest.fail(f"{TOOLS} is missing: run `make set-up-laboratory`, or `npm ci` in {EXAMPLES}")
    for name in ("plain", "vite", "webpack"):
        shutil.copytree(EXAMPLES / name, npm_project / name)
    return npm_project


@contextmanager
def vite_server(project: Path, version: str):
    """URL of vite's development server of its example while the block runs. version: a folder of node_modules."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    program = EXAMPLES / "node_modules" / version / "bin/vite.js"
    command = ["node", program, "vite", "--host", "127.0.0.1", "--port", str(port), "--strictPort"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            wait_for(url, server)
            yield url
        finally:
            server.terminate()


def wait_for(url: str, server: subprocess.Popen) -> None:
    for _ in range(300):
        try:
            return urllib.request.urlopen(url).close()
        except OSError:
            assert server.poll() is None, server.stdout.read()
            time.sleep(0.1)
    pytest.fail(f"nothing answers at {url}")


def use(browser, url: str) -> list[str]:
    """Presses the example's button, and waits for voice and for sound; gives the addresses that were asked for."""
    context = browser.new_context()
    page, complaints, asked = context.new_page(), [], []
    note_complaints(page, complaints)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    page.get_by_role("button", name="Microphone").click()
    voice, loudness = page.evaluate(script("listen_to_example"))
    assert complaints == []
    assert voice > 0.5, "the model does not hear the speech of the microphone"
    assert loudness > 1e-3
    context.close()
    return asked


def check_addresses(asked: list[str]) -> None:
    """All from one origin, worklet, module and model among them, and each once."""
    assert {urlsplit(address).scheme for address in asked} == {"http"}
    assert len({urlsplit(address).netloc for address in asked}) == 1
    for ending in (".wasm", ".pnet"):
        assert sum(urlsplit(address).path.endswith(ending) for address in asked) == 1


def use_built(browser, folder: Path, page: str = "/") -> None:
    """As use, from a server with the strictest policy that the library needs."""
    server = StaticServer(folder)
    try:
        check_addresses(use(browser, f"{server.url}{page}index.html"))
    finally:
        server.close()


def test_vite_build(browser, project):
    run(TOOLS / "vite", "build", "vite", folder=project)
    use_built(browser, project / "vite/dist")


@pytest.mark.parametrize("version", ["vite", "vite-7"])
def test_vite_development_server(browser, project, version):
    """It bundles the package beforehand, into another folder: up to version 7 without moving its files along."""
    with vite_server(project, version) as url:
        check_addresses([address for address in use(browser, url) if address.startswith("http:")])


def test_webpack_build(browser, project):
    run(TOOLS / "webpack", "--config", "webpack/webpack.config.js", folder=project)
    use_built(browser, project / "webpack")


def test_plain_module(browser, project):
    use_built(browser, project, "/plain/")


def test_a_newcomer_writes_six_lines():
    for main in EXAMPLES.glob("*/main.js"):
        assert len([line for line in main.read_text().splitlines() if line.strip()]) <= MOST_LINES
