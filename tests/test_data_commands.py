"""`percepnet data check | mix | throughput`: the split is proved, mixtures come back, mistakes are one line."""

import shutil

import matplotlib.image
import numpy as np
import pytest
import soundfile
from tiny_corpus import build_tiny_corpus

from percepnet.commands import cli
from percepnet.training.check import open_splits, shared
from percepnet.training.corpus import SPLITS, Corpus
from percepnet.training.mix import make_mixture


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return build_tiny_corpus(tmp_path_factory.mktemp("data") / "corpus")


def test_check_shows_every_split_and_its_proof(data, capsys):
    assert cli.run(["data", "check", str(data)]) == 0
    text = capsys.readouterr().out
    assert "No speaker, noise class, room or recording is in two splits." in text
    for heading in ("hours of speech", "pitch", "bandwidth", "language", "licence"):
        assert heading in text


def test_check_finds_a_recording_under_two_names(data, tmp_path, capsys):
    folder = tmp_path / "corpus"
    shutil.copytree(data, folder)
    train, test = (Corpus(folder, split).speakers[0].clips[0].path for split in ("train", "test"))
    shutil.copy(train, test)
    assert cli.run(["data", "check", str(folder)]) == 1
    assert "the same bytes" in capsys.readouterr().out


def test_check_finds_a_source_in_two_splits(data):
    splits = open_splits([data])
    splits["test"].noises.append(splits["train"].noises[0])
    assert any(splits["train"].noises[0].group in line for line in shared(splits))


@pytest.mark.parametrize("split", SPLITS)
def test_mix_gives_the_mixture_that_training_sees(data, tmp_path, split):
    arguments = ["data", "mix", str(data), str(tmp_path / "out"), "--split", split, "--id", "7", "--count", "2"]
    assert cli.run([*arguments, "--seed", "3"]) == 0
    for index in (7, 8):
        name = tmp_path / "out" / f"{split}-3-{index}"
        mixture = make_mixture(Corpus(data, split), 3, index)
        for part in ("noisy", "clean"):
            samples, rate = soundfile.read(f"{name}-{part}.wav", dtype="float32")
            assert rate == 48000 and np.array_equal(samples, getattr(mixture, part))
        assert matplotlib.image.imread(f"{name}.png").shape[2] == 4


def test_throughput_is_a_number(data, capsys):
    assert cli.run(["data", "throughput", str(data), "--mixtures", "1", "--jobs", "1"]) == 0
    assert float(capsys.readouterr().out.split()[0]) > 1


def test_help_is_shown_where_no_command_is_given(capsys):
    assert cli.run(["data"]) == 0
    said, trouble = capsys.readouterr()
    assert "Usage: percepnet data" in said and "throughput" in said and trouble == ""


COLUMNS = "path,kind,speaker_or_class,language,seconds,bw_hz,snr_db,licence,split"


@pytest.mark.parametrize(
    "manifest, fault",
    [
        ("path,kind\na.wav,speech\n", "has no column speaker_or_class"),
        (f"{COLUMNS}\na.wav,song,anna,,1,20000,40,,\n", "kind 'song' in row 1 is none of speech, noise, rir"),
        (f"{COLUMNS}\na.wav,speech,anna,,1,20000,40,,half\n", "split 'half' in row 1 is none of train, validation"),
        (f"{COLUMNS}\na.wav,speech,anna,,1,20000,loud,,\n", "snr_db 'loud' in row 1 is no number"),
        (f"{COLUMNS}\na.wav,speech,anna,,nan,20000,40,,\n", "seconds 'nan' in row 1 is no number"),
        ("RIFF\0\0", "manifest.csv"),
    ],
)
def test_a_manifest_that_is_none_is_one_line(manifest, fault, capsys, tmp_path):
    (tmp_path / "manifest.csv").write_text(manifest)
    for words in (["data", "check", str(tmp_path)], ["data", "mix", str(tmp_path), str(tmp_path / "out")]):
        assert cli.run(words) == 2
        (line,) = capsys.readouterr().err.strip().splitlines()
        assert fault in line and line.endswith(f"`percepnet data scan {tmp_path} --replace`")
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.csv"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "nowhere"],
        ["mix", "nowhere", "out"],
        ["throughput", "nowhere"],
        ["scan", "nowhere"],
        ["synthesise", "out", "--hours", "-1"],
        ["synthesise", "out", "--engine", "siri"],
        ["mix", "nowhere"],
    ],
)
def test_a_users_mistake_is_one_line_and_status_2(arguments, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert cli.run(["data", *arguments]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
