"""A data folder of a few synthetic voices, noises and rooms, in the format of the real one."""

import csv
from itertools import count
from pathlib import Path

import numpy as np
import soundfile

from percepnet.training.corpus import SPLITS, split_of

RATE = 48000
MANIFEST = ("path", "kind", "speaker_or_class", "language", "seconds", "bw_hz", "snr_db", "licence")
SEGMENTS = ("path", "start_s", "end_s", "bw_hz", "snr_db", "licence")


def names(kind: str, prefix: str, per_split: int) -> list[str]:
    """As many names of every split as wanted: which split a name falls into is decided by its hash."""
    chosen: list[str] = []
    room = dict.fromkeys(SPLITS, per_split)
    for number in count():
        name = f"{prefix}{number}"
        if room[split_of(kind, name)]:
            room[split_of(kind, name)] -= 1
            chosen.append(name)
        if not any(room.values()):
            return chosen


def voice(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Harmonics under a syllable-like envelope."""
    t = np.arange(int(seconds * RATE)) / RATE
    pitch = rng.uniform(90, 280)
    tone = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, 20))
    return 0.1 * tone * np.sin(np.pi * t / t[-1]) ** 2


def build_tiny_corpus(folder: Path) -> Path:
    """Writes manifest.csv, segments.csv and a few seconds of audio; the folder."""
    rng = np.random.default_rng(1)
    manifest, segments = [], []
    for kind in ("speech", "noise", "rir"):
        (folder / kind).mkdir(parents=True)
    for name in names("speech", "Speaker", 3):
        path = f"speech/{name}.wav"
        soundfile.write(folder / path, np.concatenate([voice(rng, 1.0) for _ in range(3)]), RATE, "PCM_16")
        licence = "GPL-3+" if int(name.removeprefix("Speaker")) % 2 else "CC0-1.0"
        manifest.append((path, "speech", name, "xx", 3.0, 16000, 40, licence))
        segments += [(path, start, start + 1.0, 16000 if start else 20000, 40, licence) for start in range(3)]
    for name in names("noise", "noise", 2):
        path = f"noise/{name}.wav"
        soundfile.write(folder / path, 0.1 * rng.standard_normal(2 * RATE), RATE, "PCM_16")
        manifest.append((path, "noise", name, "", 2.0, 20000, "", "CC0-1.0"))
        segments.append((path, 0.0, 2.0, "", "", "CC0-1.0"))
    for name in names("rir", "room", 1):
        path = f"rir/{name}.wav"
        tail = rng.standard_normal(RATE // 2) * 10 ** (-3 * np.arange(RATE // 2) / (0.4 * RATE))
        soundfile.write(folder / path, 0.05 * tail + np.eye(1, RATE // 2, 100)[0] * 0.5, RATE, "PCM_16")
        manifest.append((path, "rir", name, "", 0.5, 20000, "", "CC0-1.0"))
    _write(folder / "manifest.csv", MANIFEST, manifest)
    _write(folder / "segments.csv", SEGMENTS, segments)
    return folder


def _write(path: Path, header: tuple, rows: list) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
