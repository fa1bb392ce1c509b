"""Test mixtures are made again bit for bit, at the SNR that they claim, and are there whole or not at all."""

import numpy as np
import pytest
from tiny_corpus import build_tiny_corpus

from percepnet.laboratory.mixes import SNR_CLASSES_DB, TABLE, Plan, render
from percepnet.laboratory.pairs import pairs_of_table
from percepnet.training.augment import active_power
from percepnet.training.corpus import Corpus


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return build_tiny_corpus(tmp_path_factory.mktemp("data") / "corpus")


@pytest.fixture(scope="module")
def plan(data):
    return Plan((data,), dry=1, reverberant=2, seconds=2.0)


@pytest.fixture(scope="module")
def pairs(plan, tmp_path_factory):
    return render(plan, tmp_path_factory.mktemp("out") / "mixtures")


def test_every_class_has_its_mixtures(pairs, plan):
    assert len(pairs) == plan.count == len({pair.name for pair in pairs})
    for snr_db in SNR_CLASSES_DB:
        own = [pair.labels for pair in pairs if pair.labels["snr_db"] == str(snr_db)]
        assert [labels["reverberant"] for labels in own] == ["no", "yes", "yes"]


def test_speakers_noises_and_rooms_are_those_of_the_test_split(pairs, data):
    corpus = Corpus(data, "test")
    rooms = {room.group for room in corpus.rooms}
    assert {pair.labels["speaker"] for pair in pairs} <= {speaker.group for speaker in corpus.speakers}
    assert {pair.labels["noise_class"] for pair in pairs} <= {noise.group for noise in corpus.noises}
    assert {pair.labels["room"] for pair in pairs} == {"", "simulated"} | rooms
    assert {pair.labels["language"] for pair in pairs} == {"xx"}


def test_dry_mixtures_have_the_snr_they_claim(pairs):
    for pair in (pair for pair in pairs if pair.labels["reverberant"] == "no"):
        clean, noisy = pair.read()
        ratio = active_power(clean) / np.mean((noisy - clean).astype(np.float64) ** 2)
        assert 10 * np.log10(ratio) == pytest.approx(float(pair.labels["snr_db"]), abs=0.1)


def test_in_a_room_the_target_is_drier_than_what_is_heard(pairs):
    """At 20 dB the noise is faint: what is left of the speech in the difference is the room."""
    for pair in pairs:
        clean, noisy = pair.read()
        difference = np.mean((noisy - clean).astype(np.float64) ** 2) / active_power(clean)
        if pair.labels["snr_db"] == "20" and pair.labels["room"] not in ("", "simulated"):
            assert 10 * np.log10(difference) > -19


def test_the_same_plan_makes_the_same_bits(plan, pairs, tmp_path):
    again = render(plan, tmp_path / "again")
    assert [pair.noisy.read_bytes()[-4000:] for pair in again] == [pair.noisy.read_bytes()[-4000:] for pair in pairs]
    assert [pair.labels for pair in again] == [pair.labels for pair in pairs]


def test_an_interrupted_rendering_leaves_nothing(plan, tmp_path):
    def stop_after_two(jobs):
        yield from jobs[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(plan, tmp_path / "mixtures", stop_after_two)
    assert not list(tmp_path.iterdir())


def test_the_table_can_be_scored_again(pairs):
    assert pairs_of_table(pairs[0].noisy.parent / TABLE) == pairs
