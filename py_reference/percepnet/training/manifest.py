"""The two tables of a data folder: manifest.csv, one row per file, and segments.csv, one row per clip of a file."""

import csv
from pathlib import Path

from ..audio_io import atomic
from ..errors import PercepNetError

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


class CorpusError(PercepNetError):
    """The data folder cannot be used; the text says why and what to do."""


def read_manifest(folder: Path) -> list[dict]:
    """The rows of manifest.csv, one per file."""
    return _read(Path(folder) / "manifest.csv")


def read_segments(folder: Path) -> dict[str, list[dict]]:
    """The rows of segments.csv, which may be missing, by the path of their file; files without rows are one clip."""
    segments: dict[str, list[dict]] = {}
    path = Path(folder) / "segments.csv"
    for row in _read(path) if path.exists() else []:
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


def _read(path: Path) -> list[dict]:
    if not path.is_file():
        raise CorpusError(f"{path} does not exist: make it with `percepnet data scan {path.parent}`")
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
