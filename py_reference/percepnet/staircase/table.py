"""What every step scores and what it gains over the one before: on the terminal, as CSV, and for the page."""

import csv
import math
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.table import Table

from ..audio_io import atomic
from ..quality import DECIMALS, UNITS, number
from .steps import NETWORK

CLEAR = {"PESQ-WB": 0.05, "ESTOI": 0.005, "SI-SDR": 0.2}  # smaller changes are not coloured
CAPTION = "Scores and gains: over the step before; of each network, over the ideal with postfilter"
STYLES = {1: "green", 0: "default", -1: "red"}


@dataclass(frozen=True)
class Cell:
    """score, gain: texts; gain is empty for the first step. direction: 1 better, -1 worse, 0 about the same."""

    score: str
    gain: str
    direction: int


def gains(outcomes):
    """[(outcome, {measure: gain})]: over the step before, of networks over the last that is none; NaN at first."""
    before, rows = {}, []
    for outcome in outcomes:
        rows.append((outcome, {name: value - before.get(name, math.nan) for name, value in outcome.scores.items()}))
        if outcome.step.kind != NETWORK:
            before = outcome.scores
    return rows


def cells(outcomes):
    """[(outcome, {measure: Cell})]"""
    return [
        (outcome, {name: cell(name, outcome.scores[name], gain) for name, gain in gained.items()})
        for outcome, gained in gains(outcomes)
    ]


def cell(measure, value, gain):
    direction = 0 if math.isnan(gain) or abs(gain) < CLEAR[measure] else int(math.copysign(1, gain))
    text = "" if math.isnan(gain) else number(gain, DECIMALS[measure], "+")
    return Cell(score_text(measure, value), text, direction)


def score_text(measure, value):
    return number(value, DECIMALS[measure])


def heading(measure):
    return f"{measure}, {UNITS[measure]}" if measure in UNITS else measure


def console_table(outcomes):
    """A rich Table: each score and, beside it, the gain."""
    table = Table(title=CAPTION, title_justify="left", box=SIMPLE_HEAD)
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
    with atomic(path) as part, open(part, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["step", "name", *measures, *(f"{name} gain" for name in measures)])
        for outcome, gained in gains(outcomes):
            values = (*outcome.scores.values(), *gained.values())
            texts = ["" if math.isnan(value) else f"{value:.4f}" for value in values]
            writer.writerow([outcome.step.kind, outcome.step.name, *texts])
