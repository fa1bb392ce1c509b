"""Clean speech with noise of any colour and level, for tests of distances between signals."""

import numpy as np
from scipy.signal import lfilter


def noise(size: int, colour: float, seed: int = 1) -> np.ndarray:
    """Noise of power 1; colour: 0 is white, near 1 is brown."""
    samples = lfilter([1], [1, -colour], np.random.default_rng(seed).normal(size=size))
    return samples / samples.std()


def mixture(clean: np.ndarray, colour: float, snr_db: float) -> np.ndarray:
    return clean + clean.std() * 10 ** (-snr_db / 20) * noise(len(clean), colour)
