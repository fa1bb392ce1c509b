"""Scores do not depend on how the work is spread, and say what they should of the input and the ideal."""

import numpy as np
import pytest
from distributed import LocalCluster

from percepnet.laboratory.pairs import pairs_of_folders
from percepnet.laboratory.scoring import score_pair, score_pairs
from percepnet.laboratory.systems import CEILINGS, Parts, Untouched, of_model
from percepnet.commands.models import named
from percepnet.errors import PercepNetError
from percepnet.native import Enhancer
from percepnet.workers import Workers

SYSTEMS = [Untouched(), CEILINGS[1]]


def assert_same(found, expected):
    """Equal rows; sums in a measure may come in another order, so the last digit is free."""
    assert [(row.clip, row.system, row.delay) for row in found] == [(r.clip, r.system, r.delay) for r in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.scores == pytest.approx(other.scores, rel=1e-9)


class Broken(Untouched):
    """A system that fails, or puts out what is no sound."""

    def enhance(self, noisy, clean):
        raise PercepNetError("it broke")


class Infinite(Untouched):
    def enhance(self, noisy, clean):
        return noisy + np.inf


@pytest.fixture(scope="module")
def pairs(folders):
    return pairs_of_folders(*folders)


@pytest.fixture(scope="module")
def rows(pairs):
    return score_pairs(pairs, SYSTEMS, Workers(1))


def test_there_is_a_row_for_each_pair_and_system_in_order(rows):
    assert [(row.clip, row.system) for row in rows] == [
        (clip, system) for clip in ("deeper/faint", "loud") for system in ("noisy", "ideal g and r")
    ]


def test_the_fainter_noise_and_the_ideal_score_better(rows):
    faint, faint_ideal, loud, loud_ideal = (row.scores for row in rows)
    for measure in ("PESQ-WB", "ESTOI", "SI-SDR", "CSIG", "CBAK", "COVL"):
        assert faint[measure] > loud[measure]
        assert loud_ideal[measure] > loud[measure]
    assert faint["SI-SDR"] - loud["SI-SDR"] == pytest.approx(20 * np.log10(2), abs=0.3)
    assert faint["loss above 8 kHz"] == 0 and abs(faint_ideal["loss above 8 kHz"]) < 1


def test_our_own_outputs_are_in_time(rows):
    assert {row.delay for row in rows} == {0}


def test_processes_give_the_same_rows(pairs, rows):
    assert_same(score_pairs(pairs, SYSTEMS, Workers(2)), rows)


def test_a_dask_cluster_gives_the_same_rows(pairs, rows):
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        assert_same(score_pairs(pairs, SYSTEMS, Workers(dask=cluster.scheduler_address)), rows)


def test_a_scheduler_that_is_not_there_is_named(pairs, monkeypatch):
    monkeypatch.setattr("percepnet.workers.PATIENCE", "1s")
    with pytest.raises(PercepNetError, match="no Dask scheduler at tcp://127.0.0.1:1 "):
        score_pairs(pairs, SYSTEMS, Workers(dask="tcp://127.0.0.1:1"))


@pytest.mark.parametrize("workers", [Workers(1), Workers(2)])
@pytest.mark.parametrize("system, fault", [(Broken(), "it broke"), (Infinite(), "noisy puts out NaN")])
def test_a_system_that_fails_ends_the_run(pairs, workers, system, fault):
    with pytest.raises(PercepNetError, match=fault):
        score_pairs(pairs, [system], workers)


def test_a_model_is_scored_with_and_without_postfilter(model, pair, noisy):
    plain, filtered = of_model("m", model)
    assert [plain.name, filtered.name] == ["m", "m + postfilter"]
    assert np.array_equal(filtered.enhance(noisy, noisy), Enhancer(model).enhance(noisy))


def test_parts_of_the_network_can_be_made_ideal(model, clean, noisy):
    """All ideal is the ceiling, whatever the network; nothing at all is the input through the filter bank."""
    ideal = Parts("", model, "ideal", "ideal").enhance(noisy, clean)
    assert np.array_equal(ideal, CEILINGS[1].enhance(noisy, clean))
    through = Parts("", model, "none", "none").enhance(noisy, clean)
    own = Parts("", model, "network", "network").enhance(noisy, clean)
    assert np.array_equal(own, Enhancer(model, postfilter=0.0).enhance(noisy))
    error = (through - noisy)[4800:-4800]
    assert np.sum(error**2) < 0.1 * np.sum(noisy**2)


def test_models_of_one_name_are_told_apart_by_their_folders(tmp_path):
    models = [tmp_path / folder / "m.pnet" for folder in "ab"]
    assert list(named(models)) == ["a/m", "b/m"]
    assert list(named(models[:1])) == ["m"]
    with pytest.raises(PercepNetError, match="two models are named a/m"):
        named([models[0], models[0]])


def test_rows_carry_the_labels(pair):
    (row,) = score_pair(pair, [Untouched()], with_dnsmos=False)
    assert row.labels == {"snr_db": "5", "language": "en"} and row.clip == "loud"
