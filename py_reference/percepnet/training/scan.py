"""Makes the tables of a data folder: finds its audio files, reads what paths say and measures what they hold."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from ..constants import FRAME_SIZE, SAMPLE_RATE
from ..errors import PercepNetError
from ..workers import workers

from .augment import frame_power
from .decoded_audio import decode
from .layouts import LAYOUTS, NOTHING, PLAIN, Label, label_of
from .manifest import CorpusError
from .measure import bandwidth_hz, clipped_share, pitch_hz, snr_db
from .splits import group_of, moves_to_empty_splits
from .summary import is_usable

SUFFIXES = {f".{name.lower()}" for name in soundfile.available_formats()} | {".opus", ".aif", ".oga"} - {".raw"}
MEASURED = 60 * SAMPLE_RATE  # samples of a file that are measured
CLIP_S = (4.0, 15.0)  # long speech is cut at the quietest place in this range
CLIPPED_SHARE = 1e-4  # from this share of samples on a file counts as clipped


@dataclass
class Scan:
    """rows of manifest and segments; unreadable: why, one line per file; unknown, unwanted: paths.

    moves: who changed split so that none is empty, see moves_to_empty_splits.
    """

    manifest: list[dict] = field(default_factory=list)
    segments: list[dict] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    unknown: list[Path] = field(default_factory=list)
    unwanted: list[Path] = field(default_factory=list)
    moves: dict[tuple[str, str], str] = field(default_factory=dict)


def scan(folder: Path, out: Path, licence: str, jobs: int, progress) -> Scan:
    """Everything about the audio files below `folder`; paths are relative to `out` where they lie in it.

    licence: of files whose layout names none. progress: a rich Progress. Raises CorpusError if nothing is recognised.
    """
    result, wanted = Scan(), []
    for path, label in _labelled(folder):
        if label is None:
            result.unknown.append(path)
        elif label.kind == NOTHING:
            result.unwanted.append(path)
        else:
            wanted.append((path, label))
    if not wanted:
        raise CorpusError(_nothing_found(folder, result))
    bar = progress.add_task("measuring", total=len(wanted))
    with workers(jobs) as pool:
        for (path, label), found in zip(wanted, pool.map(_measure, wanted, chunksize=4), strict=True):
            progress.advance(bar)
            if isinstance(found, str):
                result.unreadable.append(found)
                continue
            row, clips = found
            name = os.path.relpath(path, out) if path.is_relative_to(out) else str(path)
            result.manifest.append({"path": name, "licence": label.licence or licence} | row)
            result.segments += [{"path": name, "licence": label.licence or licence} | clip for clip in clips]
    if not result.manifest:
        raise CorpusError(f"{folder}: not one file can be read; the first: {result.unreadable[0]}")
    result.moves = moves_to_empty_splits([row for row in result.manifest if is_usable(row)])
    for row in result.manifest:
        row["split"] = result.moves.get((row["kind"], group_of(row)), row["split"])
    return result


def _labelled(folder: Path) -> Iterable[tuple[Path, Label | None]]:
    """Audio files and their labels, in order; copies (same label, name and size) only once."""
    if not folder.is_dir():
        raise CorpusError(f"{folder} is not a folder: give the folder that holds the recordings")
    folder, seen = folder.resolve(), set()
    for path in _audio_files(folder):
        label = label_of(path.relative_to(folder.parent))
        key = (label, path.name, path.stat().st_size)
        if label is None or label.layout == PLAIN or key not in seen:
            seen.add(key)
            yield path, label


def _audio_files(folder: Path) -> list[Path]:
    """Files below a folder, also behind links, whose suffix is that of audio; in order."""
    found, visited = [], set()
    for place, folders, names in os.walk(folder, followlinks=True):
        visited.add(os.path.realpath(place))
        folders[:] = [name for name in folders if os.path.realpath(os.path.join(place, name)) not in visited]
        paths = [Path(place, name) for name in names if not name.startswith(".")]
        found += [path for path in paths if path.suffix.lower() in SUFFIXES and path.is_file()]
    return sorted(found)


def _nothing_found(folder: Path, result: Scan) -> str:
    if result.unwanted:
        return f"{folder} holds only mixtures or test sets: give the folder with the clean speech or the noise"
    if result.unknown:
        known = ", ".join(LAYOUTS[:-1])
        return f"{folder} has no known layout ({known}): sort its files into speech/SPEAKER, noise/CLASS and rir/ROOM"
    return f"{folder} holds no audio files: give the folder that holds the recordings"


def _measure(file: tuple[Path, Label]) -> tuple[dict, list[dict]] | str:
    """(row of the manifest without path and licence, its clips), or why the file cannot be read."""
    path, label = file
    try:
        samples = decode(path).astype(np.float32) / 32768
        rate = soundfile.info(path).samplerate
    except (PercepNetError, OSError) as error:
        return str(error)
    measured = samples[:MEASURED]
    row = {
        "kind": label.kind,
        "speaker_or_class": label.speaker_or_class,
        "language": label.language,
        "rate": rate,
        "seconds": round(len(samples) / SAMPLE_RATE, 2),
        "bw_hz": round(bandwidth_hz(measured)),
        "source": label.layout,
        "split": label.split,
        "note": "clipped" if clipped_share(measured) > CLIPPED_SHARE else "",
    }
    if label.kind != "speech":
        return row | {"clips": 1}, []
    row |= {"snr_db": round(snr_db(measured), 1), "f0_hz": round(pitch_hz(measured))}
    clips = [
        {"start_s": start, "end_s": end, "bw_hz": row["bw_hz"], "snr_db": row["snr_db"]}
        for start, end in cuts_at_pauses(samples)
    ]
    return row | {"clips": max(1, len(clips))}, clips


def cuts_at_pauses(samples: np.ndarray) -> list[tuple[float, float]]:
    """(start, end) in seconds of pieces of long speech, cut where it is quietest; none for what is short enough."""
    shortest, longest = (round(seconds * SAMPLE_RATE / FRAME_SIZE) for seconds in CLIP_S)
    power = np.convolve(frame_power(samples), np.ones(10) / 10, mode="same")
    if len(power) <= shortest + longest:
        return []
    edges = [0]
    while len(power) - edges[-1] > longest:
        window = power[edges[-1] + shortest : edges[-1] + longest]
        edges.append(edges[-1] + shortest + int(np.argmin(window)))
    edges.append(len(power))
    seconds = [round(edge * FRAME_SIZE / SAMPLE_RATE, 2) for edge in edges]
    return list(pairwise(seconds))
