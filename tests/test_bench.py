"""`percepnet bench` measures everything it names; how fast is not a matter of tests."""

import json
import shutil

import pytest
import typer
from typer.testing import CliRunner

from percepnet.benchmark import bench, instructions
from percepnet.benchmark.packages import PACKAGES
from percepnet.benchmark.peers_timing import LIBRARIES
from percepnet.benchmark.timing import baseline_name
from percepnet.constants import STAGES
from percepnet.engines import wasm_node
from percepnet.errors import PercepNetError
from percepnet.model_file import encode_model, random_weights

app = typer.Typer()
app.command()(bench.command)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run(*options) -> (exit status, the JSON report or None, what was printed); one very short round, width 64.

    A mistake's status is its PercepNetError.
    """
    monkeypatch.setattr(bench, "competitors", list)
    monkeypatch.setattr(bench, "QUICK", bench.Effort(rounds=1, frames=10, visits=1))
    path = tmp_path / "bench.json"

    def run_bench(*options):
        done = CliRunner().invoke(app, ["--quick", "--width", "64", "--json", str(path), *options])
        if isinstance(done.exception, PercepNetError):
            return done.exception, None, done.output
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(path.read_text()) if path.exists() else None, done.output

    return run_bench


def by_place(report):
    """{(place, system or variant of ours): result}"""
    return {(one["place"], one["variant"] if one["is_ours"] else one["system"]): one for one in report["results"]}


def times(found, one, other):
    """How often the figure of one result holds another's."""
    return found[one]["us_per_frame"]["median"] / found[other]["us_per_frame"]["median"]


def test_ours_without_a_browser(run):
    options = ("--backends", "reference,native,wasm", "--peers", "none", "--no-roofline")
    status, report, text = run(*options, "--density", "0.25")
    found = by_place(report)
    natives = [("native", ""), ("native", baseline_name())]
    expected = [("reference", ""), *natives, *(("node", variant) for variant in wasm_node.VARIANTS)]
    assert status == 0 and list(found) == expected and len(report["results"]) == 2 * len(expected)
    for key, result in found.items():
        us, stages = result["us_per_frame"], result["us_per_stage"]
        assert 0 < us["best"] <= us["q1"] <= us["median"] <= us["q3"], key
        assert list(stages) == list(STAGES)
        assert sum(stage["median"] for stage in stages.values()) > 0, key
    native, baseline = natives
    assert found[native]["times_native"]["median"] == 1 == found[baseline]["times_baseline"]["median"]
    assert found[baseline]["times_native"]["median"] == pytest.approx(times(found, baseline, native))
    node = ("node", "simd128")
    assert found[node]["times_baseline"]["median"] == pytest.approx(times(found, node, baseline))
    assert found["node", "simd128"]["calls"]["count"] == 10
    assert set(report["modules"]) == set(wasm_node.VARIANTS)
    assert "percepnet-64-sparse-25" in text and "nnet" in text and "brotli" in text


def test_peers_take_their_turns_in_node_and_natively(run):
    status, report, text = run("--backends", "native,wasm-simd128", "--no-roofline")
    found = by_place(report)
    assert status == 0 and report["missing"] == {}, report["missing"]
    for package in PACKAGES:
        assert found["node", package.name]["us_per_frame"]["median"] > 0
    for library in LIBRARIES:
        assert found["native", library]["us_per_frame"]["median"] > 0
    rival = report["fastest_rnnoise"]["node"]
    builds = {p.name: found["node", p.name]["us_per_frame"]["median"] for p in PACKAGES if "rnnoise" in p.name}
    assert rival == min(builds, key=builds.get)
    ours = found["node", "simd128"]
    ratio = ours["us_per_frame"]["median"] / found["node", rival]["us_per_frame"]["median"]
    assert ours["times_rnnoise"]["median"] == pytest.approx(ratio)
    assert f"RNNoise: {rival}, its fastest build here" in " ".join(text.split())


@pytest.mark.browser
def test_the_worklet(run, tmp_path):
    page = tmp_path / "bench.html"
    summary = tmp_path / "bench.md"
    files = ("--html", str(page), "--markdown", str(summary))
    options = ("--backends", "native,browser-simd128", "--spread", "2", "--cold-start", *files)
    status, report, text = run(*options)
    found = by_place(report)
    assert status == 0 and report["missing"] == {}, report["missing"]
    assert "Chromium" in report["machine"]["browser"]
    ours = {"simd128", "simd128, spread 2"}
    assert {name for place, name in found if place == "browser"} == ours | {package.name for package in PACKAGES}
    for (place, name), result in found.items():
        if place == "browser":
            assert result["us_in_calls"]["median"] > 0, name
            assert result["calls"]["count"] == 12 * 480 // 128  # whole frames and whole quanta
    clock = report["clock"]
    assert clock["kind"] in ("performance", "temporal") and clock["resolution_us"] <= 20
    assert clock["stretches"] == 2 * len([one for one in report["results"] if one["place"] == "browser"])
    first, again = report["cold_starts"]
    assert first["transferred"] > again["transferred"] == 0
    assert all(first["ms"][step] > 0 for step in ("load", "fetch", "compile", "enhancer", "firstFrame", "node"))
    assert [row["variant"] for row in report["roofline"]["rows"]][-2:] == ["simd128", "simd128"]
    assert "WebAssembly simd128, spread 2, Chromium's AudioWorklet" in summary.read_text()
    html = page.read_text()
    assert html.count("data:image/webp") == 6 and "percepnet-64, simd128" in html


def test_the_roofline(run):
    status, report, text = run("--backends", "native,wasm-simd128,wasm-relaxed", "--peers", "none")
    roofline = report["roofline"]
    assert status == 0 and roofline["missing"] == {}
    measured = [(row["place"], row["variant"]) for row in roofline["rows"]]
    assert ("native", roofline["variant"]) in measured and measured[-2:] == [("node", "simd128"), ("node", "relaxed")]
    assert 5e8 < roofline["cycles_per_s"] < 1e10
    for row in roofline["rows"]:
        assert all(0 < rate < 300 for rate in row["products_per_cycle"])
        assert row["instruction"] is None or 0 < row["share_of_peak"] < 1.5
        assert 1e8 < row["streamed_bytes_per_s"] and 1e9 < row["read_bytes_per_s"] < 1e13
    assert "multiply-adds a cycle" in text


def test_instructions_are_the_same_in_every_run(run):
    options = ("--backends", "native", "--peers", "none", "--no-roofline", "--instructions")
    assert shutil.which("valgrind"), "install valgrind (Debian: apt-get install valgrind)"
    counts = [run(*options)[1]["instructions"]["percepnet-64"] for _ in range(2)]
    assert counts[0] == counts[1] and counts[0]["frames"] == instructions.FRAMES
    assert set(counts[0]["stages"]) == set(STAGES)
    assert 0.9 * counts[0]["frame"] < sum(counts[0]["stages"].values()) <= counts[0]["frame"] < 5e6


def test_without_valgrind_one_line_says_what_to_install(run, monkeypatch):
    monkeypatch.setattr(instructions.shutil, "which", lambda name: None)
    options = ("--backends", "native", "--peers", "none", "--no-roofline", "--instructions")
    status, report, text = run(*options)
    assert status == 0 and report["instructions"] == {} and "install valgrind" in report["missing"]["instructions"]


def test_sizes(run, tmp_path, monkeypatch):
    model = tmp_path / "small.pnet"
    model.write_bytes(encode_model(random_weights(64, 1), {}))
    monkeypatch.setattr(bench, "list_models", lambda: [model])
    status, report, text = run("--backends", "native", "--peers", "speexdsp", "--no-roofline", "--sizes")
    assert status == 0 and report["missing"] == {}
    sizes = report["model_sizes"]["small"]
    assert sizes["bytes"] == model.stat().st_size > sizes["gzip"] > 0 and sizes["coded"] > sizes["rest"] > 0
    package = report["package_sizes"]["speexdsp"]
    assert package["bytes"] > package["gzip"] > package["brotli"] > 0
    assert "speexdsp" in text and "range coder" in text


def test_a_stream_takes_at_most_half_a_megabyte_and_the_largest_module_twelve(run):
    _, report, _ = run("--width", "512", "--backends", "native,wasm-simd128", "--peers", "none", "--no-roofline")
    found = {(one["place"], one["system"]): one for one in report["results"]}
    assert found["native", "percepnet-512"]["state_size"] <= 500_000
    assert found["node", "percepnet-512"]["state_size"] <= 500_000
    assert report["models"]["percepnet-512"] < found["node", "percepnet-512"]["memory_size"] <= 12_000_000


def test_what_is_missing_is_said(run, tmp_path, monkeypatch):
    monkeypatch.setattr(wasm_node, "MODULES", tmp_path)
    status, report, text = run("--backends", "wasm-scalar", "--peers", "none", "--no-roofline")
    assert status == 2 and "not measured" in text
    assert "percepnet build --wasm" in report["missing"]["wasm-scalar"]


def test_mistakes_are_refused(run):
    status, report, text = run("--width", "100")
    assert status == 2 and report is None and "64, 128, 256, 512" in text
    status, report, text = run("--peers", "krisp")
    assert isinstance(status, PercepNetError) and report is None and "there is no peer 'krisp'" in str(status)
