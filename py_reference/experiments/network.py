"""Trains the network of an arm in the arm's variant, on the variant's own code: equal small budgets, not products."""

from pathlib import Path

from .questions import Arm, digest
from .variant import VariantError, run_in
from .workshop import Workshop

VALIDATION_HOURS = 0.1


def trained(workshop: Workshop, variant: Path, arm: Arm, run: int, data: Path, synthesised: Path | None) -> Path:
    """The run folder of an arm's network, its model file `model.pnet` inside. run: the seed of its training."""
    if arm.synthesised and synthesised is None:
        hint = "make some with `percepnet data synthesise FOLDER` and give --synthesised FOLDER"
        raise VariantError(f"'{arm.name}' needs synthesised voices: {hint}")
    pool = f"{arm.variant}-{arm.hours:g}h{'-synthesised' * arm.synthesised}"
    folders = [data, synthesised] if arm.synthesised else [data]
    shards = workshop.once(f"shards-{pool}", lambda out: extract(variant, folders, out, "train", arm.hours))
    held_back = workshop.once(
        f"held-back-{arm.variant}", lambda out: extract(variant, [data], out, "validation", VALIDATION_HOURS)
    )

    config = arm.config(variant, run)

    def train(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "wanted.toml").write_text(config, encoding="utf-8")
        places = ["--features", shards, "--validation", held_back, "--run", folder]
        how = ["--device", "cpu", "--threads", 1, *options("--start-from", [variant / arm.start] if arm.start else [])]
        training(variant, "train", "--config", folder / "wanted.toml", *places, *how)
        training(variant, "export", *places, *options("--data", folders), "--model", folder / "model.pnet")

    return workshop.once(f"run-{pool}-{digest([config, arm.start] if arm.start else config)}", train)


def extract(variant: Path, folders: list[Path], out: Path, split: str, hours: float) -> None:
    """Makes shards of a split of the data folders."""
    what = ["--out", out, "--split", split, "--hours", hours, "--jobs", 1]
    training(variant, "extract", *options("--data", folders), *what)


def options(name: str, values: list[Path]) -> list[str | Path]:
    """An option that is given once per value."""
    return [part for value in values for part in (name, value)]


def training(variant: Path, *arguments) -> None:
    """Runs a command of the variant's trainer."""
    run_in(variant, "-m", "percepnet.training", *map(str, arguments))
