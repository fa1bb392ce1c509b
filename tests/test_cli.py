"""The command line: every command on small input, every mistake one clear line, no file half written."""

import contextlib
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import correlate

from percepnet import cli, demo_server, enhance_files, models, native
from percepnet.environment import ROOT
from percepnet.errors import Missing, PercepNetError
from percepnet.model_file import random_model, write_model
from percepnet.quality import si_sdr

AUDIO = ROOT / "tests/audio"
NOISY, CLEAN = AUDIO / "noisy_speech.wav", AUDIO / "clean_speech.flac"
RATES = (8000, 16000, 44100, 48000, 96000)


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """Path of the smallest model, of random weights."""
    path = tmp_path_factory.mktemp("model") / "random.pnet"
    made = random_model(64)
    write_model(path, made.weights, made.card)
    return path


@pytest.fixture
def clip(tmp_path):
    """0.2 s of noisy speech, in.wav in a folder of its own (float, so that nothing is rounded)."""
    return write_clip(tmp_path / "in.wav", 48000, 1)


@pytest.fixture
def percepnet(model, capsys):
    """percepnet(*words) -> (status, stdout, stderr); {model} stands for the random model."""

    def run(*words):
        status = cli.run([str(word).format(model=model) for word in words])
        return status, *capsys.readouterr()

    return run


def speech(seconds, rate=48000):
    import soxr

    samples = soundfile.read(NOISY, dtype="float32")[0][36000 : 36000 + int(seconds * 48000)]
    return soxr.resample(samples, 48000, rate)


def write_clip(path, rate, channels, seconds=0.2, **options):
    samples = np.stack([np.roll(speech(seconds, rate), 40 * channel) for channel in range(channels)], axis=1)
    soundfile.write(path, samples, rate, **({"subtype": "FLOAT"} | options))
    return path


def same_samples(*paths):
    """By samples, not by bytes: float WAV files hold the time of their writing."""
    return len({soundfile.read(path, dtype="float32")[0].tobytes() for path in paths}) == 1


def one_line(text):
    return text.startswith("percepnet: ") and text.count("\n") == 1 and "Traceback" not in text


# --- enhance


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_enhance_keeps_length_place_and_channels(rate, channels, percepnet, tmp_path):
    """With gains held at 1 the result is close to the input, so that its place shows."""
    source = write_clip(tmp_path / "in.wav", rate, channels, seconds=0.4)
    options = ("--model", "{model}", "--max-attenuation-db", 0, "--postfilter", 0)
    assert percepnet("enhance", source, tmp_path / "out.wav", *options)[0] == 0
    before, after = (soundfile.read(path, always_2d=True)[0] for path in (source, tmp_path / "out.wav"))
    assert after.shape == before.shape and soundfile.info(tmp_path / "out.wav").samplerate == rate
    for channel in range(channels):
        agreement = correlate(after[:, channel], before[:, channel], method="fft")
        assert abs(int(np.argmax(agreement)) - (len(before) - 1)) <= 1


def test_every_backend_without_a_browser_writes_the_same_file(percepnet, clip):
    files = {backend: clip.with_name(f"{backend}.wav") for backend in ("reference", "native", "wasm")}
    for backend, path in files.items():
        assert percepnet("enhance", clip, path, "--backend", backend, "--model", "{model}")[0] == 0
    assert same_samples(*files.values())


@pytest.mark.browser
def test_the_browser_writes_the_same_file(percepnet, clip):
    files = {backend: clip.with_name(f"{backend}.wav") for backend in ("native", "browser")}
    for backend, path in files.items():
        assert percepnet("enhance", clip, path, "--backend", backend, "--model", "{model}")[0] == 0
    assert same_samples(*files.values())


def test_enhance_gives_what_the_core_gives(percepnet, clip, model):
    target = clip.with_name("out.wav")
    options = ("--max-attenuation-db", 12, "--postfilter", 0.5)
    status, said, _ = percepnet("enhance", clip, target, "--model", "{model}", *options)
    expected = native.Enhancer(model, max_attenuation_db=12, postfilter=0.5).enhance(speech(0.2))
    assert np.array_equal(soundfile.read(target, dtype="float32")[0], expected)
    assert status == 0 and said.startswith(f"{target}: 0.20 s, 1 channel, 48000 Hz, in ")


@pytest.mark.parametrize("rate", [8000, 48000, 96000, 384000])
@pytest.mark.parametrize("backend", ["reference", "native", "wasm"])
def test_one_sample_is_a_recording(rate, backend, percepnet, tmp_path):
    soundfile.write(tmp_path / "in.wav", [0.5], rate)
    words = ("enhance", tmp_path / "in.wav", tmp_path / "out.wav", "--backend", backend, "--model", "{model}")
    assert percepnet(*words)[0] == 0
    assert soundfile.info(tmp_path / "out.wav").frames == 1


def test_a_folder_as_target_of_a_file_gets_the_file(percepnet, clip, tmp_path):
    (tmp_path / "results").mkdir()
    assert percepnet("enhance", clip, tmp_path / "results", "--model", "{model}")[0] == 0
    assert (tmp_path / "results/in.wav").exists()


def make_tree(folder):
    (folder / "in/deep").mkdir(parents=True)
    write_clip(folder / "in/a.wav", 16000, 2, subtype="PCM_16")
    write_clip(folder / "in/deep/b.flac", 44100, 1, subtype="PCM_24")
    (folder / "in/notes.txt").write_text("not audio")
    return folder / "in"


def test_a_folder_is_mirrored(percepnet, tmp_path):
    status, said, trouble = percepnet("enhance", make_tree(tmp_path), tmp_path / "out", "--model", "{model}")
    made = sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert (status, trouble, made) == (0, "", ["a.wav", "deep/b.flac"])
    assert "passed over" in said and "notes.txt" in said and "2 of 2 files" in said
    assert soundfile.info(tmp_path / "out/a.wav").subtype == "PCM_16"
    assert soundfile.info(tmp_path / "out/deep/b.flac").subtype == "PCM_24"


def test_one_bad_file_does_not_lose_the_others(percepnet, tmp_path):
    folder = make_tree(tmp_path)
    (folder / "bad.wav").write_bytes(b"not audio")
    (folder / "empty.flac").write_bytes(b"")
    status, said, trouble = percepnet("enhance", folder, tmp_path / "out", "--model", "{model}")
    made = sorted(p.name for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert status == 2 and made == ["a.wav", "b.flac"] and "2 of 4 files" in said
    assert trouble.count("\n") == 2 and "bad.wav" in trouble and "empty.flac" in trouble


# --- mistakes


@pytest.fixture
def bad_files(tmp_path, model):
    """A folder with one of each."""
    soundfile.write(tmp_path / "none.wav", np.zeros(0), 48000)
    soundfile.write(tmp_path / "nan.wav", [0.0, np.nan, 0.0], 48000, subtype="FLOAT")
    soundfile.write(tmp_path / "inf.wav", [0.0, np.inf], 48000, subtype="FLOAT")
    soundfile.write(tmp_path / "silence.wav", np.zeros(9600), 48000)
    write_clip(tmp_path / "good.wav", 48000, 1)
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("words")
    (tmp_path / "cut.pnet").write_bytes(model.read_bytes()[:-1])
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
    "damaged model": ("enhance {d}/good.wav {d}/out.wav --model {d}/cut.pnet", "damaged"),
    "damaged model, reference": (
        "enhance {d}/good.wav {d}/out.wav --backend reference --model {d}/cut.pnet", "damaged"),
    "damaged model, wasm": (
        "enhance {d}/good.wav {d}/out.wav --backend wasm --model {d}/cut.pnet", "not a PercepNet model"),
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
    "unknown command": ("enhanse", "No such command"),
    "folder to file": ("enhance {d} {d}/good.wav", "is not a folder"),
    "folder into itself": ("enhance {d} {d}/folder", "inside the input folder"),
    "folder without audio": ("enhance {d}/folder {d}/out", "no audio file"),
    "folder in a missing one": ("enhance {d} {d}/../nowhere/out", "create it first"),
    "inspect a missing file": ("inspect {d}/nowhere.wav", "No such file"),
    "inspect a folder": ("inspect {d}/folder", "is a folder"),
    "figure of unknown type": ("inspect {d}/good.wav --plot {d}/out.bmp", "cannot draw"),
    "figure over the input": ("inspect {d}/good.wav --plot {d}/nowhere/out.png", "create it first"),
    "silent noise": ("oracle {d}/good.wav {d}/silence.wav {d}/out.wav --snr 5", "silence.wav is silent"),
    "silent speech": ("oracle {d}/silence.wav {d}/good.wav {d}/out.wav --snr 5", "silence.wav is silent"),
    "one name for two": (
        "oracle {d}/good.wav {d}/good.wav {d}/out.wav --mixture {d}/out.wav", "give two names"),
    "showcase of nothing": ("showcase --clip {d}/nowhere.wav --out {d}/out", "No such file"),
    "showcase of another length": (
        "showcase --clip {d}/good.wav --clean {d}/silence.wav.wav --out {d}/out", "No such file"),
}  # fmt: skip
TAKE_MODEL = ("enhance", "inspect", "showcase")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_and_no_file(mistake, bad_files, percepnet):
    command, complaint = MISTAKES[mistake]
    words = command.format(d=bad_files).split()
    if words[0] in TAKE_MODEL and "--model" not in words:
        words += ["--model", "{model}"]
    before = sorted(bad_files.rglob("*"))
    status, said, trouble = percepnet(*words)
    assert (status, said) == (2, "")
    assert one_line(trouble) and complaint in trouble, trouble
    assert sorted(bad_files.rglob("*")) == before


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
    from percepnet import browser

    monkeypatch.setattr(browser, "find_chromium", lambda: str(tmp_path / "no-chromium"))
    browser.shared.cache_clear()
    source = write_clip(tmp_path / "in.wav", 48000, 1)
    words = ("enhance", source, tmp_path / "out.wav", "--backend", "browser", "--model", "{model}")
    status, _, trouble = percepnet(*words)
    browser.shared.cache_clear()
    assert status == 2 and one_line(trouble) and "chromium" in trouble.lower()
    assert not (tmp_path / "out.wav").exists()


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
    running = subprocess.Popen([sys.executable, "-m", "percepnet", *words], stderr=side, env=environment())
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


def environment():
    path = os.pathsep.join([str(ROOT / "py_reference"), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"PYTHONPATH": path, "TERM": "xterm"}


# --- other commands


def test_start_up_imports_nothing_heavy():
    """What the commands need besides numpy is imported when they run."""
    script = "import sys, percepnet.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, check=True)
    heavy = {"matplotlib", "scipy", "soundfile", "soxr", "playwright", "jinja2", "pesq", "torch"}
    assert heavy & set(done.stdout.decode().split()) == set()


def test_version_and_help(percepnet):
    assert percepnet("--version")[:2] == (0, f"percepnet {importlib_version()}\n")
    status, said, _ = percepnet("--help")
    commands = ("enhance", "oracle", "inspect", "showcase", "models", "build", "demo", "codegen", "vectors")
    assert status == 0 and all(command in said for command in commands)


def importlib_version():
    import percepnet

    return percepnet.__version__


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
    from percepnet.audio_io import Audio
    from percepnet.inspection import inspect_audio

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


def test_python_and_the_web_folder_prefer_the_same_model():
    listed = re.search(r"PREFERENCE = \[(.*)\]", (ROOT / "web/build.mjs").read_text()).group(1)
    assert [f"percepnet-{width}" for width in models.PREFERENCE] == re.findall(r"'(.*?)'", listed)


def test_backends_of_the_command_are_those_that_exist():
    assert [str(backend) for backend in cli.Backend] == list(enhance_files.BACKENDS)


@pytest.fixture
def demo(tmp_path):
    """URL of a demo server for a folder with a page and a module."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/index.html").write_text("<!doctype html>")
    (tmp_path / "dist/percepnet.wasm").write_bytes(b"\0asm")
    (tmp_path / "dist/demo.js").write_text("")
    (tmp_path / "secret.txt").write_text("")
    with demo_server.make_server(tmp_path / "dist", 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


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


@pytest.mark.parametrize("path", ["/nothing", "/../secret.txt", "/%2e%2e/secret.txt"])
def test_demo_serves_nothing_else(path, demo):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(demo + path, timeout=10)


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
def test_showcase_cleans_the_clip_in_a_browser(percepnet, tmp_path):
    status, said, _ = percepnet("showcase", "--out", tmp_path / "show", "--model", "{model}")
    assert status == 0 and re.search(r"same bits as native C.*yes", said) and "µs per 10 ms frame" in said
    assert all(word in said for word in ("SI-SDR", "PESQ-WB", "ESTOI", "Chromium", "make demo"))
    assert said.count("\n") <= 24, "more than a screen"
    wav, png = tmp_path / "show/noisy_speech_enhanced.wav", tmp_path / "show/noisy_speech_before_after.png"
    assert soundfile.info(wav).frames == soundfile.info(NOISY).frames
    assert struct.unpack(">II", png.read_bytes()[16:24]) == (1200, 950)
