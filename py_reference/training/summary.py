"""Tables that say what data folders hold, and warnings about what they lack."""

from collections import defaultdict

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.table import Table

FEW = {"speech": 20, "noise": 10, "rir": 1}  # fewer groups than this hardly make three splits
NAMES = {"speech": "speakers", "noise": "noise classes", "rir": "rooms"}
NARROW_HZ = 10000
CLEAN_DB = 28.0  # what Corpus asks of speech


def voices_table(rows: list[dict]) -> Table:
    """Synthesised voices by engine: files, speakers, languages, minutes, measured pitch and bandwidth."""
    table = Table("engine", "files", "speakers", "languages", "minutes", "pitch Hz", "bandwidth kHz", box=SIMPLE_HEAD)
    for engine, mine in sorted(_grouped(rows, lambda row: row["source"].split()[0]).items()):
        table.add_row(
            engine,
            str(len(mine)),
            _count(mine, "speaker_or_class"),
            _count(mine, "language"),
            f"{_hours(mine) * 60:.1f}",
            _span(_numbers(mine, "f0_hz"), ".0f"),
            _span([hz / 1000 for hz in _numbers(mine, "bw_hz")], ".1f"),
        )
    return table


def scan_table(rows: list[dict]) -> Table:
    """A scanned folder by kind and layout."""
    table = Table("kind", "layout", "files", "groups", "languages", "hours", box=SIMPLE_HEAD)
    for heading in ("bandwidth kHz", "SNR dB", "pitch Hz"):
        table.add_column(heading)
    for (kind, layout), mine in sorted(_grouped(rows, lambda row: (row["kind"], row["source"])).items()):
        table.add_row(
            kind,
            layout,
            str(len(mine)),
            f"{_count(mine, 'speaker_or_class')} {NAMES[kind]}",
            _count(mine, "language"),
            f"{_hours(mine):.2f}",
            _span([hz / 1000 for hz in _numbers(mine, "bw_hz")], ".1f"),
            _span(_numbers(mine, "snr_db"), ".0f"),
            _span(_numbers(mine, "f0_hz"), ".0f"),
        )
    return table


def warnings(rows: list[dict]) -> list[str]:
    """What is wrong with scanned recordings, and what can be done."""
    found = []
    for kind, few in FEW.items():
        groups = len({row["speaker_or_class"] for row in rows if row["kind"] == kind})
        if groups < few:
            found.append(f"only {groups} {NAMES[kind]}: with fewer than {few} a split may be empty or tell little")
    speech = [row for row in rows if row["kind"] == "speech"]
    shares = {
        f"has nothing above {NARROW_HZ // 1000} kHz: its high bands are left out of the loss": [
            row for row in speech if float(row["bw_hz"]) < NARROW_HZ
        ],
        f"has an SNR below {CLEAN_DB:g} dB and will not be used as clean speech": [
            row for row in speech if float(row["snr_db"]) < CLEAN_DB
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
