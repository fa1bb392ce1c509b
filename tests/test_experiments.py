"""Experiments: variants are what they say, mixtures are equal for all, differences are paired, the page is current."""

import sys

import numpy as np
import pytest
from tiny_corpus import build_tiny_corpus

from experiments import __main__ as command_line, table
from experiments.mixtures import MADE, SNRS_DB, validation_mixtures
from experiments.paired import clustered_error, difference
from experiments.questions import Arm, experiments, find
from experiments.score import MEASURES, SYSTEMS, postfilter_strength
from experiments.variant import ROOT, SPEC, VariantError, edit_spec, make_variant, replace_once, run_in
from experiments.workshop import Workshop
from percepnet.training.augment import active_power
from percepnet.training.configuration import read_config
from percepnet.training.corpus import Corpus

ARMS = [arm for experiment in experiments().values() for arm in experiment.arms]


# --- variants


def test_spec_values_and_lists_are_set(tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text('a = { value = 3, unit = "1", doc = "A." }\nb = { value = [1, 2], unit = "1", doc = "B." }\n')
    edit_spec(spec, {"a": "2 * c", "b": [4]})
    assert spec.read_text().splitlines() == [
        'a = { value = "2 * c", unit = "1", doc = "A." }',
        'b = { value = [4], unit = "1", doc = "B." }',
    ]
    with pytest.raises(VariantError, match="no constant or table 'c'"):
        edit_spec(spec, {"c": 1})


@pytest.mark.parametrize("text, count", [("one", 0), ("old and old", 2)])
def test_an_edit_must_find_its_text_once(tmp_path, text, count):
    (tmp_path / "file").write_text(text)
    with pytest.raises(VariantError, match=f"holds {count} times"):
        replace_once(tmp_path / "file", "old", "new")


@pytest.mark.parametrize("arm", {arm.variant: arm for arm in ARMS}.values(), ids=lambda arm: arm.name)
def test_every_variant_still_fits_this_checkout(tmp_path, arm):
    for name in {SPEC, *(file for file, _, _ in arm.edits)}:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    edit_spec(tmp_path / SPEC, arm.spec)
    for file, old, new in arm.edits:
        replace_once(tmp_path / file, old, new)


@pytest.mark.slow
def test_a_variant_runs_its_own_code(tmp_path):
    arm = find("pipeline").arm("D = 1")
    make_variant(tmp_path, "HEAD", arm.spec, arm.edits)
    check = "from percepnet import constants, native, tables; assert constants.LOOK_AHEAD == 1; "
    check += (
        "assert tables.COMB_WEIGHTS.shape == (4, 7); assert str(native.BUILD).startswith({!r}); native.load_library()"
    )
    run_in(tmp_path, "-c", check.format(str(tmp_path)))
    with pytest.raises(VariantError, match="ZeroDivisionError"):
        run_in(tmp_path, "-c", "1 / 0")


def test_arms_name_what_there_is():
    for arm in ARMS:
        assert arm.system in SYSTEMS
        assert all((ROOT / path).is_file() for path in (arm.model, arm.start) if path)
        assert arm.system in ("oracle", "noisy") or bool(arm.model) != bool(arm.training)


@pytest.mark.parametrize("arm", [arm for arm in ARMS if arm.training], ids=lambda arm: arm.name)
def test_configs_of_trainings_are_the_trainers(arm, tmp_path):
    (tmp_path / "config.toml").write_text(arm.config(ROOT, 3), encoding="utf-8")
    config = read_config(tmp_path / "config.toml")
    assert config.seed == 3
    assert all(getattr(config.loss, name) == value for name, value in arm.loss.items())


def test_what_is_whole_is_made_once(tmp_path):
    made = []

    def interrupted(path):
        made.append(path)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Workshop(tmp_path).once("thing", interrupted)
    for _ in range(2):
        assert Workshop(tmp_path).once("thing", made.append) == tmp_path / "thing"
    assert len(made) == 2


# --- mixtures and scores


@pytest.fixture(scope="module")
def mixtures(tmp_path_factory):
    data = build_tiny_corpus(tmp_path_factory.mktemp("data") / "corpus")
    return Corpus(data, "validation"), *(list(validation_mixtures(data, 1, seconds=2.0)) for _ in range(2))


def test_every_validation_speaker_meets_every_noise_at_every_snr(mixtures):
    corpus, scenes, _ = mixtures
    speakers = [speaker.group for speaker in corpus.speakers]
    noises = [noise.group for noise in corpus.noises]
    wanted = {(s, n, snr) for s in speakers for n in (*noises, *MADE) for snr in SNRS_DB}
    assert {(scene.speaker, scene.noise, scene.snr_db) for scene, _ in scenes} == wanted
    assert len(scenes) == len(wanted)


def test_mixtures_come_back_and_differ_in_level_alone(mixtures):
    _, scenes, again = mixtures
    for (scene, mixture), (_, other) in zip(scenes, again, strict=True):
        assert mixture.noisy.tobytes() == other.noisy.tobytes()
        noise = mixture.noisy - mixture.clean
        snr_db = 10 * np.log10(active_power(mixture.clean) / np.mean(noise.astype(np.float64) ** 2))
        assert snr_db == pytest.approx(scene.snr_db, abs=0.1)
    (_, first), (_, second) = scenes[:2]
    assert first.clean.tobytes() == second.clean.tobytes()


def test_the_postfilter_fades_by_the_true_snr(mixtures):
    arm = Arm("faded", postfilter=[[5, 1.0], [15, 0.0]])
    strengths = [postfilter_strength(arm, scene) for scene, _ in mixtures[1][: len(SNRS_DB)]]
    assert strengths == [1.0, 1.0, 0.5, 0.0]


# --- differences


def rows_of(gains_by_run):
    """Scores of two arms on 3 speakers x 2 noises x 2 SNRs: the second arm is better by each run's gain."""
    rng = np.random.default_rng(1)
    rows = []
    for run, gain in enumerate(gains_by_run, 1):
        for speaker, noise, snr in ((s, n, d) for s in "abc" for n in "xy" for d in "05"):
            place = {"run": str(run), "speaker": speaker, "noise": noise, "snr_db": snr}
            value, more = rng.normal(2, 1), rng.normal(gain, 0.01)
            rows += [
                place | {"arm": arm} | dict.fromkeys(MEASURES, str(v)) for arm, v in (("A", value), ("B", value + more))
            ]
    return rows


def test_differences_are_paired():
    found = difference(rows_of([0.1]), "A", "B", "ESTOI")
    assert found.mean == pytest.approx(0.1, abs=0.02) and 0 < found.error < 0.02 and found.is_clear
    assert not difference(rows_of([0.0]), "A", "B", "ESTOI").is_clear


def test_runs_that_disagree_decide_nothing():
    found = difference(rows_of([0.3, -0.1]), "A", "B", "PESQ-WB")
    assert found.per_run == pytest.approx((0.3, -0.1), abs=0.02)
    assert not found.is_clear


def test_arms_must_have_been_scored_alike():
    rows = rows_of([0.1])
    with pytest.raises(ValueError, match="not scored on the same mixtures"):
        difference([row for row in rows if row["arm"] == "B" or row["noise"] == "x"], "A", "B", "ESTOI")


def test_the_error_knows_that_a_speaker_repeats():
    rng = np.random.default_rng(2)
    speakers, noises = np.repeat([f"s{i}" for i in range(40)], 25), np.tile([f"n{i}" for i in range(25)], 40)
    by_speaker = np.repeat(rng.standard_normal(40), 25)
    assert clustered_error(by_speaker, speakers, noises) == pytest.approx(1 / np.sqrt(40), rel=0.3)
    independent = rng.standard_normal(1000)
    assert clustered_error(independent, speakers, noises) == pytest.approx(1 / np.sqrt(1000), rel=0.5)


# --- page and command


def test_the_page_shows_the_results():
    assert not table.is_stale(), "run `python -m experiments table`"


def test_every_result_has_been_decided():
    for experiment in experiments().values():
        if experiment.results.exists():
            assert all(arm.decision for arm in experiment.arms[1:] if arm.system != "noisy"), (
                f"write the decisions of {experiment.name}"
            )


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["run", "nothing", "--data", "folder"], "there is no experiment 'nothing': choose one of pipeline"),
        (["run", "pipeline", "--data", "folder", "--commit", "no-such-commit"], "give a commit of this clone"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_status_2(arguments, message, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["experiments", *arguments])
    with pytest.raises(SystemExit) as stopped:
        command_line.main()
    assert stopped.value.code == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and message in lines[0]
