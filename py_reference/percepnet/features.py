"""Features: what the network sees of the newest window's bands and of window l's pitch."""

import numpy as np

from .constants import (
    COHERENCE_MIN,
    LEVEL_FALL,
    LEVEL_FLOOR,
    LEVEL_OFFSET,
    LEVEL_RANGE,
    LEVEL_SCALE,
    LOG10_PER_LOG2,
    NUM_BANDS,
    PERIOD_SCALE,
    PITCH_MIN_PERIOD,
)
from .vec_math import vec_log2


def levels(E):
    """log10 of band energies; no band counts as more than 70 dB below the loudest under it, or 15 dB below the last."""
    L = LOG10_PER_LOG2 * vec_log2(LEVEL_FLOOR + E)
    loudest = follow = L.dtype.type(LOG10_PER_LOG2) * vec_log2(np.full(1, LEVEL_FLOOR, L.dtype))[0]
    for b in range(L.size):
        L[b] = max(loudest - L.dtype.type(LEVEL_RANGE), follow - L.dtype.type(LEVEL_FALL), L[b])
        loudest = max(loudest, L[b])
        follow = L[b]
    return L


def features(s):
    """Ey (newest), q, period, correlation -> features: levels, coherences, period, correlation, all about +-1."""
    dtype = s.features.dtype.type
    s.features[:NUM_BANDS] = LEVEL_SCALE * (levels(s.Ey[-1]) + LEVEL_OFFSET)
    s.features[NUM_BANDS : 2 * NUM_BANDS] = np.clip(s.q, COHERENCE_MIN, 1)
    octaves = vec_log2(s.period.astype(dtype) / dtype(PITCH_MIN_PERIOD))
    s.features[2 * NUM_BANDS] = PERIOD_SCALE * octaves[0]
    s.features[2 * NUM_BANDS + 1] = s.correlation[0]
