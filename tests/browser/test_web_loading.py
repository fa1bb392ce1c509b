"""Whatever is wrong with the files, the page is told what and what to do: a PercepNetError with a code."""

import hashlib
import json
import re

import numpy as np
import pytest
from bundle import script
from percepnet.engines.static_server import STRICT_POLICY, StaticServer

pytestmark = pytest.mark.browser
VARIANTS = ("relaxed", "simd128", "scalar")


def load(page, **options) -> dict:
    return page.evaluate(script("load"), options)


def check(result: dict, code: str, mentions: str) -> None:
    assert (result["name"], result["code"]) == ("PercepNetError", code)
    assert re.search(mentions, result["message"]), result["message"]


def chosen_module(dist) -> str:
    """The file that a current Chromium takes."""
    modules = json.loads((dist / "manifest.json").read_text())["modules"]
    return next(modules[variant]["file"] for variant in VARIANTS if variant in modules)


def entry(data: bytes) -> dict:
    return {
        "name": "changed",
        "file": "changed.pnet",
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def flip_byte(data: bytes) -> bytes:
    return data[:-100] + bytes([data[-100] ^ 1]) + data[-99:]


def test_picks_the_fastest_variant(page, dist):
    modules = json.loads((dist / "manifest.json").read_text())["modules"]
    assert load(page)["variant"] == ("relaxed" if "relaxed" in modules else "simd128")


@pytest.mark.parametrize("file", ["manifest.json", "models.json", "module", "model"])
def test_missing_file(page, server, dist, model_path, file):
    name = {"module": chosen_module(dist), "model": model_path.name}.get(file, file)
    server.replaced[f"/{name}"] = None
    check(load(page), "fetch", f"{re.escape(name)} gave HTTP status 404.*baseUrl")


@pytest.mark.parametrize("file", ["module", "model"])
@pytest.mark.parametrize("base", [".", None])
def test_changed_file(page, server, dist, model_path, file, base):
    """None: beside the library, whose own list of files counts."""
    name = chosen_module(dist) if file == "module" else model_path.name
    server.replaced[f"/{name}"] = flip_byte((dist / name).read_bytes())
    check(load(page, baseUrl=base), "integrity", f"{re.escape(name)} is not the file that the manifest names")
    server.replaced[f"/{name}"] = None
    check(load(page, baseUrl=base), "fetch", f"{re.escape(name)} gave HTTP status 404.*baseUrl")


def test_files_beside_the_library_need_no_lists(page, dist, model_path):
    """The library knows its files: no list is asked for that could be of another version."""
    asked = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1].split("?")[0]))
    assert load(page, baseUrl=None)["model"] == model_path.stem
    assert {chosen_module(dist), model_path.name} <= set(asked)
    assert not {"manifest.json", "models.json"} & set(asked)


def test_truncated_model(page, server, model_path):
    server.replaced[f"/{model_path.name}"] = model_path.read_bytes()[:-1]
    check(load(page), "integrity", "not the file that the manifest names")


def test_manifest_with_another_hash(page, server, dist):
    manifest = json.loads((dist / "manifest.json").read_text())
    for module in manifest["modules"].values():
        module["sha256"] = "0" * 64
    server.replaced["/manifest.json"] = json.dumps(manifest).encode()
    check(load(page), "integrity", "copy all files of one build")


def test_manifest_that_is_a_web_page(page, server):
    server.replaced["/manifest.json"] = b"<!doctype html><p>Not found"
    check(load(page), "integrity", "manifest.json is not JSON")


@pytest.mark.parametrize("size", [0, 3, 4096])
def test_foreign_model(page, size):
    junk = np.random.default_rng(size).integers(0, 256, size).tolist()
    check(load(page, model=junk), "bad-model", "not a PercepNet model")


def test_damaged_model_with_a_fitting_manifest(page, server, model_path):
    data = bytearray(model_path.read_bytes())
    data[len(data) // 2] ^= 1
    server.replaced["/models.json"] = json.dumps({"models": [entry(bytes(data))]}).encode()
    server.replaced["/changed.pnet"] = bytes(data)
    check(load(page), "bad-model", "export it again")


def test_files_are_asked_for_by_their_hash_and_beside_each_other(page, dist, model_path):
    """The names may be kept by caches for ever; the model does not wait for the module's manifest."""
    asked = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    load(page)
    manifest = json.loads((dist / "manifest.json").read_text())
    module = next(entry for entry in manifest["modules"].values() if entry["file"] == chosen_module(dist))
    sha256 = hashlib.sha256(model_path.read_bytes()).hexdigest()
    files = {f"{module['file']}?{module['sha256'][:16]}", f"{model_path.name}?{sha256[:16]}"}
    assert set(asked[:2]) == {"manifest.json", "models.json"}
    assert set(asked[2:]) == files


def test_unknown_model_and_variant(page, server, dist):
    check(load(page, model="percepnet-9"), "bad-arg", "no model percepnet-9.*there are percepnet-")
    manifest = json.loads((dist / "manifest.json").read_text())
    del manifest["modules"]["scalar"]
    server.replaced["/manifest.json"] = json.dumps(manifest).encode()
    check(load(page, simd="scalar"), "unsupported", "no scalar module")


def test_abort(page):
    assert load(page, abort=True)["name"] == "AbortError"


def test_server_that_is_gone(page):
    check(load(page, baseUrl="http://127.0.0.1:1/"), "fetch", "could not be downloaded")


def test_policy_without_wasm(browser, dist):
    """The one permission that is needed is named when it is missing."""
    server = StaticServer(dist, STRICT_POLICY.replace(" 'wasm-unsafe-eval'", ""))
    page = browser.new_page()
    page.goto(f"{server.url}/verify.html")
    check(load(page), "unsupported", "'wasm-unsafe-eval'")
    page.close()
    server.close()
