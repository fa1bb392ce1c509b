"""Copies of the library in one AudioContext, as where parts of a page bring their own: of one build or of two."""

import json

import pytest
from bundle import script

pytestmark = pytest.mark.browser
ANOTHER = "percepnet-ffffffffffff"


def offer_copy(server, dist, processor: str) -> None:
    """The whole folder as /copy/, with the processor under that name."""
    own = json.loads((dist / "manifest.json").read_text())["processor"]
    for path in dist.iterdir():
        if path.suffix in (".js", ".json", ".wasm", ".pnet"):
            data = path.read_bytes()
            server.replaced[f"/copy/{path.name}"] = data.replace(own.encode(), processor.encode())


def make_both(page, other: str, folder: str):
    return page.evaluate(script("two_builds"), {"other": other, "folder": folder})


def test_the_name_is_of_the_build_and_in_script_and_library(dist):
    name = json.loads((dist / "manifest.json").read_text())["processor"]
    assert name.startswith("percepnet-")
    assert name in (dist / "percepnet_processor.js").read_text()
    assert any(name in path.read_text() for path in dist.glob("chunk-*.js"))


@pytest.mark.parametrize("build", ["the same", "another"])
def test_copies_of_the_library_in_one_context(page, server, dist, build):
    own = json.loads((dist / "manifest.json").read_text())["processor"]
    offer_copy(server, dist, own if build == "the same" else ANOTHER)
    assert make_both(page, "/copy/index.js", "/copy/") == ["voice", "voice"]


def test_files_of_another_build_are_refused(page, server, dist):
    """A library of ours with the other's files."""
    offer_copy(server, dist, ANOTHER)
    name, code, message = make_both(page, "/index.js", "/copy/")
    assert (name, code) == ("PercepNetError", "integrity")
    assert ANOTHER in message
