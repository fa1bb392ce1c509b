"""Corpus and mixtures: splits are disjoint, mixtures come back bit for bit, levels and masks are right."""

import sys

import numpy as np
import pytest
from tiny_corpus import build_tiny_corpus

from percepnet.training import __main__ as command_line
from percepnet.training.augment import active_power, without_rumble
from percepnet.training.corpus import SPLITS, Corpus, CorpusError, is_gpl
from percepnet.training.extract_features import loss_weights
from percepnet.training.mix import at_snr, make_mixture, make_test_mixture
from percepnet.training.rooms import EARLY, LEAD, draw_room, reverberation_time


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A small data folder with speakers, noises and a room in every split."""
    return build_tiny_corpus(tmp_path_factory.mktemp("data") / "corpus")


def test_no_recording_is_in_two_splits(data):
    for kind in ("speakers", "noises", "rooms"):
        paths = [
            {clip.path for source in getattr(Corpus(data, split), kind) for clip in source.clips} for split in SPLITS
        ]
        assert all(paths)
        assert len(set.union(*paths)) == sum(map(len, paths))


def test_gpl_voices_can_be_left_out(data):
    everyone, free = Corpus(data, "train"), Corpus(data, "train", no_gpl=True)
    assert any(is_gpl(speaker.licence) for speaker in everyone.speakers)
    assert free.speakers == [speaker for speaker in everyone.speakers if not is_gpl(speaker.licence)]


@pytest.mark.parametrize("index", range(12))
def test_mixture_is_a_function_of_seed_and_index(data, index):
    first = make_mixture(Corpus(data, "train"), 3, index, seconds=2.0)
    used = Corpus(data, "train")
    make_mixture(used, 3, index + 1, seconds=2.0)
    again = make_mixture(used, 3, index, seconds=2.0)
    assert first.noisy.tobytes() == again.noisy.tobytes()
    assert first.clean.tobytes() == again.clean.tobytes()
    other = make_mixture(used, 4, index, seconds=2.0)
    assert first.noisy.tobytes() != other.noisy.tobytes()


def test_mixtures_are_audio(data):
    corpus, kinds = Corpus(data, "train"), set()
    for index in range(60):
        mixture = make_mixture(corpus, 5, index, seconds=1.0)
        kinds.add(mixture.kind)
        assert mixture.noisy.shape == mixture.clean.shape == (48000,)
        assert mixture.noisy.dtype == mixture.clean.dtype == np.float32
        assert np.isfinite(mixture.noisy).all() and np.abs(mixture.noisy).max() <= 1.0
        assert mixture.kind != "noise" or not mixture.clean.any()
    assert kinds == {"speech+noise", "speech", "noise"}


@pytest.mark.parametrize("snr_db", [0.0, 15.0])
def test_snr_is_active_speech_over_noise(data, snr_db):
    mixture = make_test_mixture(Corpus(data, "test"), 1, 0, snr_db, seconds=4.0)
    noise = mixture.noisy - mixture.clean
    measured = 10 * np.log10(active_power(mixture.clean) / np.mean(noise.astype(np.float64) ** 2))
    assert measured == pytest.approx(snr_db, abs=0.1)


def test_noise_alone_is_scaled_without_speech():
    noise = at_snr(np.zeros(4800, np.float32), np.ones(4800, np.float32), float("nan"))
    assert np.mean(noise**2) == pytest.approx(10**-2.6, rel=1e-4)


@pytest.mark.parametrize("measured_share", [0.0, 1.0])
def test_rooms_keep_the_level_of_the_target_and_shorten_its_tail(data, measured_share):
    rng = np.random.default_rng(1)
    for _ in range(20):
        response, target = draw_room(Corpus(data, "train"), rng, measured_share)
        assert np.sum(target**2) == pytest.approx(1, rel=1e-3)
        assert np.array_equal(response[: LEAD + EARLY // 2], target[: LEAD + EARLY // 2])
        assert np.sum(response[LEAD + 4 * EARLY :] ** 2) >= np.sum(target[LEAD + 4 * EARLY :] ** 2)


def test_reverberation_time_of_a_decay():
    seconds = np.arange(48000) / 48000
    decay = np.random.default_rng(1).standard_normal(48000) * 10 ** (-3 * seconds / 0.8)
    assert reverberation_time(decay) == pytest.approx(0.8, rel=0.1)


def test_rumble_goes_and_voice_stays():
    t = np.arange(48000) / 48000
    low, voice = np.sin(2 * np.pi * 20 * t), np.sin(2 * np.pi * 200 * t)
    middle = slice(12000, 36000)
    assert np.abs(without_rumble(low)[middle]).max() < 0.05
    assert np.abs(without_rumble(voice) - voice)[middle].max() < 0.02


def test_unknown_bands_count_only_without_speech():
    Ey = np.full((4, 34), 1e-3)
    Ex = np.full((4, 34), 1e-3)
    Ex[2:] = 0  # frames without speech
    Ey[3, 5] = 0  # a silent band
    weights = loss_weights(Ey, Ex, bw_hz=8000.0)
    assert (weights[:2, -1] == 0).all() and (weights[2:, -1] > 0).all()
    assert (weights[:2, :20] > weights[2, :20]).all()
    assert weights[3, 5] == 0


def test_bad_data_folders_say_what_to_do(tmp_path, data):
    with pytest.raises(CorpusError, match="manifest.csv does not exist: make it with"):
        Corpus(tmp_path, "train")
    with pytest.raises(CorpusError, match="unknown split"):
        Corpus(data, "everything")


@pytest.mark.parametrize(
    "arguments",
    [
        ["extract", "--data", "no-such-folder", "--out", "shards"],
        ["train", "--config", "none.toml", "--features", "nowhere", "--validation", "nowhere", "--run", "run"],
        ["card", "--model", "none.pnet", "--summary", "summary.csv", "--out", "card.md"],
        ["speed", "--width", "7"],
        ["speed", "--frames", "0"],
    ],
)
def test_a_users_mistake_is_one_line_and_exit_status_2(arguments, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["training", *arguments])
    with pytest.raises(SystemExit) as stopped:
        command_line.main()
    assert stopped.value.code == 2
    message = capsys.readouterr().err.strip().splitlines()
    assert len(message) == 1 and message[0].startswith("error: ")
    assert list(tmp_path.iterdir()) == []
