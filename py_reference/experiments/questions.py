"""Reads questions.toml: what each experiment compares."""

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from .mixtures import SNRS_DB
from .variant import ROOT, VariantError

QUESTIONS = Path(__file__).with_name("questions.toml")
CONFIGS = "py_reference/experiments/configs"
RESULTS = ROOT / "docs" / "experiments"


def digest(value: object) -> str:
    """A short name for something that JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Arm:
    """One system of an experiment; the first arm is what the others are compared with.

    system: "noisy" (the input), "oracle" (ideal gains and strengths), "core" (a network in the C core) or "float" (its
    weights in float arithmetic). The network is `model`, a file of the checkout, or trained by `training`, a config in
    experiments/configs, with the [loss] `loss`, on `hours` of mixtures; `synthesised`: also of synthesised voices.
    start: a model file of the checkout that the training begins with. postfilter: its strength, or [[SNR in dB,
    strength], ...] to fade between by the mixture's true SNR. spec, edits: see make_variant.
    without_noises: kinds of noise that its comparison leaves out. question, decision: for the table.
    """

    name: str
    system: str = "oracle"
    question: str = ""
    decision: str = ""
    model: str = ""
    training: str = ""
    start: str = ""
    loss: dict = field(default_factory=dict)
    hours: float = 1.0
    synthesised: bool = False
    postfilter: float | list = 0.0
    spec: dict = field(default_factory=dict)
    edits: list = field(default_factory=list)
    without_noises: tuple | list = ()

    @property
    def variant(self) -> str:
        """A folder name that arms with the same code share."""
        return digest([self.spec, self.edits])

    def config(self, variant: Path, seed: int) -> str:
        """The trainer's config for one of the arm's networks."""
        text = (variant / CONFIGS / self.training).read_text(encoding="utf-8")
        loss = "".join(f"{name} = {json.dumps(value)}\n" for name, value in self.loss.items())
        return f"seed = {seed}\n{text}\n[loss]\n{loss}"


@dataclass(frozen=True)
class Experiment:
    """Arms that are scored on the same mixtures, at snrs_db, by one command. runs: seeds of training."""

    name: str
    about: str
    arms: list[Arm]
    runs: int = 1
    snrs_db: tuple | list = SNRS_DB

    @property
    def results(self) -> Path:
        """The CSV file of every single score."""
        return RESULTS / f"{self.name}.csv"

    @property
    def record(self) -> Path:
        """The JSON file of what made those scores: command, cost, machine."""
        return RESULTS / f"{self.name}.json"

    def arm(self, name: str) -> Arm:
        """The arm of that name."""
        return next(arm for arm in self.arms if arm.name == name)


def experiments(path: Path = QUESTIONS) -> dict[str, Experiment]:
    """All experiments by name, in order."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: experiment_of(name, entry, table["variants"]) for name, entry in table["experiments"].items()}


def experiment_of(name: str, entry: dict, variants: dict) -> Experiment:
    """The experiment of a table of questions.toml: every arm has what `all_arms` says and the variants it names."""
    arms = []
    for arm_name, own in entry["arms"].items():
        options = entry.get("all_arms", {}) | own
        used = [variants[variant] for variant in options.pop("variants", [])]
        spec = {key: value for variant in used for key, value in variant.get("spec", {}).items()}
        edits = [edit for variant in used for edit in variant.get("edits", [])]
        arms.append(Arm(arm_name, spec=spec, edits=edits, **options))
    options = {key: value for key, value in entry.items() if key not in ("arms", "all_arms")}
    return Experiment(name, arms=arms, **options)


def find(name: str) -> Experiment:
    """The experiment of that name; VariantError with the names there are."""
    known = experiments()
    if name not in known:
        raise VariantError(f"there is no experiment '{name}': choose one of {', '.join(known)}")
    return known[name]
