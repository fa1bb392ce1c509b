"""Shards of features and targets on disk: what extraction writes and training reads.

A shard is one float16 .npy file of shape (mixtures, frames, NUM_COLUMNS); its columns are features, gains,
strengths and loss weights of each frame.
"""

import os
import re
from pathlib import Path

import numpy as np

from percepnet.constants import NUM_BANDS, NUM_FEATURES
from percepnet.errors import PercepNetError

NUM_COLUMNS = NUM_FEATURES + 3 * NUM_BANDS
SHARD_NAME = re.compile(r"shard-(\d{5})\.npy")


class StoreError(PercepNetError):
    """The shards cannot be used; the text says why and what to do."""


def shard_path(folder: Path, index: int) -> Path:
    """Where shard `index` of a store lies."""
    return Path(folder) / f"shard-{index:05d}.npy"


def write_shard(folder: Path, index: int, mixtures: list[np.ndarray]) -> None:
    """Writes one shard from arrays (frames, NUM_COLUMNS), complete or not at all."""
    path = shard_path(folder, index)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with open(partial, "wb") as file:
        np.save(file, np.stack(mixtures).astype(np.float16))
    os.replace(partial, path)


def split_columns(rows: np.ndarray):
    """(..., NUM_COLUMNS) -> features, gains, strengths, weights."""
    return np.split(rows, [NUM_FEATURES, NUM_FEATURES + NUM_BANDS, NUM_FEATURES + 2 * NUM_BANDS], axis=-1)


class FeatureStore:
    """All shards of a folder; `refresh` takes in those written since."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self._shards: dict[int, np.ndarray] = {}
        self.refresh()
        if not self._shards:
            raise StoreError(f"{folder} holds no shards: run `python -m training extract` first")

    def refresh(self) -> None:
        """Opens shards that appeared since the last look."""
        for path in sorted(self.folder.glob("shard-*.npy")):
            match = SHARD_NAME.fullmatch(path.name)
            if match and int(match[1]) not in self._shards:
                self._shards[int(match[1])] = self._open(path)

    def _open(self, path: Path) -> np.ndarray:
        shard = np.load(path, mmap_mode="r")
        if shard.ndim != 3 or shard.shape[2] != NUM_COLUMNS:
            raise StoreError(f"{path} has shape {shard.shape}, not (., ., {NUM_COLUMNS}): extract the features again")
        return shard

    @property
    def num_mixtures(self) -> int:
        """Mixtures on disk."""
        return sum(len(shard) for shard in self._shards.values())

    @property
    def num_frames(self) -> int:
        """Frames (10 ms) on disk."""
        return sum(shard.shape[0] * shard.shape[1] for shard in self._shards.values())

    def mixtures(self):
        """Yields each mixture, float32 (frames, NUM_COLUMNS), in order."""
        for index in sorted(self._shards):
            for mixture in self._shards[index]:
                yield mixture.astype(np.float32)

    def batch(self, size: int, frames: int, rng: np.random.Generator) -> np.ndarray:
        """Random stretches of random mixtures, float32 (frames, size, NUM_COLUMNS)."""
        indices = sorted(self._shards)
        counts = np.cumsum([len(self._shards[index]) for index in indices])
        out = np.empty((frames, size, NUM_COLUMNS), np.float32)
        for column, number in enumerate(rng.integers(counts[-1], size=size)):
            which = int(np.searchsorted(counts, number, side="right"))
            shard = self._shards[indices[which]]
            start = rng.integers(shard.shape[1] - frames + 1)
            out[:, column] = shard[number - counts[which], start : start + frames]
        return out
