"""A folder of real recordings: speakers, noises and room responses, split so that nothing is heard twice.

The folder holds `manifest.csv` (one row per file) and `segments.csv` (one row per clip inside a file).
"""

import csv
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from percepnet.constants import SAMPLE_RATE
from percepnet.errors import PercepNetError

SPLITS = ("train", "validation", "test")
SPLIT_SALTS = {  # part of the rule: another salt is another split
    "speech": "percepnet-240506",
    "noise": "percepnet-37805",
    "rir": "percepnet-3",
}
TEST_PERCENT = 14
VALIDATION_PERCENT = 8
FULL_BANDWIDTH_HZ = 20000.0  # what the pipeline keeps; also the bandwidth of material that states none


class CorpusError(PercepNetError):
    """The data folder cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Clip:
    """One cut of a file: samples start..stop at 48 kHz (stop None = to its end)."""

    path: Path
    start: int
    stop: int | None
    bw_hz: float


@dataclass
class Source:
    """One speaker, one kind of noise in one recording, or one room: what a split must not divide."""

    group: str
    licence: str
    clips: list[Clip] = field(default_factory=list)


def split_of(kind: str, group: str) -> str:
    """The split that a group of recordings belongs to: a stable hash, independent of the order of files."""
    digest = hashlib.sha256(f"{SPLIT_SALTS[kind]}/{kind}/{group}".encode()).digest()
    percent = int.from_bytes(digest[:4], "big") % 100
    if percent < TEST_PERCENT:
        return "test"
    return "validation" if percent < TEST_PERCENT + VALIDATION_PERCENT else "train"


def group_of(row: dict) -> str:
    """What must stay together: a person, a class of noise, all positions in a room.

    Labels such as `collection-da` name no person: all of a language count as one, as they may be. Labels of
    noise such as `rain on tent` and `cafe/babble` belong to the class of their first word.
    """
    label = row["speaker_or_class"]
    if row["kind"] == "speech":
        language = row["language"]
        return f"anonymous-{language}" if label.endswith(f"-{language}") else label
    if row["kind"] == "noise":
        return re.split("[ /]", label)[0]
    return label


class Corpus:
    """The speakers, noises and rooms of one split of a folder; files are decoded once, kept as int16."""

    def __init__(self, folder: Path, split: str, *, no_gpl: bool = False, min_snr_db: float = 28.0):
        self.folder = Path(folder)
        self.split = split
        self._audio: dict[Path, np.ndarray] = {}
        rows = [
            row
            for row in read_manifest(self.folder)
            if split_of(row["kind"], group_of(row)) == split and not (no_gpl and is_gpl(row["licence"]))
        ]
        if split not in SPLITS:
            raise CorpusError(f"unknown split '{split}': use one of {', '.join(SPLITS)}")
        segments = _segments_by_path(self.folder / "segments.csv")
        self.speakers = self._sources(rows, "speech", segments, min_snr_db)
        self.noises = self._sources(rows, "noise", segments, None)
        self.rooms = self._sources(rows, "rir", segments, None)
        for name in ("speakers", "noises"):
            if not getattr(self, name):
                raise CorpusError(f"{self.folder} has no {name} for the {split} split: add recordings to it")

    def _sources(self, rows, kind, segments, min_snr_db) -> list[Source]:
        sources: dict[str, Source] = {}
        for row in (row for row in rows if row["kind"] == kind):
            source = sources.setdefault(group_of(row), Source(group_of(row), row["licence"]))
            path = self.folder / row["path"]
            cuts = segments.get(row["path"])
            if cuts is None:
                source.clips.append(Clip(path, 0, None, float(row["bw_hz"] or FULL_BANDWIDTH_HZ)))
            else:
                source.clips += [_clip(path, cut) for cut in cuts if _clean_enough(cut, min_snr_db)]
        return sorted((s for s in sources.values() if s.clips), key=lambda s: s.group)

    def read(self, clip: Clip) -> np.ndarray:
        """Samples of a clip, float32 in +-1."""
        if clip.path not in self._audio:
            self._audio[clip.path] = _decode(clip.path)
        return self._audio[clip.path][clip.start : clip.stop].astype(np.float32) / 32768


def read_manifest(folder: Path) -> list[dict]:
    """The rows of manifest.csv, one per file."""
    return _read_csv(Path(folder) / "manifest.csv")


def is_gpl(licence: str) -> bool:
    """Whether a licence text names the GPL (such voices can be left out of a training run)."""
    return "GPL" in licence


def _clip(path: Path, cut: dict) -> Clip:
    start, stop = (round(float(cut[name]) * SAMPLE_RATE) for name in ("start_s", "end_s"))
    return Clip(path, start, stop, float(cut["bw_hz"] or FULL_BANDWIDTH_HZ))


def _clean_enough(cut: dict, min_snr_db: float | None) -> bool:
    return min_snr_db is None or float(cut["snr_db"] or 0) >= min_snr_db


def _decode(path: Path) -> np.ndarray:
    try:
        samples, rate = soundfile.read(path, dtype="int16")
    except (OSError, soundfile.LibsndfileError) as error:
        raise CorpusError(f"{path} cannot be read ({error}): fetch the data again") from None
    if rate != SAMPLE_RATE or samples.ndim != 1:
        raise CorpusError(f"{path} is {rate} Hz with shape {samples.shape}: convert it to mono at {SAMPLE_RATE} Hz")
    return samples


def _read_csv(path: Path) -> list[dict]:
    if not path.is_file():
        raise CorpusError(f"{path} does not exist: give --data a folder with manifest.csv and segments.csv")
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _segments_by_path(path: Path) -> dict[str, list[dict]]:
    segments: dict[str, list[dict]] = {}
    for row in _read_csv(path):
        segments.setdefault(row["path"], []).append(row)
    return segments
