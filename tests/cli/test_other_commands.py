"""The other commands: oracle, inspect, models, showcase, and how quickly the command starts."""

import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from clips import NOISY, environment, write_clip

import percepnet as package
from percepnet.commands import models
from percepnet.audio_io import Audio
from percepnet.building.environment import ROOT
from percepnet.errors import PercepNetError
from percepnet.commands.inspection import inspect_audio
from percepnet.quality import si_sdr

CLEAN, LONGER = ROOT / "tests/audio/clean_speech.flac", ROOT / "tests/audio/noisy_speech.wav"


def test_start_up_imports_nothing_heavy():
    """What the commands need besides numpy is imported when they run."""
    script = "import sys, percepnet.commands.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, check=True)
    heavy = {"matplotlib", "scipy", "soundfile", "soxr", "playwright", "jinja2", "pesq", "torch"}
    assert heavy & set(done.stdout.decode().split()) == set()


def test_what_an_extra_brings_is_named_where_it_is_missing(percepnet, monkeypatch, tmp_path):
    """The commands that need no picture do without matplotlib."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    words = ("inspect", write_clip(tmp_path / "in.wav", 48000, 1), "--model", "{model}")
    assert percepnet(*words)[0] == 0
    for drawing in (
        (*words, "--plot", tmp_path / "out.png"),
        ("verify", tmp_path / "in.wav", "--model", "{model}", "--html", tmp_path / "out.html"),
        ("bench", "--model", "{model}", "--peers", "none", "--html", tmp_path / "out.html"),
        ("evaluate", "--clean", tmp_path, "--noisy", tmp_path, "--model", "{model}", "--out", tmp_path / "out"),
        ("showcase", "--clip", LONGER, "--model", "{model}", "--out", tmp_path / "out"),
    ):
        status, said, trouble = percepnet(*drawing)
        assert (status, said) == (2, "") and "pip install 'percepnet[reports]'" in trouble and trouble.count("\n") == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "in.wav"]


OUTSIDE = """
from percepnet.commands import cli
for words in ("showcase", "demo", "bench", "build", "codegen", "vectors", "verify", "staircase"):
    print(cli.run([words]))
"""


def test_what_needs_a_checkout_says_so_where_there_is_none(tmp_path):
    shutil.copytree(Path(package.__file__).parent, tmp_path / "site/deep/percepnet")
    shutil.copytree(ROOT / "models", tmp_path / "site/deep/percepnet/models")
    env = environment() | {"PYTHONPATH": str(tmp_path / "site/deep")}
    done = subprocess.run([sys.executable, "-c", OUTSIDE], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == ["2"] * 8, done.stderr
    *checkout, recordings, clip = done.stderr.splitlines()
    assert len(checkout) == 6 and all("needs a checkout of the project" in line for line in checkout)
    assert "no checkout: give a folder of recordings" in recordings and "no checkout: give CLEAN and NOISE" in clip


def test_version_and_help(percepnet):
    assert percepnet("--version")[:2] == (0, f"percepnet {package.__version__}\n")
    status, said, _ = percepnet("--help")
    commands = "enhance oracle inspect showcase staircase verify bench models build demo codegen vectors".split()
    assert status == 0 and all(command in said for command in commands)
    status, said, trouble = percepnet()
    assert status == 0 and "Usage: percepnet" in said and "enhance" in said and trouble == ""


@pytest.mark.parametrize("ideal", [(), ("--no-strengths",), ("--no-gains",)])
def test_oracle_mixes_at_the_ratio_and_enhances(ideal, percepnet, tmp_path):
    soundfile.write(tmp_path / "clean.wav", soundfile.read(CLEAN)[0][24000:96000], 48000, subtype="FLOAT")
    noise, rng = tmp_path / "noise.wav", np.random.default_rng(1)
    soundfile.write(noise, 0.1 * rng.standard_normal(30000), 48000, subtype="FLOAT")
    words = ("oracle", tmp_path / "clean.wav", noise, tmp_path / "out.wav", "--snr", 3)
    status, said, _ = percepnet(*words, "--mixture", tmp_path / "mixture.wav", *ideal)
    clean, mixture, out = (soundfile.read(tmp_path / f"{n}.wav")[0] for n in ("clean", "mixture", "out"))
    assert status == 0 and len(out) == len(clean) == len(mixture)
    assert 10 * np.log10(np.mean(clean**2) / np.mean((mixture - clean) ** 2)) == pytest.approx(3, abs=1e-3)
    before, after = si_sdr(clean, mixture), si_sdr(clean, out)
    assert f"SI-SDR {before:.2f} dB before, {after:.2f} dB after" in said
    assert after > before + (0.3 if ideal == ("--no-gains",) else 6)


@pytest.mark.parametrize("rate, channels", [(48000, 1), (16000, 2)])
def test_inspect_draws_and_tells(rate, channels, percepnet, tmp_path):
    from matplotlib.image import imread

    source = write_clip(tmp_path / "in.wav", rate, channels, seconds=1)
    status, said, _ = percepnet("inspect", source, "--plot", tmp_path / "out.png", "--model", "{model}")
    assert status == 0 and "1.00 s, 101 frames" in said and "pitch when voiced" in said
    data = (tmp_path / "out.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == (1300, 1400)
    rows = np.array_split(imread(tmp_path / "out.png")[:, :1100, :3], 5)
    assert all(row.std() > 0.1 for row in rows), "a panel is blank"


@pytest.mark.parametrize("samples", [np.zeros(9600), np.array([0.5])], ids=["silence", "one sample"])
def test_inspect_bears_silence_and_next_to_nothing(samples, percepnet, tmp_path, recwarn):
    soundfile.write(tmp_path / "in.wav", samples, 48000)
    words = ("inspect", tmp_path / "in.wav", "--plot", tmp_path / "out.png", "--model", "{model}")
    assert percepnet(*words)[0] == 0
    assert (tmp_path / "out.png").stat().st_size > 10_000 and not recwarn.list


def test_inspection_is_aligned(model):
    """The pitch of a steady 200 Hz buzz that starts after half a second is found then, not before."""
    pulses = np.where(np.arange(48000) % 240 == 0, 0.5, 0) * (np.arange(48000) >= 24000)
    found = inspect_audio(Audio(pulses[:, None].astype(np.float32), 48000), model)
    assert not found.voiced[:48].any() and found.voiced[54:98].all()
    assert np.abs(found.pitch_hz[54:98] - 200).max() < 1
    assert found.signals["xc"][54:98, 80 - 32].min() > found.signals["xc"][:46].max()  # 80 samples at 16 kHz
    assert len(found.signals["g"]) == 101 and found.enhanced.shape == (48000,)


def test_models_are_found_by_path_name_and_width(model, tmp_path):
    for width in (64, 256, 512):
        (tmp_path / f"percepnet-{width}.pnet").write_bytes(model.read_bytes())
    assert models.find_model(None, tmp_path).name == "percepnet-256.pnet"
    assert models.find_model("512", tmp_path) == models.find_model("percepnet-512", tmp_path)
    assert models.find_model(model, tmp_path) == model
    with pytest.raises(PercepNetError, match="percepnet-256, percepnet-512, percepnet-64"):
        models.find_model("128", tmp_path)
    table = models.model_table(tmp_path)
    assert table.row_count == 3 and list(table.columns[3].cells)[0] == "seed 1"


@pytest.mark.browser
def test_showcase_cleans_the_clip_in_a_browser(percepnet, tmp_path):
    status, said, _ = percepnet("showcase", "--out", tmp_path / "show", "--model", "{model}")
    assert status == 0 and re.search(r"same bits as native C.*yes", said) and "µs per 10 ms frame" in said
    assert all(word in said for word in ("SI-SDR", "PESQ-WB", "ESTOI", "Chromium", "make demo"))
    assert said.count("\n") <= 24, "more than a screen"
    wav, png = tmp_path / "show/noisy_speech_enhanced.wav", tmp_path / "show/noisy_speech_before_after.png"
    assert soundfile.info(wav).frames == soundfile.info(NOISY).frames
    assert struct.unpack(">II", png.read_bytes()[16:24]) == (1200, 950)
