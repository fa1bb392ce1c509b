"""What every step scores and what it gains over the one before: on the terminal, as CSV, and for the page."""

import csv
import math
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.table import Table

from ..audio_io import atomic
from ..quality import DECIMALS, UNITS, number

CLEAR = {"PESQ-WB": 0.05, "ESTOI": 0.005, "SI-SDR": 0.2}  # smaller changes are not coloured
STYLES = {1: "green", 0: "default", -1: "red"}


@dataclass(frozen=True)
class Cell:
    """score, gain: texts; gain is empty for the first step. direction: 1 better, -1 worse, 0 about the same."""

    score: str
    gain: str
    direction: int


def cells(outcomes):
    """[(outcome, {measure: Cell})]"""
    before, rows = None, []
    for outcome in outcomes:
        rows.append((outcome, {name: cell(name, value, before) for name, value in outcome.scores.items()}))
        before = outcome.scores
    return rows


def cell(measure, value, before):
    gain = value - before[measure] if before else math.nan
    direction = 0 if math.isnan(gain) or abs(gain) < CLEAR[measure] else int(math.copysign(1, gain))
    return Cell(score_text(measure, value), number(gain, DECIMALS[measure], "+") if before else "", direction)


def score_text(measure, value):
    return number(value, DECIMALS[measure])


def heading(measure):
    return f"{measure}, {UNITS[measure]}" if measure in UNITS else measure


def console_table(outcomes):
    """A rich Table: each score and, beside it, the difference from the step before."""
    table = Table(title="Scores, and the gain over the step before", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("step", no_wrap=True)
    for measure in outcomes[0].scores:
        table.add_column(heading(measure), justify="right", no_wrap=True)
    for outcome, measures in cells(outcomes):
        texts = (f"{one.score} [{STYLES[one.direction]}]{one.gain:>6}[/]" for one in measures.values())
        table.add_row(outcome.step.name, *texts)
    return table


def write_csv(path, outcomes):
    """Every score and gain in full, a row per step."""
    measures = list(outcomes[0].scores)
    before = dict.fromkeys(measures, math.nan)
    with atomic(path) as part, open(part, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["step", "name", *measures, *(f"{name} gain" for name in measures)])
        for outcome in outcomes:
            scores = [outcome.scores[name] for name in measures]
            gains = [outcome.scores[name] - before[name] for name in measures]
            texts = ["" if math.isnan(value) else f"{value:.4f}" for value in (*scores, *gains)]
            writer.writerow([outcome.step.kind, outcome.step.name, *texts])
            before = outcome.scores
