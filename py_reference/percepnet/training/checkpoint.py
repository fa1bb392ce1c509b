"""A training run on disk: the last checkpoint, the best weights, the log and its curves. Kill-safe: whole files only.

The log is a part of the checkpoint; log.csv and curves.png are made from it, so the three never disagree for long.
"""

import csv
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import torch

from ..audio_io import atomic

from .configuration import RunConfig, config_of
from .curves import draw_curves
from .feature_store import StoreError

CHECKPOINT, BEST = "checkpoint.pt", "best.pt"


def save(path: Path, config: RunConfig, state: dict) -> None:
    """Writes a run's config and state, complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic(path) as part, open(part, "wb") as file:
        torch.save({"config": asdict(config), **state}, file)
        file.flush()
        os.fsync(file.fileno())


def load(path: Path) -> dict | None:
    """What `save` wrote, on the CPU, or None where there is nothing yet."""
    if not path.is_file():
        return None
    saved = torch.load(path, map_location="cpu", weights_only=True)
    if "config" not in saved:
        raise StoreError(f"{path} is of an older version: give another --run folder")
    return saved


def load_best(run: Path) -> dict:
    """The best weights of a run ("average") with "config" and "done"; before there are any, the last checkpoint's."""
    saved = load(run / BEST) or load(run / CHECKPOINT)
    if saved is None:
        raise StoreError(f"{run} holds no {CHECKPOINT}: run `python -m percepnet.training train` first")
    return saved


def saved_config(saved: dict) -> RunConfig:
    """The config a checkpoint was written with."""
    return config_of(saved["config"], "checkpoint")


def copy_whole(source: Path, target: Path) -> None:
    """Copies a file, complete or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic(target) as part:
        shutil.copyfile(source, part)


def write_log(run: Path, log: list[dict]) -> None:
    """Writes log.csv and curves.png. A row may lack columns that others have."""
    with atomic(run / "log.csv") as part, open(part, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(column for row in log for column in row)))
        writer.writeheader()
        writer.writerows(log)
    draw_curves(log, run / "curves.png")
