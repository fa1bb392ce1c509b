"""Pairs of a noisy recording and what it should become: from two folders, or from a table with labels."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..audio_io import at_core_rate, read_audio
from ..batch import AUDIO_SUFFIXES
from ..csv_table import read_table
from ..errors import PercepNetError

FILES = ("clean", "noisy")  # the columns that a table must have; all others are labels


class BadPairs(PercepNetError):
    """The pairs cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Pair:
    """Two files, aligned and equally long. labels: what is known of them (snr_db, noise_class, language...)."""

    name: str
    clean: Path
    noisy: Path
    labels: dict[str, str] = field(default_factory=dict)

    def read(self) -> tuple[np.ndarray, np.ndarray]:
        """(clean, noisy): float32 (n,) in +-1 at 48 kHz, the first channel of each file. Raises PercepNetError."""
        clean, noisy = (at_core_rate(read_audio(path)).samples[:, 0] for path in (self.clean, self.noisy))
        if clean.size != noisy.size:
            lengths = f"{self.noisy} has {noisy.size} samples at 48 kHz, {self.clean} {clean.size}"
            raise BadPairs(f"{lengths}: give recordings of the same length")
        return clean, noisy


def pairs_of_folders(clean: Path, noisy: Path) -> list[Pair]:
    """Every recording in the noisy folder with the one of the same name in the clean folder."""
    for folder in (clean, noisy):
        if not folder.is_dir():
            raise BadPairs(f"{folder} is not a folder: give a folder of clean recordings and one of noisy ones")
    names = sorted(path.relative_to(noisy) for path in noisy.rglob("*") if path.suffix.lower() in AUDIO_SUFFIXES)
    if not names:
        raise BadPairs(f"no recording in {noisy}: give a folder with WAV or FLAC files")
    for name in names:
        if not (clean / name).is_file():
            raise BadPairs(f"{noisy / name} has no counterpart {clean / name}: give both the same name")
    return [Pair(str(name.with_suffix("")), clean / name, noisy / name) for name in names]


def pairs_of_table(table: Path) -> list[Pair]:
    """The rows of a CSV file with the columns clean, noisy (paths, relative to the file) and any labels."""
    advice = "give a CSV file with the columns clean and noisy, one row per pair"
    rows = read_table(table, FILES, advice, BadPairs)
    if not rows:
        raise BadPairs(f"{table} has no rows: {advice}")
    pairs = [_pair(table.parent, row) for row in rows]
    for path in (path for pair in pairs for path in (pair.clean, pair.noisy)):
        if not path.is_file():
            raise BadPairs(f"{path} does not exist, which {table} names: its paths are relative to its own folder")
    return pairs


def write_table(table: Path, pairs: list[Pair]) -> None:
    """Writes what pairs_of_table reads; the files must lie in the table's folder."""
    columns = [*FILES, *dict.fromkeys(label for pair in pairs for label in pair.labels)]
    with open(table, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for pair in pairs:
            files = {name: getattr(pair, name).relative_to(table.parent) for name in FILES}
            writer.writerow(files | pair.labels)


def _pair(folder: Path, row: dict[str, str]) -> Pair:
    clean, noisy = (folder / row[name] for name in FILES)
    labels = {name: value for name, value in row.items() if name not in FILES}
    return Pair(noisy.stem.removesuffix("_noisy"), clean, noisy, labels)
