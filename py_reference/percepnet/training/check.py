"""Proof that training, validation and test share nothing, and what each of them holds."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from ..constants import SAMPLE_RATE

from .corpus import Clip, Corpus, Source
from .splits import SPLITS

KINDS = {"speakers": "speaker", "noises": "noise class", "rooms": "room"}
PITCHES_HZ = (120, 165, 210, 255)
BANDWIDTHS_HZ = (8000, 12000, 16000, 18000)
ENDS = 1 << 16  # bytes at both ends of a file that tell it from others


def open_splits(folders: Iterable[Path], *, no_gpl: bool = False) -> dict[str, Corpus]:
    """The three splits of data folders; one may be empty."""
    return {split: Corpus(folders, split, no_gpl=no_gpl, empty_ok=True) for split in SPLITS}


def shared(splits: dict[str, Corpus]) -> list[str]:
    """One line for everything that two splits have in common: groups, labels, files, or files of the same bytes."""
    found = []
    for name, kind in KINDS.items():
        owners: dict[tuple[str, str], set[str]] = defaultdict(set)
        for split, corpus in splits.items():
            for source in getattr(corpus, name):
                owners[kind, source.group].add(split)
                for clip in source.clips:
                    owners[f"{kind} label", clip.label].add(split)
                    owners["file", str(clip.path)].add(split)
                for path in {clip.path for clip in source.clips}:
                    owners[f"recording of a {kind} (the same bytes)", _fingerprint(path)].add(split)
        found += [
            f"{what} '{which}' is in {' and '.join(sorted(mine))}"
            for (what, which), mine in owners.items()
            if len(mine) > 1
        ]
    return found


def sizes_table(splits: dict[str, Corpus]) -> Table:
    """What each split holds, in numbers."""
    facts: dict[str, Callable[[Corpus], str]] = {
        "speakers": lambda corpus: str(sum(not speaker.synthetic for speaker in corpus.speakers)),
        "synthesised speakers": lambda corpus: str(sum(speaker.synthetic for speaker in corpus.speakers)),
        "hours of speech": lambda corpus: f"{_hours(corpus, corpus.speakers):.2f}",
        "noise classes": lambda corpus: str(len(corpus.noises)),
        "hours of noise": lambda corpus: f"{_hours(corpus, corpus.noises):.2f}",
        "rooms": lambda corpus: str(len(corpus.rooms)),
        "room responses": lambda corpus: str(sum(len(room.clips) for room in corpus.rooms)),
    }
    table = Table("", *splits, box=SIMPLE_HEAD)
    for name, fact in facts.items():
        table.add_row(name, *(fact(corpus) for corpus in splits.values()))
    return table


def speech_tables(splits: dict[str, Corpus]) -> list[Table]:
    """Minutes of speech in each split by pitch, bandwidth, language and licence."""
    facts = {
        split: {row["folder"] / row["path"]: row for row in corpus.rows if row["kind"] == "speech"}
        for split, corpus in splits.items()
    }

    def pitch(split: str, clip: Clip) -> tuple[int, str]:
        hz = facts[split][clip.path].get("f0_hz")
        return _range(float(hz), PITCHES_HZ) if hz else (-1, "not measured")

    def licence(split: str, clip: Clip) -> tuple[int, str]:
        return 0, facts[split][clip.path]["licence"] or "not named"

    return [
        _minutes_table("pitch", splits, pitch),
        _minutes_table("bandwidth", splits, lambda split, clip: _range(clip.bw_hz, BANDWIDTHS_HZ)),
        _minutes_table("language", splits, lambda split, clip: (0, clip.language or "not named")),
        _minutes_table("licence", splits, licence),
    ]


def _minutes_table(title: str, splits: dict[str, Corpus], class_of: Callable[[str, Clip], tuple[int, str]]) -> Table:
    """One row per class of clips. class_of(split, clip): (rank, name); of equal rank the largest comes first."""
    minutes: dict[tuple[int, str], dict[str, float]] = defaultdict(lambda: dict.fromkeys(splits, 0.0))
    for split, corpus in splits.items():
        seconds = clip_seconds(corpus)
        for clip in (clip for speaker in corpus.speakers for clip in speaker.clips):
            minutes[class_of(split, clip)][split] += seconds(clip) / 60
    table = Table(title, *(f"{split} min" for split in splits), box=SIMPLE_HEAD)
    for (_, name), mine in sorted(minutes.items(), key=lambda item: (item[0][0], -sum(item[1].values()))):
        table.add_row(name, *(f"{mine[split]:.1f}" if mine[split] else "" for split in splits))
    return table


def _hours(corpus: Corpus, sources: list[Source]) -> float:
    seconds = clip_seconds(corpus)
    return sum(seconds(clip) for source in sources for clip in source.clips) / 3600


def clip_seconds(corpus: Corpus) -> Callable[[Clip], float]:
    """A function that tells the length of a clip."""
    lengths = {row["folder"] / row["path"]: float(row["seconds"]) for row in corpus.rows}

    def seconds(clip: Clip) -> float:
        return (lengths[clip.path] if clip.stop is None else clip.stop / SAMPLE_RATE) - clip.start / SAMPLE_RATE

    return seconds


def _range(hz: float, edges: tuple[int, ...]) -> tuple[int, str]:
    """(rank, name) of the range between two edges that a frequency falls into."""
    rank = sum(hz >= edge for edge in edges)
    if rank == 0:
        return rank, f"below {edges[0]} Hz"
    return rank, f"from {edges[rank - 1]} Hz" + (f" to {edges[rank]} Hz" if rank < len(edges) else "")


def _fingerprint(path: Path) -> str:
    """Length and a hash of both ends of a file."""
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(ENDS)
        file.seek(max(0, size - ENDS))
        return f"{size}-{hashlib.sha256(head + file.read(ENDS)).hexdigest()[:16]}"
