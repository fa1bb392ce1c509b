"""Presence: voice probability and signal-to-noise ratio, derived from the gains (neither is a trained output)."""

import numpy as np

from .constants import (
    DB_PER_LOG2,
    ENERGY_FLOOR,
    PRESENCE_COUNT,
    PRESENCE_ENERGY,
    PRESENCE_FIRST,
    PRESENCE_MIN,
    PRESENCE_SLOPE,
    SNR_LIMIT_DB,
)
from .lane_sum import ordered_sum
from .vec_math import vec_log2


def presence(s):
    """Ey, g -> voice in 0..1 (how far the gains are open between 200 Hz and 4.9 kHz), snr_db in +-SNR_LIMIT_DB."""
    E, g = s.Ey[0], s.g
    opening = ordered_sum(g[PRESENCE_FIRST : PRESENCE_FIRST + PRESENCE_COUNT]) / g.dtype.type(PRESENCE_COUNT)
    audible = ordered_sum(E) >= g.dtype.type(PRESENCE_ENERGY)
    voice = np.clip((opening - PRESENCE_MIN) * PRESENCE_SLOPE, 0, 1)
    s.voice[0] = voice if audible else 0
    kept = g * g
    signal, noise = ordered_sum(kept * E), ordered_sum((1 - kept) * E)
    ratio = (signal + g.dtype.type(ENERGY_FLOOR)) / (noise + g.dtype.type(ENERGY_FLOOR))
    s.snr_db[0] = np.clip(DB_PER_LOG2 * vec_log2(np.array([ratio]))[0], -SNR_LIMIT_DB, SNR_LIMIT_DB)
