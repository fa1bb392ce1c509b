"""What a training run is made of: one TOML file, read into dataclasses; a mistake in it is one line."""

import tomllib
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import get_args, get_origin, get_type_hints

from ..errors import PercepNetError
from ..model_file import SIZES

from .enhancement_loss import LossSettings
from .sparsity import Sparsity

LOSSES = ("feature", "end_to_end")
NAMES = {int: "a whole number", float: "a number", str: "a text in quotes", bool: "true or false"}


class ConfigError(PercepNetError):
    """A run's config cannot be used; the text says what to change."""


@dataclass(frozen=True)
class Stage:
    """A part of a run: `steps` updates on `batch` sequences of `frames` frames.

    loss: "feature", on gains and strengths, or "end_to_end", on the signal. quantised: in the core's 8-bit arithmetic.
    The rate falls from learning_rate to final_rate along a cosine. patience: reports without a better score after
    which the stage ends early; 0: never.
    """

    name: str
    loss: str
    steps: int
    learning_rate: float
    final_rate: float
    quantised: bool = False
    batch: int = 24
    frames: int = 400
    patience: int = 0


@dataclass(frozen=True)
class Distillation:
    """A larger network to learn from: a run folder or a model file, and the share its gains have in the targets."""

    teacher: str
    share: float = 0.5


@dataclass(frozen=True)
class RunConfig:
    """A whole run. ema: what the averaged weights keep per step. bfloat16: whether stages that are not quantised
    multiply in it; quicker on processors that know it. Every `report_every` steps and at the end of a stage,
    `validation_mixtures` are scored and the run is saved.
    """

    width: int
    stages: tuple[Stage, ...]
    seed: int = 1
    ema: float = 0.998
    weight_decay: float = 1e-4
    bfloat16: bool = False
    report_every: int = 200
    validation_mixtures: int = 24
    loss: LossSettings = field(default_factory=LossSettings)
    distillation: Distillation | None = None
    sparsity: Sparsity | None = None

    @property
    def steps(self) -> int:
        """Of all stages."""
        return sum(stage.steps for stage in self.stages)


def read_config(path: Path) -> RunConfig:
    """The config in a TOML file. Raises ConfigError."""
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None
    return config_of(table, str(path))


def config_of(table: dict, label: str) -> RunConfig:
    """The config in a table: what a TOML file or a checkpoint holds."""
    config = _made(RunConfig, table, label)
    if config.width not in SIZES:
        raise ConfigError(f"{label}: width must be one of {', '.join(map(str, SIZES))}, not {config.width}")
    if not config.stages:
        raise ConfigError(f"{label}: there are no [[stages]]")
    for stage in config.stages:
        if stage.loss not in LOSSES:
            raise ConfigError(f"{label}: loss of {stage.name} must be one of {', '.join(LOSSES)}, not {stage.loss}")
        if min(stage.steps, stage.batch, stage.frames) < 1 or not 0 < stage.final_rate <= stage.learning_rate:
            needs = "steps, batch and frames of 1 or more and 0 < final_rate <= learning_rate"
            raise ConfigError(f"{label}: stage {stage.name} needs {needs}")
    if not 0 <= config.ema < 1 or min(config.report_every, config.validation_mixtures) < 1:
        raise ConfigError(f"{label}: ema must be 0 or more and below 1, report_every and validation_mixtures 1 or more")
    return config


def _made(kind: type, table: object, where: str):
    """A dataclass from a table."""
    if not isinstance(table, dict):
        raise ConfigError(f"{where} must be a table")
    hints, known = get_type_hints(kind), {f.name: f for f in fields(kind)}
    for name in table:
        if name not in known:
            raise ConfigError(f"{where}: there is no {name!r}; there are {', '.join(known)}")
    for name, entry in known.items():
        if name not in table and entry.default is MISSING and entry.default_factory is MISSING:
            raise ConfigError(f"{where}: {name} is missing")
    return kind(**{name: _converted(hints[name], value, f"{where}: {name}") for name, value in table.items()})


def _converted(kind: object, value: object, where: str):
    """A value of the kind that a field wants."""
    if isinstance(kind, UnionType):  # X | None
        return None if value is None else _converted(get_args(kind)[0], value, where)
    if is_dataclass(kind):
        return _made(kind, value, where)
    if get_origin(kind) is tuple:
        if not isinstance(value, (list, tuple)):
            raise ConfigError(f"{where} must be a list")
        return tuple(_converted(get_args(kind)[0], item, f"{where}[{at}]") for at, item in enumerate(value))
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ConfigError(f"{where} must be {NAMES[kind]}, not {value!r}")
    return value
