"""Means of the scores: over everything, and per SNR, noise, language and room."""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..audio_io import atomic
from ..constants import SAMPLE_RATE
from ..csv_table import read_table
from ..errors import PercepNetError

from .measures.scores import INTRUSIVE, MEASURES
from .scoring import Row

EVERYTHING = "all"
AXES = {"snr_db": "SNR, dB", "noise_class": "noise", "language": "language", "reverberant": "reverberant"}
SUMMARY_COLUMNS = ("class", "value", "system", "clips")


@dataclass(frozen=True)
class Mean:
    """Means of one system over the clips of one class. axis: EVERYTHING or one of AXES; value: the class."""

    axis: str
    value: str
    system: str
    clips: int
    scores: dict[str, float]


def summarise(rows: list[Row]) -> list[Mean]:
    """Means of every class and system: classes in order of their values, systems in order of appearance."""
    systems = list(dict.fromkeys(row.system for row in rows))
    means = []
    for axis in (EVERYTHING, *AXES):
        for value in classes(rows, axis):
            members = [row for row in rows if axis == EVERYTHING or row.labels.get(axis) == value]
            for system in systems:
                own = [row for row in members if row.system == system]
                means.append(Mean(axis, value, system, len(own), mean_scores(own)))
    return means


def classes(rows: Iterable[Row], axis: str) -> list[str]:
    """The values of a label, numbers in order of size; EVERYTHING is one class."""
    if axis == EVERYTHING:
        return [EVERYTHING]
    found = {row.labels[axis] for row in rows if row.labels.get(axis)}
    return sorted(found, key=lambda value: (0, float(value), "") if _is_number(value) else (1, 0.0, value))


def mean_scores(rows: list[Row]) -> dict[str, float]:
    """Means of the measures that were taken, over the clips that have them; nan where none has."""
    means = {}
    for measure in (name for name in MEASURES if name in rows[0].scores):
        values = [row.scores[measure] for row in rows if not math.isnan(row.scores[measure])]
        means[measure] = float(np.mean(values)) if values else math.nan
    return means


def worse_than_input(means: list[Mean], input_name: str = "noisy") -> list[tuple[Mean, str, float]]:
    """(mean, measure, how far below) of all classes in which a system is worse than the untouched input."""
    inputs = {(mean.axis, mean.value): mean.scores for mean in means if mean.system == input_name}
    found = []
    for mean in means:
        before = inputs.get((mean.axis, mean.value), {})
        for measure in INTRUSIVE:
            if mean.scores.get(measure, math.nan) < before.get(measure, math.nan):
                found.append((mean, measure, before[measure] - mean.scores[measure]))
    return found


def write_scores(path: Path, rows: list[Row]) -> None:
    """Every single score as CSV."""
    labels = list(dict.fromkeys(label for row in rows for label in row.labels))
    measures = list(rows[0].scores)
    lines = [
        {"clip": row.clip, **row.labels, "system": row.system, "delay_ms": f"{1000 * row.delay / SAMPLE_RATE:.3f}"}
        | _numbers(row.scores)
        for row in rows
    ]
    _write_csv(path, ["clip", *labels, "system", "delay_ms", *measures], lines)


def write_summary(path: Path, means: list[Mean]) -> None:
    """The means as CSV."""
    measures = list(means[0].scores)
    lines = [
        {"class": mean.axis, "value": mean.value, "system": mean.system, "clips": mean.clips} | _numbers(mean.scores)
        for mean in means
    ]
    _write_csv(path, [*SUMMARY_COLUMNS, *measures], lines)


def read_summary(path: Path) -> list[Mean]:
    """The means that write_summary wrote. Raises PercepNetError for another file."""
    advice = "give the summary.csv that `percepnet evaluate` wrote"
    lines = read_table(path, SUMMARY_COLUMNS, advice)
    if not lines:
        raise PercepNetError(f"{path} has no rows: {advice}")
    try:
        return [
            Mean(
                line["class"],
                line["value"],
                line["system"],
                int(line["clips"]),
                {name: float(text or "nan") for name, text in line.items() if name not in SUMMARY_COLUMNS},
            )
            for line in lines
        ]
    except ValueError as error:
        raise PercepNetError(f"{path} has something else where numbers belong ({error}): {advice}") from None


def _write_csv(path: Path, columns: list[str], lines: list[dict]) -> None:
    with atomic(path) as part, open(part, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(lines)


def _numbers(scores: dict[str, float]) -> dict[str, str]:
    return {name: "" if math.isnan(value) else f"{value:.4f}" for name, value in scores.items()}


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
