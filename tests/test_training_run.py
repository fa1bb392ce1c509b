"""A training run: it learns in every stage, is the same after any kill, keeps its best, and says what is wrong."""

import csv
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_config import config_text, stage
from tiny_shards import build_tiny_shards
from torch import nn

from percepnet.constants import NUM_BANDS, NUM_FEATURES
from percepnet.model_file import SIZES, random_weights, write_model
from percepnet.training import checkpoint
from percepnet.training.arithmetic import Arithmetic
from percepnet.training.batches import draw_batch
from percepnet.training.checkpoint import load, load_best
from percepnet.training.configuration import ConfigError, Distillation, RunConfig, read_config
from percepnet.training.enhancement_loss import LossSettings
from percepnet.training.export import export
from percepnet.training.feature_store import FeatureStore, StoreError
from percepnet.training.processes import Group
from percepnet.training.train import Trainer, train
from percepnet.training.model import PercepNet
from percepnet.training.validation import Validation
from percepnet.training.warm_start import starting_network, weights_for

ALONE = Group(torch.device("cpu"))
CONFIG = config_text(
    stage("features", "feature", 4, learning_rate="2e-3"),
    stage("signal", "end_to_end", 4),
    stage("8 bit", "end_to_end", 2, quantised=True),
    report_every=3,
    validation_mixtures=2,
)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def shards(tmp_path_factory) -> tuple[Path, Path]:
    """Folders with shards to train on and to validate with."""
    folder = tmp_path_factory.mktemp("shards")
    return build_tiny_shards(folder / "train", 4, 1), build_tiny_shards(folder / "validation", 2, 100)


@pytest.fixture(scope="module")
def finished(shards, tmp_path_factory) -> Path:
    """The folder of a run that nothing disturbed."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("finished")
    (folder / "config.toml").write_text(CONFIG)
    return run(folder / "config.toml", shards, folder / "run")


@pytest.fixture
def config(tmp_path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


def run(config: Path, shards: tuple[Path, Path], folder: Path) -> Path:
    """Trains to the end; the run folder."""
    train(config, [shards[0]], [shards[1]], folder)
    return folder


def log_of(folder: Path) -> list[dict]:
    """The log without the time it took."""
    with open(folder / "log.csv", newline="", encoding="utf-8") as file:
        return [{name: value for name, value in row.items() if name != "minutes"} for row in csv.DictReader(file)]


def same_state(first: Path, second: Path) -> bool:
    """Whether two checkpoints hold the same weights, averages, optimiser and counters."""
    ours, theirs = (load(folder / checkpoint.CHECKPOINT) for folder in (first, second))
    for saved in (ours, theirs):
        saved["done"].pop("seconds")
        saved |= {f"optimiser {number}": state for number, state in saved["optimiser"]["state"].items()}
    tensors = [part for part in ours if part in ("model", "average") or part.startswith("optimiser ")]
    assert len(tensors) > 20
    return all(ours[part] == theirs[part] for part in ("config", "done", "best")) and all(
        torch.equal(ours[part][name], theirs[part][name]) for part in tensors for name in ours[part]
    )


@pytest.mark.parametrize("number, bfloat16", [(0, False), (0, True), (1, False), (1, True), (2, False)])
def test_every_stage_learns(number, bfloat16, config, shards):
    stage = replace(read_config(config).stages[number], steps=15, learning_rate=2e-2)
    trainer = Trainer(RunConfig(64, (stage,), bfloat16=bfloat16), ALONE)
    batch = draw_batch(FeatureStore(shards[0]), stage, 1, 0, range(4))
    losses = [trainer.step(*batch)["train_loss"] for _ in range(15)]
    assert losses[-1] < 0.8 * losses[0]


def test_a_killed_run_ends_as_if_it_had_not_been(finished, config, shards, tmp_path, monkeypatch):
    step = Trainer.step

    def dying_step(trainer, *batch):
        if trainer.done["step"] == 5 and not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            raise KeyboardInterrupt
        return step(trainer, *batch)

    monkeypatch.setattr(Trainer, "step", dying_step)
    with pytest.raises(KeyboardInterrupt):
        run(config, shards, tmp_path / "killed")
    killed = run(config, shards, tmp_path / "killed")
    assert [row["step"] for row in log_of(finished)] == ["3", "4", "7", "8", "10"]
    assert log_of(finished) == log_of(killed)
    assert same_state(finished, killed)
    assert (killed / "curves.png").stat().st_size > 1000
    assert (killed / "config.toml").read_text() == CONFIG


def test_a_kill_while_saving_leaves_the_checkpoint_before(config, tmp_path, monkeypatch):
    trainer = Trainer(read_config(config), ALONE)
    trainer.save(tmp_path / "run")

    def dying_save(state, file):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", dying_save)
    trainer.done["step"] = 7
    with pytest.raises(KeyboardInterrupt):
        trainer.save(tmp_path / "run")
    assert load(tmp_path / "run" / checkpoint.CHECKPOINT)["done"]["step"] == 0


def test_the_best_weights_are_kept_and_patience_ends_a_stage(config, tmp_path):
    settings = read_config(config)
    settings = replace(settings, stages=(replace(settings.stages[0], steps=100, patience=2), settings.stages[1]))
    trainer = Trainer(settings, ALONE)
    for score in (1.0, 2.0, 1.5, 1.9):
        assert trainer.stage.name == "features"
        nn.init.constant_(trainer.average.dense.bias, score)
        trainer.done["step"] += 1
        trainer.judge(score, tmp_path)
    assert trainer.stage.name == "signal"
    best = load_best(tmp_path)
    assert best["done"]["step"] == 2 and (best["average"]["dense.bias"] == 2.0).all()
    trainer.judge(0.1, tmp_path)  # a new stage has a best of its own
    assert load_best(tmp_path)["best"]["score"] == 0.1


def test_validation_hears_what_the_pipeline_puts_out(shards):
    class Open(nn.Module):
        """Gains of 1, strengths of 0."""

        def __init__(self):
            super().__init__()
            self.gain = nn.Parameter(torch.ones(NUM_BANDS))

        def forward(self, features, arithmetic):
            g = self.gain.expand(*features.shape[:2], -1)
            return g, 0 * g

    judge = Validation(FeatureStore(shards[1]), 2)
    found = judge.measure(Open(), Arithmetic.FLOAT, LossSettings())
    above_20_khz = 10 * math.log10(24 / 20)  # is put out no more, and the noise is white
    assert found["SI-SDR"] == pytest.approx(judge.noisy_scores["SI-SDR"] + above_20_khz, abs=0.1)
    assert found["PESQ-WB"] == pytest.approx(judge.noisy_scores["PESQ-WB"], abs=0.01)
    assert 3 < found["SI-SDR"] < 20


def test_a_run_starts_from_a_run_or_a_model_file(finished, config, tmp_path):
    trainer = Trainer(read_config(config), ALONE, finished)
    assert torch.equal(trainer.model.gain.weight, load_best(finished)["average"]["gain.weight"])
    model = tmp_path / "model.pnet"
    export(finished, model, {}, 0.0, "")
    from_file = Trainer(read_config(config), ALONE, model)
    features = torch.rand(20, 2, 70)
    for ours, theirs in zip(*(one.model(features, Arithmetic.INT8) for one in (trainer, from_file)), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-4)
    with pytest.raises(ConfigError, match="is of width 64 and cannot start a run of width 256: give one of 256 or of"):
        weights_for(model, 256)


@pytest.mark.parametrize("width", [64, 128, 256])
def test_a_network_of_twice_the_width_goes_on_from_where_the_narrow_one_stands(width, tmp_path):
    write_model(tmp_path / "narrow.pnet", random_weights(width, 1), {})
    narrow, wide = starting_network(tmp_path / "narrow.pnet"), PercepNet(2 * width)
    wide.load_state_dict(weights_for(tmp_path / "narrow.pnet", 2 * width))
    features = torch.rand(50, 2, NUM_FEATURES, generator=torch.Generator().manual_seed(1)) - 0.5
    found, expected = wide(features), narrow(features)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-4)
        assert theirs.std() > 0.01
    sum(values.mean() for values in found).backward()
    twins = wide.gru2.input.weight.grad[: 2 * width].split(width)
    assert (twins[0] - twins[1]).abs().mean() > 0.1 * twins[0].abs().mean()


@torch.no_grad()
def test_a_student_learns_what_its_teacher_says(finished, config, shards):
    settings = read_config(config)
    rows, _ = draw_batch(FeatureStore(shards[0]), settings.stages[0], 1, 0, range(2))
    losses = [
        float(Trainer(replace(settings, distillation=teacher), ALONE, finished).losses(rows, None)["train_gain"])
        for teacher in (None, Distillation(str(finished), 0.5), Distillation(str(finished), 1.0))
    ]
    assert losses[0] > losses[1] > losses[2] == 0


def test_a_run_of_another_width_is_left_alone(config, shards, tmp_path):
    Trainer(replace(read_config(config), width=128), ALONE).save(tmp_path / "run")
    with pytest.raises(StoreError, match="holds a run of width 128: give another --run folder"):
        run(config, shards, tmp_path / "run")


@pytest.mark.parametrize(
    "change, message",
    [
        (("width = 64", "width = 65"), "width must be one of 64, 128, 256, 512, not 65"),
        (("width = 64", ""), "width is missing"),
        (("width = 64", "width = 64\nwidht = 3"), "there is no 'widht'; there are width, stages"),
        (("width = 64", "width = "), "is not TOML"),
        (('"feature"', '"featur"'), "loss of features must be one of feature, end_to_end, not featur"),
        (("steps = 4", 'steps = "4"'), r"stages\[0\]: steps must be a whole number, not '4'"),
        (("steps = 4", "steps = 0"), "stage features needs steps, batch and frames of 1 or more"),
        (("report_every = 3", "report_every = 0"), "ema must be 0 or more and below 1, report_every"),
        (("[[stages]]", "[loss]\nwindows = [512, 0.5]\n[[stages]]"), r"windows\[1\] must be a whole number"),
    ],
)
def test_a_mistake_in_the_config_is_one_line(change, message, config):
    config.write_text(CONFIG.replace(*change, 1))
    with pytest.raises(ConfigError, match=message) as error:
        read_config(config)
    assert len(str(error.value).splitlines()) == 1 and str(config) in str(error.value)


def test_the_configs_in_the_repository_can_be_read():
    folder = Path(checkpoint.__file__).parent / "configs"
    widths = {path.stem: read_config(path).width for path in folder.glob("*.toml")}
    for width in SIZES:
        assert widths[f"percepnet-{width}"] == width


@pytest.mark.slow
def test_two_processes_learn_what_one_does(finished, config, shards, tmp_path):
    arguments = ["--config", config, "--features", shards[0], "--validation", shards[1], "--run", tmp_path / "two"]
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "-m", "--", "percepnet.training"]
    options = [*map(str, arguments), "--device", "cpu"]
    subprocess.run([*command, "train", *options], check=True, capture_output=True, text=True)
    for ours, theirs in zip(log_of(finished), log_of(tmp_path / "two"), strict=True):
        assert ours.pop("stage") == theirs.pop("stage")
        for name in filter(ours.get, ours):
            assert float(theirs[name]) == pytest.approx(float(ours[name]), rel=0.002), name
