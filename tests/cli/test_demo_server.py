"""`percepnet demo`: a page on this machine with the headers that a careful site would send."""

import hashlib
import json
import re
import urllib.error
import urllib.request

import pytest
from demo_page import serving, visit_demo

from percepnet.commands import demo_server
from percepnet.engines import browser
from percepnet.errors import Missing, PercepNetError

KEEP = "public, max-age=31536000, immutable"


@pytest.fixture
def dist(tmp_path):
    """A folder with a page, a module and a list of models; beside it a file that is nobody's business."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/index.html").write_text("<!doctype html>")
    (tmp_path / "dist/percepnet.wasm").write_bytes(b"\0asm")
    (tmp_path / "dist/demo.js").write_text("")
    (tmp_path / "dist/models.json").write_text('{"models": []}')
    (tmp_path / "secret.txt").write_text("")
    return tmp_path / "dist"


@pytest.fixture
def demo(dist):
    """URL of a demo server for `dist`."""
    with serving(dist, 0) as url:
        yield url


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


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


@pytest.mark.parametrize(
    "path, keeps",
    [("/percepnet.wasm?8e1f0c", True), ("/percepnet.wasm", False), ("/?8e1f0c", False), ("/models.json", False)],
)
def test_only_files_named_with_their_hash_may_be_kept(path, keeps, demo):
    with urllib.request.urlopen(demo + path, timeout=10) as answer:
        assert answer.headers.get_all("Cache-Control") == [KEEP if keeps else "no-cache"]


def test_that_a_file_is_missing_is_not_kept(demo):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{demo}/missing.wasm?8e1f0c", timeout=10)
    assert caught.value.headers["Cache-Control"] == "no-cache"


def test_only_the_measuring_page_is_isolated(dist, demo):
    (dist / "bench.html").write_text("<!doctype html>")
    for path, policy in (("/bench.html", "same-origin"), ("/index.html", None)):
        with urllib.request.urlopen(demo + path, timeout=10) as answer:
            assert answer.headers["Cross-Origin-Opener-Policy"] == policy


@pytest.mark.parametrize("path", ["/nothing", "/../secret.txt", "/%2e%2e/secret.txt"])
def test_demo_serves_nothing_else(path, demo):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(demo + path, timeout=10)


def test_demo_offers_the_models_that_are_given(dist, model, tmp_path):
    other = tmp_path / model.name
    other.write_bytes(model.read_bytes())
    with serving(dist, 0, [model, other]) as url:
        listed = json.loads(fetch(f"{url}/models.json"))["models"]
        assert [entry["name"] for entry in listed] == [f"{path.parent.name}/random" for path in (model, other)]
        for entry in listed:
            data = fetch(f"{url}/{entry['file']}")
            assert data == model.read_bytes() and len(data) == entry["bytes"]
            assert hashlib.sha256(data).hexdigest() == entry["sha256"]
        assert fetch(f"{url}/") == b"<!doctype html>"
    with serving(dist, 0) as url:
        assert fetch(f"{url}/models.json") == b'{"models": []}'


@pytest.mark.parametrize("name, complaint", [("nowhere.pnet", "there is no model"), ("text", "not a PercepNet model")])
def test_a_file_that_is_no_model_is_one_line(name, complaint, percepnet, tmp_path):
    (tmp_path / "text").write_text("words")
    status, said, trouble = percepnet("demo", "--model", tmp_path / name)
    assert (status, said) == (2, "") and complaint in trouble and trouble.count("\n") == 1


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


@pytest.mark.browser
@pytest.mark.parametrize("own", [False, True], ids=["models of the checkout", "own model"])
def test_the_page_works_under_these_headers(own, model):
    with serving(browser.DIST, 0, [model] if own else []) as url:
        visit = visit_demo(url)
    assert visit.complaints == []
    assert visit.module.startswith("random, " if own else "percepnet-")
