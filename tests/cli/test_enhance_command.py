"""`percepnet enhance`: any rate, channels and format, files and folders, the same bits from every backend."""

import numpy as np
import pytest
import soundfile
from clips import same_samples, speech, write_clip
from scipy.signal import correlate

from percepnet import native
from percepnet.commands import backends, cli

RATES = (8000, 16000, 44100, 48000, 96000)


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


def test_backends_of_the_command_are_those_that_exist():
    assert [str(backend) for backend in cli.Backend] == list(backends.BACKENDS)


def test_processes_mirror_a_folder_as_one_does(percepnet, tmp_path):
    source = make_tree(tmp_path)
    for jobs in (1, 2):
        words = ("enhance", source, tmp_path / f"out{jobs}", "--model", "{model}", "--jobs", jobs)
        assert percepnet(*words)[0] == 0
    for name in ("a.wav", "deep/b.flac"):
        assert same_samples(tmp_path / "out1" / name, tmp_path / "out2" / name)


def test_what_works_in_one_process_says_so(percepnet, tmp_path):
    words = ("enhance", make_tree(tmp_path), tmp_path / "out", "--model", "{model}", "--backend", "wasm", "--jobs", 2)
    assert percepnet(*words) == (2, "", "percepnet: --backend wasm works in one process: leave --jobs and --dask out\n")


def test_options_of_a_folder_are_refused_for_a_file(percepnet, tmp_path):
    file = make_tree(tmp_path) / "a.wav"
    for option, value in (("--jobs", 2), ("--dask", "tcp://127.0.0.1:1")):
        status, said, trouble = percepnet("enhance", file, tmp_path / "o.wav", "--model", "{model}", option, value)
        assert (status, said, trouble.count("\n")) == (2, "", 1) and "a.wav is a file: leave them out" in trouble
    assert not (tmp_path / "o.wav").exists()
