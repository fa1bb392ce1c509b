"""`percepnet verify` finds faults: each test plants one and wants it named, and a bad exit status."""

import hashlib
import json
import platform
import shutil

import numpy as np
import pytest
import soundfile
import typer
from backends import model_bytes
from compiler import CORE
from faults import FAULTS, FRAMES, HEARD, SILENT, OtherSample, OtherWeight, compile_library, plant
from typer.testing import CliRunner

from percepnet import native
from percepnet.engines import browser, wasm_node
from percepnet.verification import verify, verify_backends
from percepnet.verification.comparison import compare, first_difference, frame_of
from percepnet.constants import FRAME_SIZE, HIGH_PASS_A2, SAMPLE_RATE, STAGES
from percepnet.errors import PercepNetError
from percepnet.verification.checks import INCOMPLETE, MISMATCH
from percepnet.verification.verify_backends import GROUPS, NAMES, choose

app = typer.Typer()
app.command()(verify.command)


@pytest.fixture
def run(tmp_path):
    """run(backends, *options) -> (exit status, JSON report, what was printed), on silence and then noise."""
    samples = np.random.default_rng(3).uniform(-0.5, 0.5, FRAMES * FRAME_SIZE)
    samples[: SILENT * FRAME_SIZE] = 0
    soundfile.write(tmp_path / "noise.wav", samples, SAMPLE_RATE, subtype="FLOAT")
    (tmp_path / "random.pnet").write_bytes(model_bytes())
    report = tmp_path / "report.json"

    def run_verify(backends, *options):
        arguments = [tmp_path / "noise.wav", "--model", tmp_path / "random.pnet", "--backends", backends]
        done = CliRunner().invoke(app, [str(part) for part in (*arguments, "--json", report, *options)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(report.read_text()), " ".join(done.output.split())

    return run_verify


def assert_found(result, stage, frame, signal):
    assert not result["bit_exact"]
    difference = result["difference"]
    assert (difference["stage"], difference["frame"], difference["signal"]) == (stage, frame, signal)
    assert result["max_difference_lsb"] > 0


def use_library(monkeypatch, folder):
    """Makes the native backend take its libraries from another folder."""
    monkeypatch.setattr(native, "BUILD", folder)
    native.load_library.cache_clear()


@pytest.fixture(autouse=True)
def forget_libraries():
    yield
    native.load_library.cache_clear()


def test_sound_backends_pass(run, tmp_path):
    status, report, text = run("native,wasm", "--html", tmp_path / "report.html")
    assert status == 0 and report["passed"] and "All 4 outputs have the bits" in text
    assert all(result["bit_exact"] and result["first_sample"] is None for result in report["results"])
    assert {result["backend"] for result in report["results"]} == {"native", *GROUPS["wasm"]}
    assert report["reference"][0]["snr_db"] > 30 and report["machine"]["processor"]
    page = (tmp_path / "report.html").read_text()
    assert "All 4 outputs have the bits" in page and "data:image/webp;base64," in page
    assert "http" not in page, "the report must need no other file"


@pytest.mark.browser
def test_the_browser_passes_too(run):
    status, report, _ = run("browser")
    assert status == 0 and [result["backend"] for result in report["results"]] == GROUPS["browser"]
    assert "Chromium" in report["machine"]["browser"]


@pytest.mark.parametrize("stage", FAULTS)
def test_one_bit_of_a_table_in_the_native_library(run, stage, tmp_path, monkeypatch):
    for name in (f"libpercepnet.{native.SUFFIX}", f"libpercepnet_testing.{native.SUFFIX}"):
        plant(native.BUILD / name, tmp_path / name, stage)
    use_library(monkeypatch, tmp_path)
    status, report, text = run("native")
    _, frame, signal = FAULTS[stage]
    assert status == MISMATCH and not report["passed"]
    assert_found(report["results"][0], stage, frame, signal)
    assert f"noise.wav, random, native: from frame {frame}, {stage}: {signal}[" in text


@pytest.mark.parametrize("stage", FAULTS)
def test_one_bit_of_a_table_in_a_module(run, stage, tmp_path, monkeypatch):
    for kind in ("", ".testing"):
        name = f"percepnet.simd128{kind}.wasm"
        plant(wasm_node.MODULES / name, tmp_path / name, stage)
    monkeypatch.setattr(wasm_node, "MODULES", tmp_path)
    status, report, text = run("native,wasm-simd128", "--html", tmp_path / "report.html")
    right, wrong = report["results"]
    assert status == MISMATCH and right["bit_exact"]
    assert_found(wrong, stage, *FAULTS[stage][1:])
    assert "no simd128" in text and f"{stage}: " in (tmp_path / "report.html").read_text()


@pytest.mark.browser
def test_a_web_folder_of_other_sources(run, tmp_path, monkeypatch):
    """The page's module has a fault that the testing module has not: no stage is to blame."""
    dist = tmp_path / "dist"
    shutil.copytree(browser.DIST, dist)
    manifest = json.loads((dist / "manifest.json").read_text())
    entry = manifest["modules"]["scalar"]
    plant(browser.DIST / entry["file"], dist / entry["file"], "synthesis")
    entry["sha256"] = hashlib.sha256((dist / entry["file"]).read_bytes()).hexdigest()
    (dist / "manifest.json").write_text(json.dumps(manifest))
    with browser.Browser(dist) as faulty:
        monkeypatch.setattr(browser, "shared", lambda: faulty)
        status, report, text = run("browser-scalar,browser-simd128")
    wrong, right = report["results"]
    assert status == MISMATCH and right["bit_exact"]
    assert (wrong["difference"]["stage"], wrong["difference"]["frame"]) == (None, HEARD + 1)
    assert "around the stages" in text


@pytest.mark.slow
def test_another_constant(run, tmp_path, monkeypatch):
    shutil.copytree(CORE, tmp_path / "core_c")
    header = tmp_path / "core_c/src/constants.h"
    text = header.read_text()
    assert text.count(f" {HIGH_PASS_A2}") == 1
    header.write_text(text.replace(f" {HIGH_PASS_A2}", f" {HIGH_PASS_A2 + 1e-7}"))
    compile_library(tmp_path, tmp_path / "core_c")
    use_library(monkeypatch, tmp_path)
    status, report, _ = run("native")
    assert status == MISMATCH
    assert_found(report["results"][0], "high_pass", SILENT, "high_pass_memory")


@pytest.mark.slow
def test_a_compiler_that_fuses_multiply_and_add(run, tmp_path, monkeypatch):
    flags = ["-march=native"] if platform.machine() in ("x86_64", "AMD64") else []  # others always can
    compile_library(tmp_path, CORE, "-ffp-contract=fast", *flags)
    use_library(monkeypatch, tmp_path)
    status, report, _ = run("native")
    assert status == MISMATCH and report["results"][0]["difference"]["stage"] in STAGES


def test_one_weight(run, monkeypatch):
    monkeypatch.setitem(verify_backends.KINDS, "native", lambda _: OtherWeight())
    status, report, text = run("native")
    assert status == MISMATCH and "nnet: " in text
    assert report["results"][0]["difference"]["stage"] == "nnet"


def test_one_sample(run, monkeypatch):
    monkeypatch.setitem(verify_backends.KINDS, "native", lambda _: OtherSample())
    status, report, _ = run("native")
    (result,) = report["results"]
    assert status == MISMATCH and result["first_sample"] == OtherSample.at
    assert result["difference"]["frame"] == frame_of(OtherSample.at) == 8
    assert result["difference"]["stage"] is None


@pytest.mark.parametrize(
    "backend, advice", [("native", "percepnet build --native"), ("wasm-relaxed", "percepnet build --wasm")]
)
def test_what_is_not_built_is_a_failure(run, backend, advice, tmp_path, monkeypatch):
    use_library(monkeypatch, tmp_path)
    monkeypatch.setattr(wasm_node, "MODULES", tmp_path)
    status, report, text = run(backend)
    assert status == INCOMPLETE and not report["passed"]
    assert advice in report["missing"][backend] and advice in text


def test_without_node_or_chromium(run, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nowhere")
    monkeypatch.setattr(wasm_node, "node", wasm_node.Node)
    monkeypatch.setattr(browser, "shared", browser.Browser)
    status, report, text = run("native,wasm-scalar,browser-scalar")
    assert status == INCOMPLETE and report["results"][0]["bit_exact"]
    assert "install Node.js" in report["missing"]["wasm-scalar"]
    assert "install chromium" in report["missing"]["browser-scalar"] and "install chromium" in text


def test_backends_are_chosen_by_name_and_group():
    assert choose("native,wasm,browser") == NAMES
    assert choose("wasm-relaxed, native") == ["native", "wasm-relaxed"]
    for text in ("", "wasm,simd"):
        with pytest.raises(PercepNetError, match="native"):
            choose(text)


def test_bits_are_compared_and_not_values():
    a = np.array([1.0, 0.0, np.nan], np.float32)
    assert first_difference(a, a.copy()) is None
    assert first_difference(a, np.array([1.0, -0.0, np.nan], np.float32)) == 1
    assert first_difference(a, a[:2]) == 2
    nothing = np.zeros(4, np.float32)
    assert compare(nothing, nothing, nothing.astype(np.float64)).snr_db == np.inf
    broken = compare(np.full(4, np.nan, np.float32), nothing, nothing.astype(np.float64))
    assert broken.first == 0 and broken.max_error_lsb == np.inf
