"""`percepnet demo`: a page on this machine with the headers that a careful site would send."""

import re
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from percepnet.commands import demo_server
from percepnet.engines import browser
from percepnet.errors import Missing, PercepNetError


@pytest.fixture
def demo(tmp_path):
    """URL of a demo server for a folder with a page and a module."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/index.html").write_text("<!doctype html>")
    (tmp_path / "dist/percepnet.wasm").write_bytes(b"\0asm")
    (tmp_path / "dist/demo.js").write_text("")
    (tmp_path / "secret.txt").write_text("")
    with demo_server.make_server(tmp_path / "dist", 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    "path, kind",
    [
        ("/", "text/html; charset=utf-8"),
        ("/percepnet.wasm", "application/wasm"),
        ("/demo.js", "text/javascript; charset=utf-8"),
    ],
)
def test_demo_serves_with_the_right_headers(path, kind, demo):
    with urllib.request.urlopen(demo + path, timeout=10) as answer:
        assert answer.headers["Content-Type"] == kind
        assert "script-src 'self' 'wasm-unsafe-eval'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/nothing", "/../secret.txt", "/%2e%2e/secret.txt"])
def test_demo_serves_nothing_else(path, demo):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(demo + path, timeout=10)


def test_demo_needs_a_page_and_a_port(demo, tmp_path):
    with pytest.raises(Missing, match="make demo"):
        demo_server.make_server(tmp_path)
    taken = int(demo.rsplit(":", 1)[1])
    with pytest.raises(PercepNetError, match=f"port {taken}.*--port"):
        demo_server.make_server(tmp_path / "dist", taken)


def test_demo_ends_quietly_with_ctrl_c(demo, tmp_path, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo_server.ThreadingHTTPServer, "serve_forever", interrupt)
    urls = []
    demo_server.serve(tmp_path / "dist", 0, urls.append)
    assert re.fullmatch(r"http://localhost:\d+/", urls[0])


def complaints(url):
    """What the browser's console says against a page by the time it can be used."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = browser.launch(playwright)
        page, found = chromium.new_page(), []
        page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: found.append(str(error)))
        page.goto(url)
        page.wait_for_selector("#start:enabled", timeout=60_000)
        chromium.close()
    return found


@pytest.mark.browser
def test_the_page_works_under_these_headers():
    with demo_server.make_server(browser.DIST, 0) as server, ThreadPoolExecutor(1) as thread:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://localhost:{server.server_address[1]}/"
        assert thread.submit(complaints, url).result() == []  # one Playwright a thread
        server.shutdown()
