"""Trains a network on extracted features: in float first, at the end in the core's 8-bit arithmetic."""

import math
import time
from pathlib import Path

import numpy as np
import torch
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from .checkpoint import Settings, append_log, load_checkpoint, save_checkpoint
from .feature_store import FeatureStore, StoreError, split_columns
from .level_shift import shift_levels
from .loss import percepnet_loss
from .model import PercepNet

WARM_UP_STEPS = 100
MAX_GRADIENT = 1.0
VALIDATION_BATCH = 24


class Trainer:
    """One run: network, its moving average, optimiser and counters; `step` is one update."""

    def __init__(self, settings: Settings):
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.model = PercepNet(settings.width)
        self.average = PercepNet(settings.width)
        self.average.load_state_dict(self.model.state_dict())
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(),
            lr=settings.learning_rate,
            betas=(0.9, 0.98),
            weight_decay=settings.weight_decay,
        )
        self.done = {"step": 0, "seconds": 0.0, "frames": 0}

    @property
    def quantised(self) -> bool:
        """Whether the next update uses the 8-bit arithmetic."""
        return self.done["step"] >= self.settings.steps - self.settings.quantised_steps

    def learning_rate(self) -> float:
        """Linear warm-up, then a cosine down to the final rate."""
        step, settings = self.done["step"], self.settings
        if step < WARM_UP_STEPS:
            return settings.learning_rate * (step + 1) / WARM_UP_STEPS
        share = min(1.0, (step - WARM_UP_STEPS) / max(1, settings.steps - WARM_UP_STEPS))
        return (
            settings.final_rate + (settings.learning_rate - settings.final_rate) * (1 + math.cos(math.pi * share)) / 2
        )

    def step(self, rows: np.ndarray) -> tuple[float, float]:
        """One update on rows (frames, batch, NUM_COLUMNS); (gain loss, strength loss) before it."""
        started = time.monotonic()
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate()
        losses = losses_of(self.model, rows, self.quantised)
        self.optimiser.zero_grad()
        sum(losses).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), MAX_GRADIENT)
        self.optimiser.step()
        self._update_average()
        self.done["step"] += 1
        self.done["frames"] += rows.shape[0] * rows.shape[1]
        self.done["seconds"] += time.monotonic() - started
        return tuple(loss.item() for loss in losses)

    def _update_average(self) -> None:
        keep = min(self.settings.ema, 1 - 1 / (1 + self.done["step"] / 10))
        with torch.no_grad():
            for mean, new in zip(self.average.parameters(), self.model.parameters(), strict=True):
                mean.lerp_(new, 1 - keep)

    def validate(self, store: FeatureStore) -> tuple[float, float]:
        """Losses of the averaged weights, in the arithmetic in use, over whole mixtures."""
        mixtures, totals, count = list(store.mixtures()), np.zeros(2), 0
        for start in range(0, len(mixtures), VALIDATION_BATCH):
            rows = np.stack(mixtures[start : start + VALIDATION_BATCH], axis=1)
            with torch.no_grad():
                totals += [float(loss) for loss in losses_of(self.average, rows, self.quantised)]
            count += 1
        return tuple(totals / count)

    def save(self, folder: Path) -> None:
        """Writes a checkpoint from which `resume` goes on as if nothing had happened."""
        save_checkpoint(
            folder,
            self.settings,
            {
                "model": self.model.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "done": self.done,
            },
        )

    def resume(self, folder: Path) -> bool:
        """Takes up the folder's last checkpoint; False where there is none. Steps and rates may be new."""
        saved = load_checkpoint(folder)
        if saved is None:
            return False
        if saved["settings"]["width"] != self.settings.width:
            raise StoreError(f"{folder} holds a run of width {saved['settings']['width']}: give another --run folder")
        self.model.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.done = saved["done"]
        return True


def losses_of(model: PercepNet, rows: np.ndarray, quantised: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """(gain loss, strength loss) of a network on rows (frames, batch, NUM_COLUMNS)."""
    features, target_g, target_r, weights = (torch.from_numpy(np.ascontiguousarray(x)) for x in split_columns(rows))
    g, r = model(features, quantised)
    return percepnet_loss(g, r, target_g, target_r, weights)


def train(settings: Settings, features: Path, validation: Path, run: Path) -> None:
    """Trains until settings.steps, reporting, saving and taking in new shards every `report_every` steps."""
    torch.set_num_threads(settings.threads)
    torch.set_flush_denormal(True)
    store, held_back, trainer = FeatureStore(features), FeatureStore(validation), Trainer(settings)
    trainer.resume(run)
    recent: list[tuple[float, float]] = []
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as progress:
        task = progress.add_task("training", total=settings.steps, completed=trainer.done["step"])
        while trainer.done["step"] < settings.steps:
            rng = np.random.default_rng([settings.seed, trainer.done["step"]])
            rows = store.batch(settings.batch, settings.frames, rng)
            shift_levels(rows, rng)
            recent.append(trainer.step(rows))
            progress.update(task, completed=trainer.done["step"])
            if trainer.done["step"] % settings.report_every == 0 or trainer.done["step"] == settings.steps:
                report(trainer, run, recent, held_back)
                store.refresh()
                recent.clear()


def report(trainer: Trainer, run: Path, recent: list, held_back: FeatureStore) -> None:
    """Saves the run and adds a line to its log."""
    trainer.save(run)
    gain, strength = np.mean(recent, axis=0)
    validation_gain, validation_strength = trainer.validate(held_back)
    append_log(
        run,
        {
            "step": trainer.done["step"],
            "minutes": round(trainer.done["seconds"] / 60, 2),
            "frames": trainer.done["frames"],
            "learning_rate": f"{trainer.learning_rate():.3g}",
            "quantised": int(trainer.quantised),
            "train_gain": f"{gain:.5f}",
            "train_strength": f"{strength:.5f}",
            "validation_gain": f"{validation_gain:.5f}",
            "validation_strength": f"{validation_strength:.5f}",
        },
    )
