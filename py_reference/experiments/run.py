"""Runs an experiment: makes every arm's variant, trains its network if it has one, scores it, collects the scores."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from percepnet.benchmark.machine import describe_machine

from .network import trained
from .questions import Arm, Experiment
from .score import read_rows, write_rows
from .variant import ROOT, make_variant, run_in
from .workshop import Workshop


@dataclass(frozen=True)
class Recipe:
    """What an experiment is run with; absolute paths. synthesised: voices for the arms that ask for them."""

    data: Path
    synthesised: Path | None
    seed: int
    commit: str

    @property
    def workshop(self) -> Path:
        """Where what is made from exactly this is kept."""
        data = hashlib.sha256(f"{self.data}|{self.synthesised}".encode()).hexdigest()[:8]
        return ROOT / "build" / "experiments" / f"{self.commit}-{data}-{self.seed}"


def run_experiment(experiment: Experiment, recipe: Recipe, command: str, progress: Progress) -> None:
    """Writes the experiment's results and record."""
    workshop, rows = Workshop(recipe.workshop), []
    tasks = [(arm, run) for run in range(1, experiment.runs + 1) for arm in experiment.arms]
    for arm, run in progress.track(tasks, description=experiment.name):
        rows += scored(workshop, experiment, arm, run, recipe)
    write_rows(experiment.results, rows)
    machine = describe_machine()
    record = {
        "command": command,
        "commit": recipe.commit,
        "seed": recipe.seed,
        "runs": experiment.runs,
        "cpu_minutes": round(sum(workshop.spent.values()) / 60, 1),
        "machine": f"{machine['processor']}, {machine['system']}",
    }
    experiment.record.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def scored(workshop: Workshop, experiment: Experiment, arm: Arm, run: int, recipe: Recipe) -> list[dict]:
    """The scores of an arm, or of one of its trainings."""
    variant = workshop.once(
        f"variant-{arm.variant}", lambda folder: make_variant(folder, recipe.commit, arm.spec, arm.edits)
    )
    model = variant / arm.model
    if arm.training:
        folder = trained(workshop, variant, arm, run, recipe.data, recipe.synthesised)
        model = folder if arm.system == "float" else folder / "model.pnet"
    what = ["--model", model, "--run", run, "--data", recipe.data, "--seed", recipe.seed]

    def score(out: Path) -> None:
        run_in(variant, "-m", "experiments", "score", experiment.name, arm.name, *map(str, what), "--out", str(out))

    return read_rows(workshop.once(f"scores-{experiment.name}-{arm.name}-{run}.csv", score))
