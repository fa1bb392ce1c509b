"""Tables that say what data folders hold, and warnings about what they lack."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.table import Table

from .corpus import CLEAN_DB
from .splits import SPLITS, group_of

FEW = {"speech": 20, "noise": 10}  # fewer groups than this hardly make three splits
NAMES = {"speech": "speakers", "noise": "noise classes"}
NARROW_HZ = 10000


def voices_table(rows: list[dict]) -> Table:
    """Synthesised voices, a column for each engine."""
    return _facts_table(_grouped(rows, lambda row: row["source"].split()[0]))


def scan_table(rows: list[dict]) -> Table:
    """Scanned recordings, a column for each kind and layout."""
    return _facts_table(_grouped(rows, lambda row: f"{row['kind']}\n{row['source']}"))


def packages_table(chosen: list) -> Table:
    """The Recipes of packaged.py: classes of noise and voices of each package."""
    table = Table("package", "noises", "voices", box=SIMPLE_HEAD)
    for recipe in chosen:
        labels = {kind: [w.label for w in recipe.wanted if w.kind == kind] for kind in NAMES}
        table.add_row(recipe.package, ", ".join(labels["noise"]), ", ".join(labels["speech"]))
    return table


def _facts_table(groups: dict[str, list[dict]]) -> Table:
    """What the rows of each group hold; where there are three numbers: 10th percentile, median, 90th percentile."""
    facts: dict[str, Callable[[list[dict]], str]] = {
        "files": lambda rows: str(len(rows)),
        "speakers, classes, rooms": lambda rows: _count(rows, "speaker_or_class"),
        "languages": lambda rows: _count(rows, "language"),
        "hours": lambda rows: f"{_hours(rows):.2f}",
        "bandwidth, kHz": lambda rows: _span([hz / 1000 for hz in _numbers(rows, "bw_hz")], ".1f"),
        "SNR, dB": lambda rows: _span(_numbers(rows, "snr_db"), ".0f"),
        "pitch, Hz": lambda rows: _span(_numbers(rows, "f0_hz"), ".0f"),
    }
    table = Table("", *sorted(groups), box=SIMPLE_HEAD)
    for name, fact in facts.items():
        table.add_row(name, *(fact(groups[group]) for group in sorted(groups)))
    return table


def warnings(rows: list[dict]) -> list[str]:
    """What is wrong with scanned recordings, and what can be done."""
    found = []
    for kind, few in FEW.items():
        groups = len({group_of(row) for row in rows if row["kind"] == kind and is_usable(row)})
        if groups < len(SPLITS):
            advice = "training, validation and test need one each: add recordings, or name a further folder in training"
            found.append(f"only {groups} {NAMES[kind]} that can be used, and {advice}")
        elif groups < few:
            found.append(f"only {groups} {NAMES[kind]}: with fewer than {few} a split tells little")
    speech = [row for row in rows if row["kind"] == "speech"]
    shares = {
        f"has nothing above {NARROW_HZ // 1000} kHz: its high bands are left out of the loss": [
            row for row in speech if float(row["bw_hz"]) < NARROW_HZ
        ],
        f"has an SNR below {CLEAN_DB:g} dB and will not be used as clean speech": [
            row for row in speech if not is_usable(row)
        ],
        "is clipped: record it again with less gain, or leave it out": [
            row for row in speech if row["note"] == "clipped"
        ],
        "has no licence on record: say which with --licence": [row for row in speech if not row["licence"]],
    }
    for what, mine in shares.items():
        if mine:
            found.append(f"{100 * _hours(mine) / _hours(speech):.0f} % of the speech {what}; e.g. {mine[0]['path']}")
    return found


def is_usable(row: dict) -> bool:
    """Whether a Corpus takes what a row of a scanned manifest names."""
    return row["kind"] != "speech" or float(row["snr_db"]) >= CLEAN_DB


def _grouped(rows: list[dict], key) -> dict:
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _hours(rows: list[dict]) -> float:
    return sum(float(row["seconds"]) for row in rows) / 3600


def _count(rows: list[dict], column: str) -> str:
    return str(len({row[column] for row in rows} - {""}))


def _numbers(rows: list[dict], column: str) -> list[float]:
    return [float(row[column]) for row in rows if row.get(column)]


def _span(values: list[float], form: str) -> str:
    """10th percentile, median and 90th percentile."""
    return " / ".join(f"{value:{form}}" for value in np.quantile(values, [0.1, 0.5, 0.9])) if values else ""
