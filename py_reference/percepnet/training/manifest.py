"""The two tables of a data folder: manifest.csv, one row per file, and segments.csv, one row per clip of a file."""

import csv
import math
from pathlib import Path

from ..audio_io import atomic
from ..csv_table import read_table
from ..errors import PercepNetError

from .splits import SPLITS

MANIFEST_COLUMNS = (
    "path",
    "kind",
    "speaker_or_class",
    "language",
    "rate",
    "seconds",
    "clips",
    "bw_hz",
    "snr_db",
    "f0_hz",
    "source",
    "licence",
    "synthetic",
    "split",
    "note",
)
TABLES = ("manifest.csv", "segments.csv")
SEGMENT_COLUMNS = ("path", "start_s", "end_s", "bw_hz", "snr_db", "origin", "licence")
NEEDED = ("path", "kind", "speaker_or_class", "language", "seconds", "bw_hz", "snr_db", "licence")  # the rest may lack
SEGMENTS_NEEDED = ("path", "start_s", "end_s", "bw_hz", "snr_db")
NUMBERS = ("seconds", "bw_hz", "snr_db", "f0_hz", "start_s", "end_s")
CHOICES = {"kind": ("speech", "noise", "rir"), "split": ("", *SPLITS)}


class CorpusError(PercepNetError):
    """The data folder cannot be used; the text says why and what to do."""


def read_manifest(folder: Path) -> list[dict]:
    """The rows of manifest.csv, one per file. Raises CorpusError."""
    path = Path(folder) / "manifest.csv"
    if not path.is_file():
        raise CorpusError(f"{path} does not exist: make it with `percepnet data scan {folder}`")
    return _read(path, NEEDED)


def read_segments(folder: Path) -> dict[str, list[dict]]:
    """The rows of segments.csv, which may be missing, by the path of their file; files without rows are one clip.

    Raises CorpusError.
    """
    segments: dict[str, list[dict]] = {}
    path = Path(folder) / "segments.csv"
    for row in _read(path, SEGMENTS_NEEDED) if path.exists() else []:
        segments.setdefault(row["path"], []).append(row)
    return segments


def write_tables(folder: Path, manifest: list[dict], segments: list[dict]) -> None:
    """Writes both tables, each complete or not at all; the manifest last, as it names what is finished."""
    for name, columns, rows in (
        ("segments.csv", SEGMENT_COLUMNS, segments),
        ("manifest.csv", MANIFEST_COLUMNS, manifest),
    ):
        with atomic(Path(folder) / name) as part, open(part, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _read(path: Path, columns: tuple[str, ...]) -> list[dict]:
    advice = f"mend it, or make it again with `percepnet data scan {path.parent} --replace`"
    rows = read_table(path, columns, advice, CorpusError)
    for number, row in enumerate(rows, 1):
        for name, text in row.items():
            if name in CHOICES and text not in CHOICES[name]:
                fault = f"is none of {', '.join(filter(None, CHOICES[name]))}"
            elif name in NUMBERS and text and not _is_number(text):
                fault = "is no number"
            else:
                continue
            raise CorpusError(f"{path}: {name} {text!r} in row {number} {fault}: {advice}")
    return rows


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
