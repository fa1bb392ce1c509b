"""A training run on disk: the last checkpoint, the log of losses and their curves."""

import csv
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

LOG_COLUMNS = (
    "step",
    "minutes",
    "frames",
    "learning_rate",
    "quantised",
    "train_gain",
    "train_strength",
    "validation_gain",
    "validation_strength",
)


@dataclass(frozen=True)
class Settings:
    """What a run is made of; the last `quantised_steps` of `steps` use the core's 8-bit arithmetic."""

    width: int = 128
    steps: int = 4000
    quantised_steps: int = 800
    batch: int = 24
    frames: int = 400
    learning_rate: float = 2e-3
    final_rate: float = 5e-5
    weight_decay: float = 1e-4
    ema: float = 0.998
    seed: int = 1
    threads: int = 1
    report_every: int = 200


def save_checkpoint(folder: Path, settings: Settings, state: dict) -> None:
    """Writes `folder`/checkpoint.pt, complete or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / "checkpoint.pt.partial"
    torch.save({"settings": asdict(settings), **state}, partial)
    os.replace(partial, folder / "checkpoint.pt")


def load_checkpoint(folder: Path) -> dict | None:
    """The last checkpoint of a run, or None where there is none yet."""
    path = Path(folder) / "checkpoint.pt"
    return torch.load(path, weights_only=True) if path.is_file() else None


def settings_of(saved: dict) -> Settings:
    """The settings a checkpoint was written with."""
    return Settings(**saved["settings"])


def append_log(folder: Path, row: dict) -> None:
    """Adds a line to `folder`/log.csv and redraws `folder`/curves.png."""
    path = folder / "log.csv"
    new = not path.exists()
    with open(path, "a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, LOG_COLUMNS)
        if new:
            writer.writeheader()
        writer.writerow(row)
    draw_curves(path, folder / "curves.png")


def draw_curves(log: Path, picture: Path) -> None:
    """Loss over steps, training and validation, gains and strengths."""
    from matplotlib.figure import Figure

    with open(log, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    figure = Figure(figsize=(9, 4), layout="constrained")
    for axes, name in zip(figure.subplots(1, 2), ("gain", "strength"), strict=True):
        for part in ("train", "validation"):
            axes.plot([int(row["step"]) for row in rows], [float(row[f"{part}_{name}"]) for row in rows], label=part)
        axes.set(title=f"{name} loss", xlabel="step", yscale="log")
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(picture, dpi=110)
