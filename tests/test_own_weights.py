"""From a folder of recordings to the demo page: the commands of docs/own-weights.md, as `make train` runs them."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from demo_page import serving, visit_demo
from recordings import FOLDER, recording
from tiny_config import config_text, stage

from percepnet import native
from percepnet.building.environment import ROOT
from percepnet.commands import cli
from percepnet.engines.browser import DIST
from percepnet.model_file import read_model
from percepnet.training import __main__ as trainer
from percepnet.training import extract_features
from percepnet.training.decoded_audio import CACHE_VARIABLE
from percepnet.training.feature_store import StoreError

pytestmark = pytest.mark.slow
CONFIG = config_text(
    stage("8 bit", "end_to_end", 2, quantised=True),
    report_every=2,
    validation_mixtures=1,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder of its own for everything."""
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def model(folder) -> Path:
    """The model file at the end of the way."""
    record(folder / "recordings")
    (folder / "config.toml").write_text(CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, "off")
        patch.setattr(extract_features, "MIXTURES_PER_SHARD", 4)
        assert cli.run(["data", "scan", str(folder / "recordings"), "--jobs", "1"]) == 0
        for words in commands_of_make_train(folder):
            trainer.app(words, standalone_mode=False)
    return folder / "run/model.pnet"


def record(folder: Path) -> None:
    """Three voices, made from one by playing it at other speeds, and three noises."""
    rng = np.random.default_rng(1)
    for number, rate in enumerate((44100, 48000, 54000)):
        for kind, samples in (("speech", recording("clean_speech.flac")), ("noise", 0.1 * rng.standard_normal(rate))):
            path = folder / kind / f"number-{number}" / "1.wav"
            path.parent.mkdir(parents=True)
            soundfile.write(path, samples, rate)


def commands_of_make_train(folder: Path, **more: Path) -> list[list[str]]:
    """What `make train` runs of the trainer, the arguments alone, with less to do. more: variables of make."""
    places = {"DATA": folder / "recordings", "CONFIG": folder / "config.toml", "RUN": folder / "run"} | more
    make = ["make", "--dry-run", "train", *(f"{name}={path}" for name, path in places.items())]
    lines = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True).stdout.replace("\\\n", " ")
    found = [shlex.split(line)[3:] for line in lines.splitlines() if "python -m percepnet.training" in line]
    assert [words[0] for words in found] == ["extract", "extract", "train", "export"]
    for words in found[:2]:
        words[words.index("--hours") + 1] = "0.01"
        words += ["--jobs", "1"]
    return found


def test_the_model_runs_and_its_card_is_true(model, capsys):
    noisy, rate = FOLDER / "noisy_speech.wav", 48000
    assert cli.run(["enhance", str(noisy), str(model.with_name("out.wav")), "--model", str(model)]) == 0
    enhanced, found_rate = soundfile.read(model.with_name("out.wav"))
    assert found_rate == rate and len(enhanced) == len(recording(noisy.name)) and enhanced.any()
    card, page = read_model(model).card, model.with_suffix(".md").read_text()
    assert (card["steps"], card["quantised_steps"], card["data"]["speakers"], card["data"]["noises"]) == (2, 2, 1, 1)
    for words in ("1 speakers, unnamed languages, 1 classes of noise", "Sources: own recordings.", "Not scored yet"):
        assert words in page
    assert "not stated 0.00 h" in page and "GPL" not in page


def test_the_same_commands_again_go_on_and_another_seed_is_refused(model, folder):
    extract, _, train, export = commands_of_make_train(folder)
    before = model.read_bytes()
    for words in (train, export):
        trainer.app(words, standalone_mode=False)
    assert model.read_bytes() == before
    with pytest.raises(StoreError, match="made from another seed"):
        trainer.app([*extract, "--seed", "2"], standalone_mode=False)


def test_the_card_names_the_weights_that_a_run_began_with(model, folder):
    second = folder / "second"
    for shards in ("features", "validation"):
        shutil.copytree(folder / "run" / shards, second / shards)
    for words in commands_of_make_train(folder, RUN=second, START=model)[2:]:
        trainer.app(words, standalone_mode=False)
    assert "Begun with the weights of model.pnet" in (second / "model.md").read_text()


def test_evaluating_scores_it_on_who_was_kept_for_tests(model, folder, capsys):
    out = folder / "evaluation"
    less = "--mixtures 1 --reverberant 0 --seconds 3 --no-ceilings --examples 0 --jobs 1".split()
    words = ["evaluate", "--data", folder / "recordings", "--model", model, "--out", out, *less]
    assert cli.run([str(word) for word in words]) == 0
    trainer.app(["card", "--model", str(model), "--summary", str(out / "summary.csv")], standalone_mode=False)
    assert re.search(r"\| model \|", model.with_suffix(".md").read_text())


@pytest.mark.browser
def test_the_demo_page_enhances_with_it(model):
    with serving(DIST, 0, [model]) as url:
        visit = visit_demo(url)
    assert visit.complaints == [] and visit.module.startswith("model, ")
    clip, _ = soundfile.read(DIST / "clip.wav", dtype="float32")
    enhanced = native.Enhancer(model).enhance(clip)
    error = visit.enhanced - enhanced  # Chromium divides positive samples of 16 bit by 32767
    assert np.sum(error**2) < 1e-4 * np.sum(enhanced**2)
