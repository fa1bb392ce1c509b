"""Shards of features, targets and audio on disk: what extraction writes and training reads.

A shard is two .npy files. `shard-*.npy`, float16 (mixtures, frames, NUM_COLUMNS): features, gains, strengths and
loss weights of each frame. `audio-*.npy`, int16 (mixtures, frames, AUDIO_COLUMNS): the noisy and the clean block of
each frame after the core's high-pass, at a level of the mixture's own, and the pitch period its features describe.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..audio_io import atomic
from ..constants import COMB_PAST, FRAME_SIZE, LOOK_AHEAD, NUM_BANDS, NUM_FEATURES
from ..errors import PercepNetError

NUM_COLUMNS = NUM_FEATURES + 3 * NUM_BANDS
AUDIO_COLUMNS = 2 * FRAME_SIZE + 1
HISTORY_BLOCKS = LOOK_AHEAD + 1 + -(-COMB_PAST // FRAME_SIZE)  # blocks before the newest that a frame reaches
SHARD_NAME = re.compile(r"shard-(\d{5})\.npy")
FULL_SCALE = 32767


class StoreError(PercepNetError):
    """The shards cannot be used; the text says why and what to do."""


def shard_path(folder: Path, index: int) -> Path:
    """Where shard `index` of a store lies."""
    return Path(folder) / f"shard-{index:05d}.npy"


def audio_path(folder: Path, index: int) -> Path:
    """Where the audio of shard `index` lies."""
    return Path(folder) / f"audio-{index:05d}.npy"


def write_shard(folder: Path, index: int, rows: list[np.ndarray], audio: list[np.ndarray]) -> None:
    """Writes one shard from rows (frames, NUM_COLUMNS) and int16 audio (frames, AUDIO_COLUMNS), complete or not at all.

    The shard with the features is written last: where it is, the audio is.
    """
    _write(audio_path(folder, index), np.stack(audio))
    _write(shard_path(folder, index), np.stack(rows).astype(np.float16))


def _write(path: Path, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic(path) as part, open(part, "wb") as file:
        np.save(file, array)


def pack_audio(noisy: np.ndarray, clean: np.ndarray, period: np.ndarray) -> np.ndarray:
    """High-passed signals (n,) and periods (frames,) -> int16 (frames, AUDIO_COLUMNS), as loud as fits."""
    frames = len(period)
    signals = np.stack([noisy[: frames * FRAME_SIZE], clean[: frames * FRAME_SIZE]])
    signals = signals * (FULL_SCALE / max(float(np.abs(signals).max()), 1e-9))
    blocks = np.round(signals).astype(np.int16).reshape(2, frames, FRAME_SIZE)
    return np.concatenate([blocks[0], blocks[1], period[:, None].astype(np.int16)], axis=1)


@dataclass(frozen=True)
class AudioBatch:
    """The signals behind rows (frames, batch, NUM_COLUMNS).

    noisy, clean: float32 (HISTORY_BLOCKS + frames, batch, FRAME_SIZE), oldest block first: row i's newest block is
    HISTORY_BLOCKS + i; 0 before a mixture begins. period: int64 (frames, batch), samples.
    """

    noisy: np.ndarray
    clean: np.ndarray
    period: np.ndarray


def split_columns(rows: np.ndarray):
    """(..., NUM_COLUMNS) -> features, gains, strengths, weights."""
    return np.split(rows, [NUM_FEATURES, NUM_FEATURES + NUM_BANDS, NUM_FEATURES + 2 * NUM_BANDS], axis=-1)


class FeatureStore:
    """All shards of one or more folders; `refresh` takes in those written since."""

    def __init__(self, *folders: Path):
        self.folders = [Path(folder) for folder in folders]
        self._shards: dict[Path, np.ndarray] = {}
        self._audio: dict[Path, np.ndarray] = {}
        self.refresh()
        for folder in self.folders:
            if not any(path.parent == folder for path in self._shards):
                raise StoreError(f"{folder} holds no shards: run `python -m percepnet.training extract` first")

    def refresh(self) -> None:
        """Opens shards that appeared since the last look."""
        for folder in self.folders:
            for path in folder.glob("shard-*.npy"):
                if SHARD_NAME.fullmatch(path.name) and path not in self._shards:
                    self._shards[path] = self._open(path)

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
        for path in sorted(self._shards):
            for mixture in self._shards[path]:
                yield mixture.astype(np.float32)

    def batch(self, size: int, frames: int, rng: np.random.Generator) -> np.ndarray:
        """Random stretches of random mixtures, float32 (frames, size, NUM_COLUMNS)."""
        out = np.empty((frames, size, NUM_COLUMNS), np.float32)
        for column, (path, mixture, start) in enumerate(self._places(size, frames, rng)):
            out[:, column] = self._shards[path][mixture, start : start + frames]
        return out

    def batch_with_audio(self, size: int, frames: int, rng: np.random.Generator) -> tuple[np.ndarray, AudioBatch]:
        """The same rows as `batch` gives for the same rng, and the signals behind them."""
        rows = np.empty((frames, size, NUM_COLUMNS), np.float32)
        blocks = np.zeros((HISTORY_BLOCKS + frames, size, AUDIO_COLUMNS), np.int16)
        for column, (path, mixture, start) in enumerate(self._places(size, frames, rng)):
            rows[:, column] = self._shards[path][mixture, start : start + frames]
            first = max(0, start - HISTORY_BLOCKS)
            stretch = self._open_audio(path)[mixture, first : start + frames]
            blocks[len(blocks) - len(stretch) :, column] = stretch
        return rows, _unpack_audio(blocks)

    def audio_mixtures(self):
        """Yields (rows, AudioBatch) of each whole mixture, as a batch of one, in order."""
        for path in sorted(self._shards):
            for number, rows in enumerate(self._shards[path]):
                blocks = np.zeros((HISTORY_BLOCKS + len(rows), 1, AUDIO_COLUMNS), np.int16)
                blocks[HISTORY_BLOCKS:, 0] = self._open_audio(path)[number]
                yield rows[:, None].astype(np.float32), _unpack_audio(blocks)

    def _places(self, size: int, frames: int, rng: np.random.Generator):
        """(shard, mixture, first frame) of random stretches."""
        paths = sorted(self._shards)
        counts = np.cumsum([len(self._shards[path]) for path in paths])
        for number in rng.integers(counts[-1], size=size):
            which = int(np.searchsorted(counts, number, side="right"))
            shard = self._shards[paths[which]]
            yield paths[which], number - counts[which], int(rng.integers(shard.shape[1] - frames + 1))

    def _open_audio(self, shard: Path) -> np.ndarray:
        if shard not in self._audio:
            path = shard.with_name(shard.name.replace("shard-", "audio-"))
            try:
                self._audio[shard] = np.load(path, mmap_mode="r")
            except OSError:
                raise StoreError(f"{path} is missing and the end-to-end stage needs it: extract again") from None
        return self._audio[shard]


def _unpack_audio(blocks: np.ndarray) -> AudioBatch:
    samples = blocks[..., : 2 * FRAME_SIZE].astype(np.float32) / (FULL_SCALE + 1)
    period = blocks[HISTORY_BLOCKS:, :, -1].astype(np.int64)
    return AudioBatch(samples[..., :FRAME_SIZE], samples[..., FRAME_SIZE:], period)
