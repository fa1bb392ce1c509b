"""Folders of real recordings: speakers, noises and room responses, split so that nothing is heard twice.

Every folder holds `manifest.csv` (one row per file) and `segments.csv` (one row per clip inside a file);
`percepnet data scan` writes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..constants import SAMPLE_RATE

from .decoded_audio import read_samples
from .manifest import CorpusError, read_manifest, read_segments
from .splits import SPLITS, assigned_splits, group_of, is_synthetic, split_of

__all__ = ["SPLITS", "Clip", "Corpus", "CorpusError", "Source", "group_of", "is_gpl", "read_manifest", "split_of"]

CLEAN_DB = 28.0  # the SNR from which speech counts as clean
ADVICE = "three speakers and three classes of noise are the least: add recordings and scan again, or add a data folder"
FULL_BANDWIDTH_HZ = 20000.0  # what the pipeline keeps; also the bandwidth of material that states none


@dataclass(frozen=True)
class Clip:
    """One cut of a file: samples start..stop at 48 kHz (stop None = to its end).

    label: the speaker, kind of noise or room as the manifest names it.
    """

    path: Path
    start: int
    stop: int | None
    bw_hz: float
    language: str = ""
    label: str = ""


@dataclass
class Source:
    """One speaker, one class of noise, or one room: what a split must not divide.

    synthetic: made by a speech synthesiser.
    """

    group: str
    licence: str
    clips: list[Clip] = field(default_factory=list)
    synthetic: bool = False


class Corpus:
    """The speakers, noises and rooms of one split of one or several data folders.

    rows: the rows of the manifests that it uses, each with its folder under "folder". Raises CorpusError for what
    cannot be used; also where no speech or no noise is left, unless empty_ok.
    """

    def __init__(
        self,
        folders: Path | Iterable[Path],
        split: str,
        *,
        no_gpl: bool = False,
        empty_ok: bool = False,
    ):
        if split not in SPLITS:
            raise CorpusError(f"unknown split '{split}': use one of {', '.join(SPLITS)}")
        self.folders = folder_list(folders)
        self.split = split
        self.rows: list[dict] = []
        sources: dict[str, dict[str, Source]] = {"speech": {}, "noise": {}, "rir": {}}
        rows = [row | {"folder": folder} for folder in self.folders for row in read_manifest(folder)]
        segments = {folder: read_segments(folder) for folder in self.folders}
        splits = assigned_splits(rows)
        for row in rows:
            if splits[row["kind"], group_of(row)] == split and not (no_gpl and is_gpl(row["licence"])):
                self._add(sources[row["kind"]], row, segments[row["folder"]].get(row["path"]))
        self.speakers, self.noises, self.rooms = (
            sorted(found.values(), key=lambda source: source.group) for found in sources.values()
        )
        for name in ("speakers", "noises"):
            if not getattr(self, name) and not empty_ok:
                where = " and ".join(map(str, self.folders))
                raise CorpusError(f"{where} has no {name} for the {split} split: {ADVICE}")

    def _add(self, sources: dict[str, Source], row: dict, cuts: list[dict] | None) -> None:
        """Adds a file's clips to the source that they belong to."""
        clips = [_clip(row, cut) for cut in ([row] if cuts is None else cuts) if _is_clean(row, cut)]
        if clips:
            group = group_of(row)
            source = sources.setdefault(group, Source(group, row["licence"], synthetic=is_synthetic(row)))
            source.clips += clips
            self.rows.append(row)

    def read(self, clip: Clip) -> np.ndarray:
        """Samples of a clip, float32 in +-1 at 48 kHz."""
        return read_samples(clip.path, clip.start, clip.stop).astype(np.float32) / 32768


def folder_list(folders: Path | Iterable[Path]) -> tuple[Path, ...]:
    """One folder or several, as a tuple."""
    return (Path(folders),) if isinstance(folders, str | Path) else tuple(map(Path, folders))


def is_gpl(licence: str) -> bool:
    """Whether a licence text names the GPL (such voices can be left out of a training run)."""
    return "GPL" in licence


def _is_clean(row: dict, cut: dict) -> bool:
    return row["kind"] != "speech" or not cut["snr_db"] or float(cut["snr_db"]) >= CLEAN_DB


def _clip(row: dict, cut: dict) -> Clip:
    """cut: a row of segments.csv, or of the manifest for a file that is not cut."""
    start = round(float(cut.get("start_s") or 0) * SAMPLE_RATE)
    stop = round(float(cut["end_s"]) * SAMPLE_RATE) if cut.get("end_s") else None
    path = row["folder"] / row["path"]
    bandwidth = float(cut["bw_hz"] or FULL_BANDWIDTH_HZ)
    return Clip(path, start, stop, bandwidth, row["language"], row["speaker_or_class"])
