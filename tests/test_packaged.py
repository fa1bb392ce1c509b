"""Recordings out of Debian packages: what is fit to use, whose licence it has, whole again after a stop."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from rich.progress import Progress
from tiny_corpus import voice

from percepnet.commands import cli
from percepnet.errors import Missing, PercepNetError
from percepnet.training import deb_package
from percepnet.training.deb_package import need, unpack
from percepnet.training.manifest import read_manifest, read_segments
from percepnet.training.packaged import PACKAGES, collect, recipes
from percepnet.training.splits import assigned_splits

KEPT_APART = ("rain", "baby", "city", "train", "fire", "rooster")  # classes for tests and validation
COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2020 Somebody
License: GPL-2+

Files: data/sounds/wind*
 data/sounds/storm*
Copyright: 2021 Another
License: CC0-1.0
 Nothing is reserved.

Files: data/sounds/gusts*
Copyright: 2021 Another
License: CC-BY-NC-3.0
"""
LIST = """
[fake-data]
root = "usr/share/games/fake"
archives = ["sounds.zip"]

[fake-data.noise]
"wind" = ["sounds/*.wav", "sounds/*.ogg", "!sounds/unwanted*", "!sounds/song*"]
"music" = ["sounds/song*"]
"doors" = ["sounds.zip/doors/*"]

[fake-data.speech]
"fake anna" = { language = "xx", files = ["voices/anna*"] }
"fake telephone" = { language = "xx", files = ["voices/telephone*"] }
"""


def noise(seconds, rate=44100, channels=1, seed=1):
    return 0.1 * np.random.default_rng(seed).standard_normal((round(seconds * rate), channels))


def fill(root: Path) -> None:
    """The files of the package, most of them unfit for one reason each."""
    (root / "sounds").mkdir(parents=True)
    (root / "voices").mkdir()
    soundfile.write(root / "sounds/wind1.wav", noise(2, channels=2), 44100)
    soundfile.write(root / "sounds/wind2.ogg", noise(3, 48000, seed=2), 48000, format="OGG", subtype="VORBIS")
    soundfile.write(root / "sounds/song.wav", noise(31, 32000, seed=3), 32000)
    shutil.copy(root / "sounds/wind1.wav", root / "sounds/storm.wav")
    soundfile.write(root / "sounds/gusts.wav", noise(2, seed=4), 44100)
    soundfile.write(root / "sounds/unwanted.wav", noise(2, seed=5), 44100)
    soundfile.write(root / "sounds/tick.wav", noise(0.05), 44100)
    soundfile.write(root / "sounds/silence.wav", np.zeros(44100), 44100)
    soundfile.write(root / "sounds/old.wav", noise(2, 11025), 11025)
    (root / "sounds/broken.ogg").write_bytes(b"OggS and no more")
    rng = np.random.default_rng(6)
    for number in range(3):
        clear = voice(rng, 1.0) + 0.003 * rng.standard_normal(48000) * np.hanning(48000)
        soundfile.write(root / f"voices/anna{number}.wav", clear, 48000)
        soundfile.write(root / f"voices/telephone{number}.wav", voice(rng, 1.0)[::6], 8000)
    soundfile.write(root / "door.wav", noise(1, seed=7), 44100)
    with zipfile.ZipFile(root / "sounds.zip", "w") as archive:
        archive.write(root / "door.wav", "doors/door.wav")
    (root / "door.wav").unlink()


@pytest.fixture(scope="module")
def debs(tmp_path_factory):
    """A folder with one package (if this fails for want of dpkg-deb, `sudo apt install dpkg`)."""
    need("dpkg-deb")
    tree = tmp_path_factory.mktemp("tree")
    fill(tree / "usr/share/games/fake")
    (tree / "usr/share/doc/fake-data").mkdir(parents=True)
    (tree / "usr/share/doc/fake-data/copyright").write_text(COPYRIGHT)
    (tree / "DEBIAN").mkdir()
    control = "Package: fake-data\nVersion: 1:2.0-1\nSection: games\nArchitecture: all\nMaintainer: nobody <n@b.c>\n"
    (tree / "DEBIAN/control").write_text(control + "Description: made for a test\n")
    folder = tmp_path_factory.mktemp("debs")
    command = [
        "dpkg-deb",
        "--root-owner-group",
        "-Znone",
        "--build",
        str(tree),
        str(folder / "fake-data_2.0-1_all.deb"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "list.toml"
    path.write_text(LIST)
    return path


def make(out, listed, debs):
    with Progress(disable=True) as progress:
        return collect(out, recipes(listed, []), debs, 1, progress)


@pytest.fixture(scope="module")
def made(debs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    (folder / "list.toml").write_text(LIST)
    return folder / "out", *make(folder / "out", folder / "list.toml", debs)


def test_what_is_fit_is_taken_and_the_rest_has_its_reason(made):
    out, rows, left_out = made
    clips = {path: [clip["origin"].rsplit("/", 1)[1] for clip in found] for path, found in read_segments(out).items()}
    assert clips == {
        "noise/fake-data_wind.flac": ["storm.wav", "wind2.ogg"],
        "noise/fake-data_music.flac": ["song.wav"],
        "noise/fake-data_doors.flac": ["door.wav"],
        "speech/fake-data_fake-anna.flac": ["anna0.wav", "anna1.wav", "anna2.wav"],
    }
    assert left_out == {
        "that are copies": 1,
        "under a licence that is not free": 1,
        "too quiet or too short": 2,
        "below 32 kHz": 1,
        "that cannot be decoded": 1,
        "narrower than 13 kHz": 3,
    }
    assert len(rows) == 4


def test_files_are_as_the_tables_say(made):
    out, *_ = made
    segments = read_segments(out)
    for row in read_manifest(out):
        audio, rate = soundfile.read(out / row["path"])
        assert rate == 48000 and audio.ndim == 1
        assert row["source"] == "Debian fake-data 1:2.0-1"
        assert np.abs(audio).max() < 1
        for clip in segments[row["path"]]:
            cut = audio[round(float(clip["start_s"]) * rate) : round(float(clip["end_s"]) * rate)]
            assert 0.02 < np.sqrt(np.mean(cut**2)) < 0.2
            assert clip["origin"].startswith("fake-data 1:2.0-1:usr/share/games/fake/")
    wind, music, doors, anna = read_manifest(out)
    assert (wind["speaker_or_class"], anna["speaker_or_class"], anna["language"]) == ("wind", "fake anna", "xx")
    assert float(wind["seconds"]) == pytest.approx(2 + 3, abs=0.3)
    assert float(music["seconds"]) == pytest.approx(30, abs=0.1)  # cut, as no class shall be music above all
    assert 60 < float(anna["f0_hz"]) < 350 and float(anna["bw_hz"]) > 13000


def test_licences_are_those_of_the_copyright_file(made):
    out, *_ = made
    wind, music, doors, anna = read_manifest(out)
    assert [row["licence"] for row in (wind, music, doors, anna)] == ["CC0-1.0", "GPL-2+", "GPL-2+", "GPL-2+"]
    assert (out / "licences/fake-data").read_text() == COPYRIGHT


def test_all_trains_but_for_classes_that_others_test_with(made):
    out, *_ = made
    rows = read_manifest(out)
    assert set(assigned_splits(rows).values()) == {"train"}
    elsewhere = [row | {"split": "test"} for row in rows if row["speaker_or_class"] == "wind"]
    assert assigned_splits(rows + elsewhere)["noise", "wind"] == "test"


def test_goes_on_where_it_was_stopped_and_follows_the_list(debs, listed, tmp_path):
    out = tmp_path / "out"
    make(out, listed, debs)
    wind = out / "noise/fake-data_wind.flac"
    before, tables = wind.stat().st_mtime_ns, read_manifest(out)
    make(out, listed, debs)
    assert wind.stat().st_mtime_ns == before and read_manifest(out) == tables
    listed.write_text(LIST.replace('"doors" =', '"gates" ='))
    make(out, listed, debs)
    files = sorted(path.name for path in out.glob("noise/*"))
    assert files == ["fake-data_gates.flac", "fake-data_music.flac", "fake-data_wind.flac"]
    assert {row["speaker_or_class"] for row in read_manifest(out)} == {"gates", "wind", "music", "fake anna"}


def test_what_another_package_brought_is_a_copy(debs, listed, tmp_path):
    out = tmp_path / "out"
    make(out, listed, debs)
    again = listed.read_text().replace("fake-data", "same-data")
    listed.write_text(LIST + again)
    shutil.copy(debs / "fake-data_2.0-1_all.deb", tmp_path / "same-data_2.0-1_all.deb")
    shutil.copy(debs / "fake-data_2.0-1_all.deb", tmp_path)
    _, left_out = make(out, listed, tmp_path)
    assert left_out["that are copies"] == 8 and len(read_manifest(out)) == 4


def test_packages_are_fetched_with_apt_get(debs, listed, tmp_path, monkeypatch):
    program = tmp_path / "bin/apt-get"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\n[ "$3" = fake-data ] && cp {debs}/*.deb . || {{ echo "E: no such" >&2; exit 100; }}\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{Path(sys.executable).parent}:/usr/bin:/bin")
    assert len(make(tmp_path / "out", listed, None)[0]) == 4
    listed.write_text('[other]\nnoise."wind" = ["*"]\n')
    with pytest.raises(PercepNetError, match=r"cannot fetch other \(no such\): try `sudo apt-get update`"):
        make(tmp_path / "out", listed, None)


@pytest.mark.parametrize("program", ["apt-get", "dpkg-deb"])
def test_a_missing_program_says_what_to_do(program, listed, tmp_path, monkeypatch):
    monkeypatch.setattr(deb_package.shutil, "which", lambda name: None if name == program else f"/usr/bin/{name}")
    with pytest.raises(Missing, match=rf"{program} not found: \w+"):
        make(tmp_path / "out", listed, None)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("path", "licence"),
    [
        ("usr/share/games/fake/data/sounds/wind.ogg", "CC0-1.0"),
        ("usr/share/games/fake/sounds/wind.ogg", "CC0-1.0"),
        ("usr/share/games/fake/sounds/winter/wind.ogg", "GPL-2+"),
        ("usr/share/games/fake/music/wind.ogg", "GPL-2+"),
        ("usr/share/games/fake/sounds/gusts/1.ogg", "CC-BY-NC-3.0"),
    ],
)
def test_the_most_specific_pattern_of_a_copyright_file_counts(debs, tmp_path, path, licence):
    package = unpack(debs / "fake-data_2.0-1_all.deb", tmp_path, [])
    assert package.licence_of(Path(path)) == licence


def test_packages_that_are_not_free_are_refused(debs, tmp_path, monkeypatch):
    monkeypatch.setattr(deb_package, "_field", lambda deb, field: "non-free/games" if field == "Section" else "x")
    with pytest.raises(PercepNetError, match="not free: leave it out"):
        unpack(debs / "fake-data_2.0-1_all.deb", tmp_path, [])


def test_the_list_can_be_shown(capsys):
    assert cli.run(["data", "debian", "out", "--list", "--package", "0ad-data"]) == 0
    text = capsys.readouterr().out
    assert "0ad-data" in text and "waterfall" in text and "widelands" not in text


@pytest.mark.parametrize(
    ("text", "message"),
    [("[fake", "is not a list of packages"), ('[fake]\nspeech."x" = ["*"]', "fake is not as it should be")],
)
def test_a_mistake_in_a_list_is_one_line(text, message, tmp_path, capsys):
    (tmp_path / "list.toml").write_text(text)
    assert cli.run(["data", "debian", str(tmp_path / "out"), "--packages", str(tmp_path / "list.toml")]) == 2
    error = capsys.readouterr().err
    assert message in error and len(error.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_package_that_is_not_listed_is_one_line(capsys):
    assert cli.run(["data", "debian", "out", "--package", "firefox"]) == 2
    assert "no package firefox" in capsys.readouterr().err


def test_what_is_for_tests_keeps_its_class():
    wanted = [wanted for recipe in recipes(PACKAGES, []) for wanted in recipe.wanted]
    labels = [each.label for each in wanted if each.kind == "noise"]
    assert len(labels) > 100
    for label in labels:
        _, *others = re.split("[ /-]", label)
        assert not set(others) & set(KEPT_APART), label
