"""Shards of a few seconds of speech in white noise, from the bundled recording."""

from pathlib import Path

import numpy as np
from recordings import recording

from percepnet.training.extract_features import extract_mixture
from percepnet.training.feature_store import write_shard
from percepnet.training.mix import Mixture

SECONDS = 4.0


def noisy_speech(seed: int) -> Mixture:
    """The recording from a place that depends on the seed, in noise."""
    rng = np.random.default_rng(seed)
    clean = recording("clean_speech.flac", rng.uniform(0, 1.9), SECONDS)
    noise = rng.normal(0, 0.02, clean.size)
    return Mixture((clean + noise).astype(np.float32), clean, 20000.0, 10.0, "speech+noise")


def build_tiny_shards(folder: Path, mixtures: int, seed: int) -> Path:
    """Writes one shard with that many mixtures; the folder."""
    rows, audio = zip(*(extract_mixture(noisy_speech(seed + number)) for number in range(mixtures)), strict=True)
    write_shard(folder, 0, rows, audio)
    return folder
