"""What Python adds to a frame is measured against a loop in C that does the same; how much it is no matter of tests."""

import re

import numpy as np
import pytest
from backends import frames_of, model_bytes
from compare import assert_same_bits
from recordings import recording
from typer.testing import CliRunner

from percepnet import Enhancer
from percepnet.benchmark import streaming
from percepnet.benchmark.compiled import compiled
from percepnet.commands.running import run_app


def test_the_loop_in_c_runs_the_frames_that_python_runs():
    frames = frames_of(recording("noisy_speech.wav", start=1.0, seconds=0.2))
    ours, theirs = Enhancer(model_bytes()), Enhancer(model_bytes())
    with compiled("streaming.c", "-shared", "-fPIC") as path:
        loop = streaming.CLoop(path, theirs)
        loop(frames)
    expected = [ours.process_frame(frame)[0] for frame in frames][-1]
    assert expected.any()
    assert_same_bits(loop.out, expected, "the last frame")


def test_figures_are_taken_pair_by_pair():
    found = streaming.summarise({"python": [11.0, 24.0, 100.0], "c": [10.0, 20.0, 95.0]})
    assert found["c"] == 20 and found["overhead"]["median"] == 4
    assert found["ratio"]["median"] == pytest.approx(1.1)


def test_both_are_timed_as_often_and_shown():
    frames = np.zeros((24, 480), np.float32)
    found = streaming.measure(model_bytes(), frames, 4)
    assert [len(found[name]) for name in ("python", "c")] == [4, 4] and min(found["c"]) > 0
    done = CliRunner().invoke(streaming.app, ["--width", "64", "--blocks", "3"])
    assert done.exit_code == 0
    assert re.search(r"^\| 64 \| [\d.]+ \| [\d.]+ \([\d.]+ to [\d.]+\) \| -?[\d.]+ \(", done.output, re.MULTILINE)


@pytest.mark.parametrize("words", [["--width", "999"], ["--blocks", "0"]])
def test_a_mistake_is_one_line(words, capsys):
    assert run_app(streaming.app, "streaming", words) == 2
    said, trouble = capsys.readouterr()
    assert said == "" and trouble.startswith("error: ") and trouble.count("\n") == 1
