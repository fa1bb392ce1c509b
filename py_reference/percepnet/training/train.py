"""Trains a network through the stages of its config: features, then signals, then the core's 8-bit arithmetic."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from .arithmetic import Arithmetic
from .batches import draw_batch
from .checkpoint import BEST, CHECKPOINT, copy_whole, load, save, saved_config, write_log
from .configuration import RunConfig, Stage, read_config
from .enhancement_loss import enhancement_loss
from .feature_store import AudioBatch, FeatureStore, StoreError, split_columns
from .loss import percepnet_loss
from .memory import keep_freed_memory
from .model import PercepNet
from .processes import Group, joined_group
from .products import use_fast_products
from .sparsity import Pruner
from .validation import Validation
from .warm_start import starting_network, weights_for

WARM_UP_STEPS = 100
MAX_GRADIENT = 1.0


class Trainer:
    """One run: network, its moving average, optimiser and counters; `step` is one update."""

    def __init__(self, config: RunConfig, group: Group, start_from: Path | None = None):
        torch.manual_seed(config.seed)
        self.config, self.group = config, group
        self.model = PercepNet(config.width)
        if start_from:
            self.model.load_state_dict(weights_for(start_from, config.width))
        self.model.to(group.device)
        self.average = PercepNet(config.width).to(group.device)
        self.average.load_state_dict(self.model.state_dict())
        self.shared = group.wrap(self.model)
        self.teacher = starting_network(config.distillation.teacher).to(group.device) if config.distillation else None
        self.pruner = Pruner(config.sparsity) if config.sparsity else None
        self.optimiser = torch.optim.AdamW(self.model.parameters(), betas=(0.9, 0.98), weight_decay=config.weight_decay)
        self.done = {"step": 0, "stage": 0, "stage_step": 0, "seconds": 0.0, "frames": 0, "quantised_steps": 0}
        self.done["started_from"] = str(start_from or "")
        self.best = {"score": -math.inf, "step": 0, "reports_since": 0}
        self.log: list[dict] = []

    @property
    def stage(self) -> Stage | None:
        """The stage of the next update; None at the end of the run."""
        number = self.done["stage"]
        return self.config.stages[number] if number < len(self.config.stages) else None

    @property
    def arithmetic(self) -> Arithmetic:
        """What the network multiplies in at the next update."""
        if self.stage.quantised:
            return Arithmetic.INT8
        return Arithmetic.HALF if self.config.bfloat16 else Arithmetic.FLOAT

    def learning_rate(self) -> float:
        """Linear warm-up, then a cosine down to the final rate of the stage."""
        step, stage = self.done["stage_step"], self.stage
        if step < WARM_UP_STEPS:
            return stage.learning_rate * (step + 1) / WARM_UP_STEPS
        share = min(1.0, (step - WARM_UP_STEPS) / max(1, stage.steps - WARM_UP_STEPS))
        return stage.final_rate + (stage.learning_rate - stage.final_rate) * (1 + math.cos(math.pi * share)) / 2

    def step(self, rows: np.ndarray, audio: AudioBatch | None) -> dict[str, float]:
        """One update on this process's rows (frames, batch, NUM_COLUMNS) and their audio; the losses before it."""
        started = time.monotonic()
        use_fast_products(self.arithmetic, self.group.device)
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate()
        losses = self.losses(rows, audio)
        self.optimiser.zero_grad()
        losses["train_loss"].backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), MAX_GRADIENT)
        self.optimiser.step()
        self._update_average()
        if self.pruner:
            self.pruner.choose(self.model, self.done["step"])
            self.pruner.apply(self.model, self.average)
        self.done["step"] += 1
        self.done["stage_step"] += 1
        self.done["quantised_steps"] += self.stage.quantised
        self.done["frames"] += rows.shape[0] * self.stage.batch
        self.done["seconds"] += time.monotonic() - started
        return {name: float(self.group.mean(loss.detach())) for name, loss in losses.items()}

    def losses(self, rows: np.ndarray, audio: AudioBatch | None) -> dict[str, torch.Tensor]:
        """The loss of the stage and the losses on gains and strengths."""
        features, target_g, target_r, weights = (
            torch.from_numpy(np.ascontiguousarray(x)).to(self.group.device) for x in split_columns(rows)
        )
        if self.teacher:
            with torch.no_grad():
                taught, share = self.teacher(features), self.config.distillation.share
            target_g, target_r = (x.lerp(y, share) for x, y in zip((target_g, target_r), taught, strict=True))
        g, r = self.shared(features, self.arithmetic)
        gain, strength = percepnet_loss(g, r, target_g, target_r, weights, self.group.mean)
        total, parts = gain + strength, {"train_gain": gain, "train_strength": strength}
        if self.stage.loss == "end_to_end":
            first = self.group.share_of(self.stage.batch).start
            guide = self.config.loss.feature_weight * total
            signal = enhancement_loss(g, r, weights, audio, self.config.loss, first)
            parts["train_signal"] = signal
            total = signal + guide
        return {"train_loss": total, **parts}

    def _update_average(self) -> None:
        keep = min(self.config.ema, 1 - 1 / (1 + self.done["step"] / 10))
        with torch.no_grad():
            for mean, new in zip(self.average.parameters(), self.model.parameters(), strict=True):
                mean.lerp_(new, 1 - keep)

    def judge(self, score: float, run: Path) -> None:
        """Keeps the averaged weights if they are the stage's best so far; ends the stage where its patience does."""
        self.best["reports_since"] += 1
        if score > self.best["score"]:
            self.best = {"score": score, "step": self.done["step"], "reports_since": 0}
            save(run / BEST, self.config, {"average": self.average.state_dict(), "done": self.done, "best": self.best})
        tired = 0 < self.stage.patience <= self.best["reports_since"]
        if tired or self.done["stage_step"] >= self.stage.steps:
            self.done["stage"] += 1
            self.done["stage_step"] = 0
            self.best = {"score": -math.inf, "step": self.done["step"], "reports_since": 0}

    def due(self) -> bool:
        """Whether this is a moment to report."""
        step = self.done["stage_step"]
        return step % self.config.report_every == 0 or step >= self.stage.steps

    def save(self, run: Path) -> None:
        """Writes a checkpoint from which `resume` goes on as if nothing had happened."""
        state = {name: getattr(self, name).state_dict() for name in ("model", "average", "optimiser")}
        state |= {"done": self.done, "best": self.best, "log": self.log, "masks": self.pruner and self.pruner.masks}
        save(run / CHECKPOINT, self.config, state)

    def resume(self, run: Path) -> bool:
        """Takes up the folder's last checkpoint; False where there is none. Stages, rates and losses may be new."""
        saved = load(run / CHECKPOINT)
        if saved is None:
            return False
        width = saved_config(saved).width
        if width != self.config.width:
            raise StoreError(f"{run} holds a run of width {width}: give another --run folder")
        for name in ("model", "average", "optimiser"):
            getattr(self, name).load_state_dict(saved[name])
        self.done, self.best, self.log = saved["done"], saved["best"], saved["log"]
        if self.pruner and saved.get("masks"):
            self.pruner.masks = {name: mask.to(self.group.device) for name, mask in saved["masks"].items()}
        return True


def train(
    config_path: Path,
    features: list[Path],
    validation: list[Path],
    run: Path,
    *,
    start_from: Path | None = None,
    device: str = "auto",
    threads: int = 1,
) -> None:
    """Trains to the end of the last stage; saves, scores and takes in new shards every `report_every` steps.

    A folder with a checkpoint is gone on with; start_from, a run folder or a model file, is where a new one begins.
    """
    config = read_config(config_path)
    with prepared_processor(threads), joined_group(device) as group:
        store = FeatureStore(*features)
        judge = Validation(FeatureStore(*validation), config.validation_mixtures) if group.first else None
        trainer = Trainer(config, group, start_from)
        trainer.resume(run)
        if judge:
            copy_whole(config_path, run / "config.toml")
        run_stages(trainer, store, judge, run)
        del trainer  # it may not outlive its group


@contextmanager
def prepared_processor(threads: int) -> Iterator[None]:
    """Settings of the process that make updates quicker on a CPU and change no result that matters.

    Afterwards denormals are kept again: whoever goes on in this process computes as the core does.
    """
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    keep_freed_memory()
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def run_stages(trainer: Trainer, store: FeatureStore, judge: Validation | None, run: Path) -> None:
    """Updates and reports until there is no stage left."""
    recent: list[dict[str, float]] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeRemainingColumn(), disable=not trainer.group.first) as progress:
        bar = progress.add_task("training", total=trainer.config.steps)
        if judge:
            scores = ", ".join(f"{name} {value:.2f}" for name, value in judge.noisy_scores.items())
            progress.console.print(f"the noisy input: {scores}")
        while trainer.stage is not None:
            stage = trainer.stage
            numbers = trainer.group.share_of(stage.batch)
            recent.append(trainer.step(*draw_batch(store, stage, trainer.config.seed, trainer.done["step"], numbers)))
            progress.update(bar, description=stage.name, completed=trainer.done["step"])
            if trainer.due():
                report(trainer, run, recent, judge)
                store.refresh()
                recent.clear()


def report(trainer: Trainer, run: Path, recent: list[dict[str, float]], judge: Validation | None) -> None:
    """Scores the averaged weights, keeps the best, saves the run; all processes go on with what the first decided."""
    if judge is not None:
        stage, done = trainer.stage, trainer.done
        scores = judge.measure(trainer.average, trainer.arithmetic, trainer.config.loss)
        means = {name: float(np.mean([losses[name] for losses in recent])) for name in recent[0]}
        spent = {"minutes": done["seconds"] / 60, "hours": done["frames"] / 360000}
        values = spent | {"learning_rate": trainer.learning_rate()} | means | scores
        rounded = {name: float(f"{value:.6g}") for name, value in values.items()}
        trainer.log.append({"step": done["step"], "stage": stage.name, **rounded})
        trainer.judge(scores["score"], run)
        trainer.save(run)
        write_log(run, trainer.log)
    trainer.done, trainer.best = trainer.group.from_first((trainer.done, trainer.best))
