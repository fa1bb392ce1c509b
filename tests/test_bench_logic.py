"""The benchmark's arithmetic: statistics, ratios, callgrind's files, rooflines, entropies."""

import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from percepnet.benchmark import (
    bench,
    bench_markdown,
    bench_tables,
    competitors,
    instructions,
    ratios,
    roofline,
    rounds,
    sizes,
    worklet_timing,
)
from percepnet.benchmark.rounds import Round
from percepnet.benchmark.subjects import Key, choose_packages, open_ours, our_models
from percepnet.benchmark.threads import ThreadTimes
from percepnet.errors import PercepNetError
from percepnet.model_file import decode_model, encode_model, random_weights


def test_a_frame_is_the_median_over_blocks_whatever_the_size_of_a_call():
    by_frames = np.full(80, 100.0)
    by_frames[40] = 5000  # one disturbed call spoils one block, not the figure
    assert rounds.per_frame(by_frames, 480) == 100
    quanta = np.tile([1.0, 1.0, 1.0, 12.0, 1.0, 1.0, 1.0, 12.0, 1.0, 1.0, 1.0, 12.0, 1.0, 1.0, 1.0], 20)
    assert rounds.per_frame(quanta, 128) == pytest.approx(quanta.mean() * 3.75)
    assert rounds.per_frame([10, 20], 480) == 15  # less than a block: the mean


def test_takers_of_turns_alternate_and_the_first_round_only_warms_up():
    order = []
    timers = {"a": "timer a", "b": "timer b"}

    def run(timer):
        order.append(timer)
        return Round(len(order))

    found = rounds.take_turns(timers, 2, run, lambda number, key: None)
    assert order == ["timer a", "timer b"] * 3
    assert {key: [one.us for one in kept] for key, kept in found.items()} == {"a": [3, 5], "b": [4, 6]}


def test_call_figures_are_of_all_rounds():
    found = [Round(1, np.arange(1000.0)), Round(1, np.append(np.zeros(999), 5000.0))]
    figures = rounds.call_figures(found)
    assert figures["count"] == 2000 and figures["worst"] == 5000 and 996 < figures["p999"] < 999.1
    assert rounds.call_figures([Round(1)]) is None


def test_more_networks_than_a_page_has_room_for_are_refused_at_once():
    models, backends = dict.fromkeys("abcdefgh"), ["native", "browser-scalar", "browser-simd128", "browser-relaxed"]
    with pytest.raises(PercepNetError, match="^72 networks are more than the 48 .*: choose fewer with --width"):
        open_ours(backends, models, None, spreads=[2, 3])


OURS, SLOW, FAST = Key("node", "percepnet-64", "simd128", True), Key("node", "rnnoise-a"), Key("node", "rnnoise-b")
FOUND = {
    OURS: [Round(30), Round(60), Round(45)],
    SLOW: [Round(90), Round(95), Round(20)],
    FAST: [Round(10), Round(20), Round(15)],
    Key("node", "gtcrn"): [Round(1)] * 3,
    Key("browser", "rnnoise-a"): [Round(50, in_calls=1.0)] * 3,
}


def test_the_fastest_rnnoise_of_each_place_is_found_and_ratios_are_taken_round_by_round():
    assert ratios.find_rivals(FOUND) == {"node": FAST, "browser": Key("browser", "rnnoise-a")}
    assert ratios.find_rivals(FOUND, by_calls=True) == {"browser": Key("browser", "rnnoise-a")}
    found = ratios.ratio(FOUND, OURS, FAST)
    assert found["best"] == found["median"] == found["q3"] == 3  # though the rounds differ by two
    assert ratios.ratio(FOUND, OURS, FAST, by_calls=True) is None and ratios.ratio(FOUND, OURS, None) is None


def test_a_ratio_to_native_code_is_of_the_calls_alone_where_they_are_timed():
    found = {OURS: [Round(90, in_calls=20.0)], SLOW: [Round(30)], FAST: [Round(10)]}
    assert ratios.ratio_to_native(found, OURS, FAST)["median"] == 2
    assert ratios.ratio_to_native(found, SLOW, FAST)["median"] == 3
    assert ratios.ratio_to_native(found, SLOW, None) is None


def test_a_round_that_leaves_nothing_to_divide_by_gives_no_ratio():
    assert rounds.paired_ratio([1, 2], [0, 1]) is None


CALLGRIND = """version: 1
events: Ir
fl=(1) frames.c
fn=(1) main
5 10
cfi=(2) percepnet.c
cfn=(2) percepnet_process_frame
calls=2 7
5 900
cfn=(3) percepnet_model_create
calls=1 9
5 70000

fl=(2)
fn=(2)
7 100
cfn=(4) percepnet_analysis
calls=2 3
7 300
cfn=(5) percepnet_nnet_step
calls=8 3
8 440

fn=(4)
3 300
cfn=(6) memcpy
calls=2 1
4 0
totals: 71210
"""


def test_callgrind_files_are_read():
    costs = instructions.inclusive_costs(CALLGRIND)
    assert costs["percepnet_process_frame"] == (2, 900) and costs["memcpy"] == (2, 0)
    counted = instructions.per_frame(costs)
    assert counted == {"frame": 450, "frames": 2, "stages": {"analysis": 150, "nnet": 220}}
    with pytest.raises(PercepNetError, match="stripped"):
        instructions.per_frame({})


MACHINE = {
    "variant": "sse2",
    "cycles_per_s": 4e9,
    "kernels": [{"products": [{"read_s": 1}]}, {"products": [{"read_s": 1e-7}, {"read_s": 1e-6}, {"read_s": 1e-4}]}],
    "peaks": [{"instruction": "pmaddwd xmm", "products_per_s": 64e9}],
}


def test_a_row_of_the_roofline():
    seconds = [16384 / 32e9, 262144 / 16e9, 8388608 / 8e9]
    row = roofline.row("native", "sse2", seconds, MACHINE)
    assert row["products_per_cycle"] == pytest.approx([8, 4, 2])
    assert (row["instruction"], row["peak_per_cycle"], row["share_of_peak"]) == ("pmaddwd xmm", 16, pytest.approx(0.5))
    assert row["share_of_read"] == pytest.approx(8e9 / (8388608 / 1e-4))
    unknown = roofline.row("native", "abacus", seconds, MACHINE)
    assert unknown["instruction"] is None and unknown["share_of_peak"] is None


def test_the_best_multiplier_that_the_processor_has_is_the_peak():
    peaks = [{"instruction": name, "products_per_s": speed} for name, speed in (("pmaddubsw xmm", 5), ("other", 9))]
    assert roofline.peak_of("relaxed", peaks) == ("pmaddubsw xmm", 5)
    peaks.append({"instruction": "vpdpbusd xmm", "products_per_s": 7})
    assert roofline.peak_of("relaxed", peaks) == ("vpdpbusd xmm", 7)


def test_entropy():
    assert sizes.entropy_bits(np.zeros(9, int)) == 0
    assert sizes.entropy_bits([1, 2, 3, 4] * 5) == pytest.approx(2)
    assert sizes.entropy_bits([0, 0, 0, 1]) == pytest.approx(0.811278)
    values = np.tile(np.arange(-8, 8, dtype=np.int8), 1000)
    assert sizes.coded_bytes(values) == 8000 + 2 * 16 + sizes.CODER_BYTES


def test_a_coded_model_has_all_its_bytes_and_less_than_a_byte_per_weight():
    weights = random_weights(64, 1)
    fine = {name: array // 16 if array.dtype == np.int8 else array for name, array in weights.items()}
    data = encode_model(fine, {})
    found = sizes.model_sizes(data)
    assert found["bytes"] == len(data) == found["weights"] + found["rest"]
    assert 0 < found["bits_per_weight"] < 4.01 and found["rest"] < found["coded"] < found["bytes"]
    assert found["brotli"] <= found["bytes"]


def test_networks_with_some_of_their_blocks_stand_beside_the_dense_ones():
    models = our_models([64], [0.25], [])
    assert list(models) == ["percepnet-64", "percepnet-64-sparse-25"]
    dense, sparse = (decode_model(data).weights["gru1.input.weight"] for data in models.values())
    assert np.count_nonzero(sparse) < 0.3 * np.count_nonzero(dense)


def test_peers_are_chosen_by_the_beginnings_of_their_names():
    packages, libraries = choose_packages("rnnoise-s, deep")
    assert {p.name for p in packages} == {"rnnoise-sapphi", "rnnoise-sapphi-plain", "rnnoise-shiguredo"}
    assert libraries == ["deepfilternet3"]
    assert choose_packages("none") == ([], [])
    for wrong in ("krisp", "rnnoise,krisp", ","):
        with pytest.raises(PercepNetError, match="use all, none or some of"):
            choose_packages(wrong)


BUSY = "import os\nprint(os.getpid(), flush=True)\nwhile True: pass"


@pytest.fixture
def start_busy():
    """start_busy(*wrapper) -> the number of a program that is at work, ours unless the wrapper disowns it."""
    started, numbers = [], []

    def start(*wrapper):
        program = subprocess.Popen([*wrapper, sys.executable, "-c", BUSY], stdout=subprocess.PIPE, text=True)
        started.append(program)
        numbers.append(int(program.stdout.readline()))
        return numbers[-1]

    yield start
    for number in numbers:
        os.kill(number, signal.SIGKILL)
    for program in started:
        program.stdout.close()
        program.wait()


def test_other_programs_at_work_are_competitors_and_our_own_are_not(start_busy):
    ours, theirs = start_busy(), start_busy("sh", "-c", '"$@" &', "sh")
    found = {process.pid: share for process, share in competitors.competitors(0.5)}
    own = {process.pid for process, _ in competitors.shares(competitors.own_processes, 0.2)}
    assert theirs in found and ours not in found and found[theirs] > competitors.LEAST_SHARE
    assert ours in own and theirs not in own


def test_a_busy_machine_is_named_by_the_busiest_programs():
    assert competitors.busy_note([]) is None
    names = ["browser", "compiler", "game", "film", "mail"]
    found = [(SimpleNamespace(name=lambda name=name: name), 0.5 - number / 10) for number, name in enumerate(names)]
    note = competitors.busy_note(found)
    assert "browser (50 %), compiler (40 %), game (30 %) and 2 more, of a core each" in note


def test_a_signal_is_repeated_where_a_round_is_longer():
    timer = type("Timer", (), {"pace": 0.5})
    samples = np.arange(480.0)
    assert bench.excerpt(samples, timer, 100).size == 50 * 480
    assert bench.excerpt(samples, timer, 1).size == bench.LEAST_FRAMES * 480


def test_figures_have_the_digits_that_mean_something():
    texts = {None: "", 3.14159: "3.14", 42.26: "42.3", 644.2: "644", 12345: "12.3k"}
    assert [bench_tables.plain(value) for value in texts] == list(texts.values())


def test_stretches_that_others_disturbed_are_told():
    report = {"rounds": 1, "frames": 10, "fastest_rnnoise": {}, "clock": None}
    assert "Clock" not in bench_tables.frame_note(report, "browser")
    report["clock"] = {"resolution_us": 5.0, "stretches": 9, "disturbed": 0, "longest_wait_us": 20}
    assert bench_tables.frame_note(report, "browser").endswith("steps of 5 µs.")
    report["clock"] |= {"disturbed": 3, "longest_wait_us": 2500}
    assert "In 3 of 9 stretches others held" in bench_tables.frame_note(report, "browser")
    assert "at most 2.5 ms in all" in bench_tables.frame_note(report, "browser")


class PageOfStretches(worklet_timing.BenchPage):
    """A BenchPage without a browser, whose audio thread waits as long as it is told."""

    def __init__(self, waits):
        self.audio_threads, self.clocks, self.waits = ["a thread"], [], []
        self.waits_to_come = iter(waits)
        self.asked = 0

    def stretch(self, key, samples):
        self.asked += 1
        self.waited = getattr(self, "waited", 0) + next(self.waits_to_come)
        return {"sounded": True, "number": self.asked, "clock": {"kind": "temporal", "resolutionMs": 0.005}}


@pytest.mark.parametrize(
    ("waits", "kept", "disturbed"),
    [([0.05], 1, 0), ([3, 0], 2, 0), ([3, 2, 4], 2, 1)],
    ids=["quiet", "quiet at the second time", "never quiet"],
)
def test_a_stretch_that_others_disturbed_is_rendered_again_and_the_quietest_counts(monkeypatch, waits, kept, disturbed):
    page = PageOfStretches(waits)

    def thread_times(threads):
        return ThreadTimes(waited_ms=getattr(page, "waited", 0.0))

    monkeypatch.setattr(worklet_timing, "thread_times", thread_times)
    assert page.timed("ours", np.zeros(480))["number"] == kept and page.asked == len(waits)
    quality = page.clock_quality()
    assert quality["stretches"] == 1 and quality["disturbed"] == disturbed
    assert quality["longest_wait_us"] == pytest.approx(1000 * min(waits))


def result(place, system, variant="", us=10.0, **more):
    """A result as bench.summarise makes it."""
    figures = {"best": us, "q1": us, "median": us, "q3": us}
    entry = {"place": place, "system": system, "variant": variant, "is_ours": system.startswith("percepnet")}
    return entry | {"us_per_frame": figures, "us_in_calls": None, "calls": {"p999": 500.0, "worst": 900.0}} | more


MARKDOWN = """`percepnet bench` on Fast, 2 cores; Chromium 1. Medians of 3 rounds in turns, microseconds per frame of \
10 ms (100 are 1 % of a core); in the AudioWorklet those of the processor's calls.

|  | percepnet-64 | percepnet-512 |
| --- | --- | --- |
| WebAssembly relaxed, Chromium's AudioWorklet | 20.0 | 120 |
| WebAssembly relaxed, Node |  | 90.0 |
| native C (avx2) | 12.0 |  |
| 99.9 % of its calls, ms: WebAssembly relaxed, Chromium's AudioWorklet | 0.50 | 0.50 |
| memory of the module with model and one stream, MB |  | 8.65 |

| others, in the same rounds | Chromium's AudioWorklet | Native |
| --- | --- | --- |
| gtcrn | 260 |  |
| dtln |  | 130 |
"""


def test_the_markdown_names_the_machine_and_has_a_column_for_each_width():
    report = {"machine": {"processor": "Fast, 2 cores", "browser": "Chromium 1"}, "rounds": 3, "busy": None}
    report["models"] = {"percepnet-64": 1, "percepnet-512": 2}
    report["results"] = [
        result("native", "percepnet-64", us=12, kernel="avx2"),
        result("node", "percepnet-512", "relaxed", us=90, memory_size=8_650_752),
        result("node", "percepnet-512", "scalar", us=999),
        result("browser", "percepnet-64", "relaxed", us=20),
        result("browser", "percepnet-512", "relaxed", us=120),
        result("native", "dtln", us=130),
        result("browser", "gtcrn", us=260),
    ]
    assert bench_markdown.markdown(report) == MARKDOWN
    busy = bench_markdown.about(report | {"busy": "this machine is busy: game (90 %)"})
    assert busy.endswith("calls. But this machine is busy: game (90 %).")
