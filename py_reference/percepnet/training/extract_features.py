"""Mixtures -> features (by the C core), targets, loss weights and audio, in shards on disk."""

from functools import lru_cache, partial

import numpy as np
from rich.progress import Progress
from scipy import signal

from .. import native
from ..constants import HIGH_PASS_A1, HIGH_PASS_A2, SAMPLE_RATE, WINDOW_SIZE
from ..tables import BAND_PEAKS
from ..targets import ideal_gains
from ..workers import Workers

from .corpus import Corpus
from .feature_store import pack_audio, shard_path, write_shard
from .mix import MIX_SECONDS, Mixture, make_mixture
from .recipe import Recipe

MIXTURES_PER_SHARD = 12
SILENT_BAND = 1e-11  # bands with less energy in the noisy signal teach nothing
ACTIVE_RANGE = 1e-5  # frames whose target is within 50 dB of its loudest hold speech
ACTIVE_WEIGHT = 3.0  # what such a frame counts against one without speech


def extract_mixture(mixture: Mixture) -> tuple[np.ndarray, np.ndarray]:
    """(features, gains, strengths and weights side by side, float32 (frames, NUM_COLUMNS); the audio, int16)."""
    rows = native.extract(mixture.noisy, mixture.clean)
    g, r = ideal_gains(rows["Ey"], rows["Ex"], rows["qy"], rows["qx"], rows["period"])
    weights = loss_weights(rows["Ey"], rows["Ex"], mixture.bw_hz)
    columns = np.hstack([rows["features"], g, r, weights]).astype(np.float32)
    return columns, pack_audio(high_passed(mixture.noisy), high_passed(mixture.clean), rows["period"])


def high_passed(x: np.ndarray) -> np.ndarray:
    """x after the core's first stage, float64."""
    return signal.lfilter([1, -2, 1], [1, HIGH_PASS_A1, HIGH_PASS_A2], x.astype(np.float64))


def loss_weights(Ey: np.ndarray, Ex: np.ndarray, bw_hz: float) -> np.ndarray:
    """(frames, bands): more for frames with speech, 0 where nothing is heard or the true speech is not known.

    Above bw_hz the "clean" recording is empty, the voice was not: only frames without speech count.
    """
    energy = Ex.sum(axis=1)
    active = energy > max(ACTIVE_RANGE * energy.max(), SILENT_BAND)
    upper_hz = np.append(BAND_PEAKS[1:], BAND_PEAKS[-1]) * (SAMPLE_RATE / WINDOW_SIZE)
    unknown = active[:, None] & (upper_hz > bw_hz)[None, :]
    weights = np.where(active, ACTIVE_WEIGHT, 1.0)[:, None] * np.ones(Ey.shape[1])
    return np.where(unknown | (Ey < SILENT_BAND), 0.0, weights).astype(np.float32)


def extract_shards(recipe: Recipe, hours: float, workers: Workers) -> int:
    """Makes the shards that are missing for that much audio; their number. May be stopped and run again.

    Raises CorpusError for a bad data folder, StoreError where `out` holds shards of another recipe.
    """
    seconds_per_shard = MIXTURES_PER_SHARD * MIX_SECONDS
    indices = range(max(1, round(hours * 3600 / seconds_per_shard)))
    missing = [index for index in indices if not shard_path(recipe.out, index).exists()]
    _corpus(recipe)  # a bad data folder should say so once, before the workers start
    native.load_library(testing=True)
    recipe.claim()
    with Progress() as progress:
        task = progress.add_task(f"{recipe.split} features", total=len(indices), completed=len(indices) - len(missing))
        for _ in workers.run(partial(_extract_shard, recipe), missing):
            progress.advance(task)
    return len(indices)


def _extract_shard(recipe: Recipe, index: int) -> None:
    first = index * MIXTURES_PER_SHARD
    numbers = range(first, first + MIXTURES_PER_SHARD)
    rows, audio = zip(*(extract_mixture(_mixture(recipe, number)) for number in numbers), strict=True)
    write_shard(recipe.out, index, rows, audio)


def _mixture(recipe: Recipe, number: int) -> Mixture:
    return make_mixture(_corpus(recipe), recipe.seed, number)


@lru_cache(maxsize=1)
def _corpus(recipe: Recipe) -> Corpus:
    return Corpus(recipe.data, recipe.split, no_gpl=recipe.no_gpl)
