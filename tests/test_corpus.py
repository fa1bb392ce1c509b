"""Data folders: several at once, any audio format, decoded once; synthesised voices only train."""

import csv

import numpy as np
import pytest
import soundfile
from tiny_corpus import build_tiny_corpus, names

from percepnet.errors import BadAudio
from percepnet.training import decoded_audio
from percepnet.training.corpus import SPLITS, Corpus, CorpusError
from percepnet.training.decoded_audio import read_samples
from percepnet.training.manifest import read_manifest, read_segments, write_tables

RATE = 48000


def tone(rate: int, seconds: float = 0.5, hz: float = 1000.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv(decoded_audio.CACHE_VARIABLE, str(folder))
    return folder


@pytest.fixture(scope="module")
def two_folders(tmp_path_factory):
    """Two folders with the same speakers, noises and rooms."""
    parent = tmp_path_factory.mktemp("data")
    return [build_tiny_corpus(parent / name) for name in ("a", "b")]


def test_folders_add_up_and_a_speaker_of_both_is_one(two_folders):
    for split in SPLITS:
        one, both = Corpus(two_folders[0], split), Corpus(two_folders, split)
        for kind in ("speakers", "noises", "rooms"):
            single, double = getattr(one, kind), getattr(both, kind)
            assert [source.group for source in single] == [source.group for source in double]
            assert [2 * len(source.clips) for source in single] == [len(source.clips) for source in double]
        assert len(both.rows) == 2 * len(one.rows)


def test_clips_know_language_and_class(two_folders):
    corpus = Corpus(two_folders, "train")
    assert {clip.language for source in corpus.speakers for clip in source.clips} == {"xx"}
    for source in corpus.noises:
        assert {clip.label for clip in source.clips} == {source.group}


def test_synthesised_voices_only_train(tmp_path):
    folder = build_tiny_corpus(tmp_path / "corpus")
    manifest, segments = read_manifest(folder), read_segments(folder)
    for name in names("speech", "Robot", 1):
        row = next(row for row in manifest if row["kind"] == "speech")
        manifest.append(row | {"speaker_or_class": name, "synthetic": "yes"})
    columns = ("path", "kind", "speaker_or_class", "language", "seconds", "bw_hz", "snr_db", "licence", "synthetic")
    write_tables(folder, [{key: row.get(key, "") for key in columns} for row in manifest], flat(segments))
    robots = {
        split: [speaker for speaker in Corpus(folder, split).speakers if speaker.group.startswith("Robot")]
        for split in SPLITS
    }
    assert [len(robots[split]) for split in SPLITS] == [3, 0, 0]
    assert all(speaker.synthetic for speaker in robots["train"])


def flat(segments: dict[str, list[dict]]) -> list[dict]:
    columns = ("path", "start_s", "end_s", "bw_hz", "snr_db", "licence")
    return [{key: row[key] for key in columns} for rows in segments.values() for row in rows]


def test_a_file_without_segments_is_one_clip(tmp_path):
    folder = build_tiny_corpus(tmp_path / "corpus")
    (folder / "segments.csv").unlink()
    speaker = Corpus(folder, "train").speakers[0]
    assert len(speaker.clips) == 1 and len(Corpus(folder, "train").read(speaker.clips[0])) == 3 * RATE


def test_noisy_clips_of_speech_are_left_out(tmp_path):
    folder = build_tiny_corpus(tmp_path / "corpus")
    with open(folder / "segments.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows[0]["snr_db"] = "12"
    write_tables(folder, [dict(row) for row in read_manifest(folder)], rows)
    count = sum(len(speaker.clips) for split in SPLITS for speaker in Corpus(folder, split).speakers)
    assert count == sum(row["path"].startswith("speech") for row in rows) - 1


@pytest.mark.parametrize(("rate", "channels"), [(48000, 1), (44100, 1), (16000, 2), (96000, 3), (48000, 2)])
@pytest.mark.parametrize(
    ("suffix", "subtype"), [("wav", "PCM_16"), ("wav", "FLOAT"), ("flac", "PCM_24"), ("ogg", "VORBIS")]
)
def test_any_rate_channels_and_format_become_48_khz_mono(tmp_path, cache, rate, channels, suffix, subtype):
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, np.tile(tone(rate)[:, None], channels), rate, subtype)
    samples = read_samples(path)
    assert samples.dtype == np.int16 and len(samples) == RATE // 2
    middle = slice(4800, -4800)
    error = samples[middle] / 32768 - tone(RATE)[middle]
    assert np.sqrt(np.mean(error**2)) < (0.02 if subtype == "VORBIS" else 0.002)
    assert np.array_equal(read_samples(path, 1000, 3000), samples[1000:3000])


def test_channels_of_different_sound_are_not_mixed(tmp_path, cache):
    rng = np.random.default_rng(1)
    quiet, loud = (level * rng.standard_normal(RATE) for level in (0.02, 0.1))
    soundfile.write(tmp_path / "two.wav", np.stack([quiet, loud], axis=1), RATE, "PCM_16")
    assert np.abs(read_samples(tmp_path / "two.wav") / 32768 - loud.clip(-1, 1)).max() < 1e-4


@pytest.mark.parametrize(("level", "peak"), [(0.001, 0.9), (3.0, 0.9), (0.4, 0.4)])
def test_float_files_far_from_full_scale_are_scaled(tmp_path, cache, level, peak):
    soundfile.write(tmp_path / "tone.wav", level * 2 * tone(RATE), RATE, "FLOAT")
    assert np.abs(read_samples(tmp_path / "tone.wav")).max() / 32768 == pytest.approx(peak, rel=1e-3)


def forget():
    """What a new process does not know."""
    for function in (decoded_audio._plain_file, decoded_audio._is_mono_wav, decoded_audio._decoded_in_memory):
        function.cache_clear()


def test_a_file_is_decoded_once_for_all_processes(tmp_path, cache, monkeypatch):
    path = tmp_path / "tone.flac"
    soundfile.write(path, tone(RATE), RATE)
    first = read_samples(path)
    forget()
    with monkeypatch.context() as patch:
        patch.setattr(decoded_audio, "decode", lambda path: pytest.fail("decoded twice"))
        assert np.array_equal(read_samples(path), first)
    soundfile.write(path, 0.5 * tone(RATE, 0.6), RATE)
    forget()
    assert len(read_samples(path)) == round(0.6 * RATE)


def test_the_cache_may_be_emptied_at_any_time(tmp_path, cache):
    path = tmp_path / "tone.flac"
    soundfile.write(path, tone(RATE), RATE)
    first = read_samples(path)
    for plain in cache.rglob("*.s16"):
        plain.unlink()
    assert np.array_equal(read_samples(path), first)


def test_without_a_cache_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv(decoded_audio.CACHE_VARIABLE, "off")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    soundfile.write(tmp_path / "tone.flac", tone(RATE), RATE)
    assert len(read_samples(tmp_path / "tone.flac", 10, 20)) == 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tone.flac"]


def test_a_cache_that_cannot_be_written_is_said_and_done_without(tmp_path, monkeypatch):
    (tmp_path / "occupied").write_text("a file")
    monkeypatch.setenv(decoded_audio.CACHE_VARIABLE, str(tmp_path / "occupied"))
    soundfile.write(tmp_path / "tone.flac", tone(RATE), RATE)
    with pytest.warns(UserWarning, match="PERCEPNET_CACHE"):
        assert len(read_samples(tmp_path / "tone.flac")) == RATE // 2


def test_what_is_no_audio_is_one_clear_line(tmp_path, cache):
    (tmp_path / "text.wav").write_text("not audio")
    with pytest.raises(BadAudio, match="text.wav cannot be read as audio"):
        read_samples(tmp_path / "text.wav")
    assert not list(cache.rglob("*.s16"))


def test_a_folder_without_a_manifest_says_how_to_make_one(tmp_path):
    with pytest.raises(CorpusError, match="percepnet data scan"):
        Corpus([tmp_path], "train")
