"""`percepnet bench` measures everything it names; how fast is not a matter of tests."""

import json

import pytest
import typer
from typer.testing import CliRunner

from percepnet.benchmark import bench
from percepnet.engines import wasm_node
from percepnet.constants import STAGES
from percepnet.verification.verify_backends import GROUPS

app = typer.Typer()
app.command()(bench.command)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run(*options) -> (exit status, the JSON report or None, what was printed); one very short round."""
    monkeypatch.setattr(bench, "QUICK_ROUNDS", 1)
    monkeypatch.setattr(bench, "QUICK_FRAMES", 10)
    path = tmp_path / "bench.json"

    def run_bench(*options):
        done = CliRunner().invoke(app, ["--quick", "--json", str(path), *options])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(path.read_text()) if path.exists() else None, done.output

    return run_bench


def by_backend(report):
    return {result["backend"]: result for result in report["results"]}


def test_everything_that_needs_no_browser(run):
    status, report, text = run("--width", "64", "--backends", "reference,native,wasm")
    results = by_backend(report)
    assert status == 0 and list(results) == ["reference", "native", *GROUPS["wasm"]]
    for backend, result in results.items():
        us, stages = result["us_per_frame"], result["us_per_stage"]
        assert 0 < us["best"] <= us["q1"] <= us["median"] <= us["q3"], backend
        assert list(stages) == list(STAGES)
        assert sum(stage["median"] for stage in stages.values()) > 0, backend
        assert result["core_share"] == us["median"] / 10_000
    assert results["native"]["times_native"] == 1
    assert set(report["modules"]) == set(wasm_node.VARIANTS)
    assert "width 64" in text and "nnet" in text and "brotli" in text


def test_a_stream_takes_at_most_half_a_megabyte_and_the_largest_module_twelve(run):
    _, report, _ = run("--width", "512", "--backends", "native,wasm-simd128")
    results = by_backend(report)
    assert results["native"]["state_size"] <= 500_000
    assert results["wasm-simd128"]["state_size"] <= 500_000
    assert report["models"]["512"] < results["wasm-simd128"]["memory_size"] <= 12_000_000


@pytest.mark.browser
def test_the_worklet(run):
    _, report, _ = run("--width", "64", "--backends", "browser-simd128")
    assert "Chromium" in report["machine"]["browser"]
    assert by_backend(report)["browser-simd128"]["us_per_frame"]["median"] != 0


def test_what_is_missing_is_said(run, tmp_path, monkeypatch):
    monkeypatch.setattr(wasm_node, "MODULES", tmp_path)
    status, report, text = run("--width", "64", "--backends", "wasm-scalar")
    assert status == 2 and "not measured" in text
    assert "percepnet build --wasm" in report["missing"]["wasm-scalar"]


def test_an_unknown_width_is_refused(run):
    status, report, text = run("--width", "100")
    assert status == 2 and report is None and "64, 128, 256, 512" in text
