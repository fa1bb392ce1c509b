"""Synthesised voices: a data folder like any other, the same for the same seed, whole again after a stop."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import soundfile
from rich.progress import Progress

from percepnet.errors import Missing
from percepnet.training import synthesisers
from percepnet.training.corpus import group_of
from percepnet.training.manifest import read_manifest, read_segments, write_tables
from percepnet.training.synthesise import plan, synthesise
from percepnet.training.texts import languages, texts

HOURS = 0.004


def make(out, **changes):
    arguments = {"engine": "espeak-ng", "hours": HOURS, "seed": 3, "jobs": 1} | changes
    with Progress(disable=True) as progress:
        return synthesise(out, progress=progress, **arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Some seconds of espeak-ng (install it with `sudo apt install espeak-ng` if this fails)."""
    out = tmp_path_factory.mktemp("voices") / "synth"
    make(out)
    return out


def test_files_are_as_the_tables_say(folder):
    manifest, segments = read_manifest(folder), read_segments(folder)
    assert manifest and {row["path"] for row in manifest} == set(segments)
    for row in manifest:
        audio, rate = soundfile.read(folder / row["path"])
        assert rate == 48000 and audio.ndim == 1
        clips = segments[row["path"]]
        spoken = sum(float(clip["end_s"]) - float(clip["start_s"]) for clip in clips)
        assert spoken == pytest.approx(float(row["seconds"]), abs=0.01)
        assert float(clips[-1]["end_s"]) <= len(audio) / rate
        for clip in clips:
            cut = audio[round(float(clip["start_s"]) * rate) : round(float(clip["end_s"]) * rate)]
            assert 0.01 < np.sqrt(np.mean(cut**2)) < 0.3
        assert 9000 <= float(row["bw_hz"]) <= 11025  # espeak-ng speaks at 22.05 kHz
        assert 60 <= float(row["f0_hz"]) <= 350


def test_the_sum_is_what_was_asked_for(folder):
    seconds = sum(float(row["seconds"]) for row in read_manifest(folder))
    assert HOURS * 3600 <= seconds <= 3 * HOURS * 3600  # whole sentences


def test_the_same_seed_says_the_same(folder, tmp_path):
    make(tmp_path / "again")
    for row in read_manifest(folder):
        first, again = (soundfile.read(where / row["path"])[0] for where in (folder, tmp_path / "again"))
        assert np.array_equal(first, again)


def test_goes_on_where_it_was_stopped(folder, tmp_path):
    out = tmp_path / "stopped"
    (out / "speech").mkdir(parents=True)
    kept = read_manifest(folder)[0]
    (out / kept["path"]).write_bytes((folder / kept["path"]).read_bytes())
    write_tables(out, [kept], read_segments(folder)[kept["path"]])
    before = (out / kept["path"]).stat().st_mtime_ns
    make(out)
    assert (out / kept["path"]).stat().st_mtime_ns == before
    assert sorted(map(str, read_manifest(out))) == sorted(map(str, read_manifest(folder)))


def test_a_voice_stays_together_whatever_it_speaks():
    voices = synthesisers.installed_voices("espeak-ng")
    rows = [{"kind": "speech", "speaker_or_class": voice.speaker, "language": voice.language} for voice in voices]
    groups = {row["speaker_or_class"]: group_of(row) for row in rows}
    assert all(group == speaker for speaker, group in groups.items())
    assert len(groups) < len(voices)
    low = sum(voice.sex == "M" for voice in voices)
    assert low > len(voices) / 2


def test_one_persons_voice_is_one_speaker_in_both_engines():
    engines = {}
    for voice in synthesisers.RECORDED_VOICES:
        engines.setdefault(voice.speaker, set()).add(voice.engine)
    assert engines["festvox kal"] == engines["festvox slt"] == {"flite", "festival"}


@pytest.mark.parametrize("language", sorted(languages()))
def test_texts_are_words_of_the_languages_own_letters(language):
    letters = set("".join(languages()[language]).lower()) | {" "}
    said = texts(language, np.random.default_rng(1))
    made = [next(said) for _ in range(40)]
    assert set("".join(made).lower()) <= letters
    assert len(set(made)) > len(languages()[language]) + 10
    again = texts(language, np.random.default_rng(1))
    assert made == [next(again) for _ in range(40)]


def test_recorded_voices_can_be_written_in_their_encoding():
    for voice in synthesisers.RECORDED_VOICES:
        for sentence in languages()[voice.language]:
            assert sentence.encode(voice.encoding).decode(voice.encoding) == sentence


@pytest.mark.parametrize("engine", ["espeak-ng", "flite", "festival", "all"])
def test_a_missing_engine_says_what_to_install(engine, monkeypatch):
    monkeypatch.setattr(synthesisers.shutil, "which", lambda program: None)
    with pytest.raises(Missing, match="sudo apt install .*" + (engine if engine != "all" else "flite")):
        plan(engine, 1.0, 1)


def test_ctrl_c_ends_it_in_one_line_and_leaves_whole_files(tmp_path):
    out = tmp_path / "synth"
    command = [sys.executable, "-m", "percepnet", "data", "synthesise", str(out), "--engine", "espeak-ng"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        patience = time.monotonic() + 60
        while not (out / "manifest.csv").exists() and time.monotonic() < patience:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        message = process.communicate(timeout=60)[1]
    assert process.returncode == 130 and message == "percepnet: interrupted\n"
    assert not list(out.rglob(".*"))
    for row in read_manifest(out):
        assert soundfile.info(out / row["path"]).duration >= float(row["seconds"])
