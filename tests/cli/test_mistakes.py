"""Every mistake is one line with status 2; whatever happens, no file is half written."""

import contextlib
import functools
import os
import pty
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from clips import environment, write_clip

from percepnet import native
from percepnet.commands import backends, models


def one_line(text):
    return text.startswith("percepnet: ") and text.count("\n") == 1 and "Traceback" not in text


@pytest.fixture
def bad_files(tmp_path, model):
    """A folder with one of each."""
    soundfile.write(tmp_path / "none.wav", np.zeros(0), 48000)
    soundfile.write(tmp_path / "nan.wav", [0.0, np.nan, 0.0], 48000, subtype="FLOAT")
    soundfile.write(tmp_path / "inf.wav", [0.0, np.inf], 48000, subtype="FLOAT")
    soundfile.write(tmp_path / "silence.wav", np.zeros(9600), 48000)
    write_clip(tmp_path / "good.wav", 48000, 1)
    write_clip(tmp_path / "long.wav", 48000, 1, seconds=1.1)
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("words")
    data = model.read_bytes()
    (tmp_path / "cut.pnet").write_bytes(data[:-1])
    (tmp_path / "future.pnet").write_bytes(data[:8] + bytes([99]) + data[9:])
    (tmp_path / "folder").mkdir()
    return tmp_path


MISTAKES = {
    "missing file": ("enhance {d}/nowhere.wav {d}/out.wav", "nowhere.wav does not exist"),
    "not audio": ("enhance {d}/text.wav {d}/out.wav", "cannot be read as audio"),
    "empty file": ("enhance {d}/empty.wav {d}/out.wav", "cannot be read as audio"),
    "no samples": ("enhance {d}/none.wav {d}/out.wav", "holds no samples"),
    "NaN": ("enhance {d}/nan.wav {d}/out.wav", "NaN or infinite"),
    "infinity": ("enhance {d}/inf.wav {d}/out.wav", "NaN or infinite"),
    "missing model": ("enhance {d}/good.wav {d}/out.wav --model {d}/no.pnet", "there is no model"),
    "foreign model": ("enhance {d}/good.wav {d}/out.wav --model {d}/text.wav", "not a PercepNet model"),
    "damaged model": ("enhance {d}/good.wav {d}/out.wav --model {d}/cut.pnet", "cut.pnet is damaged"),
    "damaged model, reference": (
        "enhance {d}/good.wav {d}/out.wav --backend reference --model {d}/cut.pnet", "damaged"),
    "damaged model, wasm": (
        "enhance {d}/good.wav {d}/out.wav --backend wasm --model {d}/cut.pnet", "damaged"),
    "model of another version": ("enhance {d}/good.wav {d}/out.wav --model {d}/future.pnet", "is format 99, this"),
    "width that there is not": ("enhance {d}/good.wav {d}/out.wav --model 99", "there is no model 99: give a file or"),
    "folder as model": ("enhance {d}/good.wav {d}/out.wav --model {d}/folder", "is a folder"),
    "no folder": ("enhance {d}/good.wav {d}/nowhere/out.wav", "create it first"),
    "output is input": ("enhance {d}/good.wav {d}/good.wav", "is the input"),
    "output is input, by another name": ("enhance {d}/good.wav {d}/folder/../good.wav", "is the input"),
    "unknown suffix": ("enhance {d}/good.wav {d}/out.xyz", "cannot write .xyz"),
    "no suffix": ("enhance {d}/good.wav {d}/out", "without a suffix"),
    "unknown backend": ("enhance {d}/good.wav {d}/out.wav --backend gpu", "'gpu'"),
    "unknown option": ("enhance {d}/good.wav {d}/out.wav --loud", "--loud"),
    "option out of range": ("enhance {d}/good.wav {d}/out.wav --postfilter 2", "--postfilter"),
    "option not a number": ("enhance {d}/good.wav {d}/out.wav --postfilter nan", "--postfilter"),
    "no output": ("enhance {d}/good.wav", "'OUT'"),
    "output where nothing can be written": ("enhance {d}/good.wav /dev/fd/out.wav", "cannot write into /dev/fd"),
    "figure where nothing can be written": ("inspect {d}/good.wav --plot /dev/fd/out.png", "cannot write into /dev/fd"),
    "unknown command": ("enhanse", "No such command"),
    "folder to file": ("enhance {d} {d}/good.wav", "is not a folder"),
    "folder into itself": ("enhance {d} {d}/folder", "inside the input folder"),
    "folder without audio": ("enhance {d}/folder {d}/out", "no audio file"),
    "folder in a missing one": ("enhance {d} {d}/../nowhere/out", "create it first"),
    "inspect a missing file": ("inspect {d}/nowhere.wav", "No such file"),
    "inspect a folder": ("inspect {d}/folder", "is a folder"),
    "figure of unknown type": ("inspect {d}/good.wav --plot {d}/out.bmp", "cannot draw"),
    "figure in a missing folder": ("inspect {d}/good.wav --plot {d}/nowhere/out.png", "create it first"),
    "silent noise": ("oracle {d}/good.wav {d}/silence.wav {d}/out.wav --snr 5", "silence.wav is silent"),
    "silent speech": ("oracle {d}/silence.wav {d}/good.wav {d}/out.wav --snr 5", "silence.wav is silent"),
    "one name for two": (
        "oracle {d}/good.wav {d}/good.wav {d}/out.wav --mixture {d}/out.wav", "give two names"),
    "showcase of clean speech alone": ("showcase --clean {d}/good.wav --out {d}/out", "give that with --clip"),
    "showcase of nothing": ("showcase --clip {d}/nowhere.wav --out {d}/out", "No such file"),
    "showcase of another length": (
        "showcase --clip {d}/long.wav --clean {d}/good.wav --out {d}/out", "is not as long as"),
    "showcase into a file": ("showcase --out {d}/good.wav", "good.wav is not a folder"),
    "evaluation into a file": (
        "evaluate --clean {d} --noisy {d} --out {d}/good.wav/deep --model {model}", "good.wav is not a folder"),
    "benchmark of what is no model": ("bench --model {d}/text.wav", "text.wav is not a PercepNet model"),
    "showcase of a moment": ("showcase --clip {d}/good.wav --out {d}/out", "shorter than a second"),
}  # fmt: skip
TAKE_MODEL = ("enhance", "inspect", "showcase")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_and_no_file(mistake, bad_files, percepnet):
    command, complaint = MISTAKES[mistake]
    words = command.format(d=bad_files, model="{model}").split()
    if words[0] in TAKE_MODEL and "--model" not in words:
        words += ["--model", "{model}"]
    before = sorted(bad_files.rglob("*"))
    status, said, trouble = percepnet(*words)
    assert (status, said) == (2, "")
    assert one_line(trouble) and complaint in trouble, trouble
    assert sorted(bad_files.rglob("*")) == before


def test_no_space_is_one_line_and_no_file(model, tmp_path):
    write_clip(tmp_path / "in.wav", 48000, 1, seconds=4)
    words = ["enhance", tmp_path / "in.wav", tmp_path / "out.wav", "--model", model]
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (100_000, 100_000))
    command = [sys.executable, "-m", "percepnet", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), preexec_fn=limit)
    assert (done.returncode, done.stdout) == (2, "") and one_line(done.stderr)
    assert "out.wav: make room on the disk" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.wav"]


def test_a_model_is_needed(percepnet, clip, monkeypatch, tmp_path):
    (tmp_path / "models").mkdir()
    monkeypatch.setattr(models.need_models, "__defaults__", (tmp_path / "models",))
    monkeypatch.setattr(models.find_model, "__defaults__", (None, tmp_path / "models"))
    status, _, trouble = percepnet("enhance", clip, tmp_path / "out.wav")
    assert status == 2 and one_line(trouble) and "--model" in trouble


def test_a_missing_library_is_one_line(percepnet, clip, monkeypatch, tmp_path):
    monkeypatch.setenv("PERCEPNET_LIBRARY", str(tmp_path / "libnothing.so"))
    native.load_library.cache_clear()
    try:
        status, _, trouble = percepnet("enhance", clip, tmp_path / "out.wav", "--model", "{model}")
    finally:
        native.load_library.cache_clear()
    assert status == 2 and one_line(trouble) and "percepnet build --native" in trouble
    assert not (tmp_path / "out.wav").exists()


@pytest.mark.browser
def test_a_missing_browser_is_one_line(percepnet, tmp_path, monkeypatch):
    from percepnet.engines import browser

    monkeypatch.setattr(browser, "find_chromium", lambda: str(tmp_path / "no-chromium"))
    browser.shared.cache_clear()
    source = write_clip(tmp_path / "in.wav", 48000, 1, seconds=1.1)
    for words in (
        ("enhance", source, tmp_path / "out.wav", "--backend", "browser"),
        ("showcase", "--clip", source, "--out", tmp_path / "out"),
    ):
        status, _, trouble = percepnet(*words, "--model", "{model}")
        browser.shared.cache_clear()
        assert status == 2 and one_line(trouble) and "chromium" in trouble.lower()
    assert list(tmp_path.iterdir()) == [source]


def test_a_full_disk_leaves_nothing(percepnet, clip, monkeypatch, tmp_path):
    def fail(path, *_, **__):
        Path(path).write_bytes(b"RIFF")
        raise OSError(28, "No space left on device", str(tmp_path / "out.wav"))

    monkeypatch.setattr(soundfile, "write", fail)
    status, _, trouble = percepnet("enhance", clip, tmp_path / "out.wav", "--model", "{model}")
    assert status == 2 and trouble == f"percepnet: {tmp_path}/out.wav: No space left on device\n"
    assert list(tmp_path.iterdir()) == [clip]


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_midway_leaves_nothing(number, status, model, tmp_path):
    """Interrupts a long run on a terminal as soon as its progress bar says that work is under way."""
    write_clip(tmp_path / "in.wav", 48000, 1, seconds=4)
    (tmp_path / "out.wav").write_text("before")
    words = ["enhance", tmp_path / "in.wav", tmp_path / "out.wav", "--backend", "reference", "--model", model]
    terminal, side = pty.openpty()
    command = [sys.executable, "-m", "percepnet", *words]
    # Tests started in the background of a script inherit an ignored SIGINT.
    heed = functools.partial(signal.signal, number, signal.SIG_DFL)
    running = subprocess.Popen(command, stderr=side, env=environment(), preexec_fn=heed)
    os.close(side)
    shown = b""
    while not re.search(rb"\b[1-9]\d? %", shown):
        shown += os.read(terminal, 1000)
    running.send_signal(number)
    with contextlib.suppress(OSError):  # a terminal ends with an error
        while chunk := os.read(terminal, 1000):
            shown += chunk
    assert running.wait(20) == status and b"Traceback" not in shown
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.wav", "out.wav"]
    assert (tmp_path / "out.wav").read_text() == "before"


def test_ctrl_c_that_also_ends_the_browser_is_still_ctrl_c(percepnet, clip, monkeypatch):
    def enhance(*_):
        try:
            raise KeyboardInterrupt
        finally:
            raise RuntimeError("connection closed while tidying up")

    monkeypatch.setitem(backends.BACKENDS, "native", lambda *_, **__: enhance)
    words = ("enhance", clip, clip.with_name("out.wav"), "--model", "{model}")
    assert percepnet(*words) == (130, "", "percepnet: interrupted\n")
    assert not clip.with_name("out.wav").exists()
