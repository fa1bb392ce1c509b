"""Pitch correlation: how well the residual repeats at each lag, with guards against octave errors."""

import numpy as np

from .constants import (
    CORRELATION_FLOOR,
    ENERGY_RATE,
    HOP_16KHZ,
    INTERPOLATION_REACH,
    NUM_LAGS,
    NUM_RAW_LAGS,
    OCTAVE_PENALTY,
    OCTAVE_RATIO,
    PITCH_MAX_LAG,
    PITCH_MIN_LAG,
    WEIGHT_MAX,
    WEIGHT_MIN,
)
from .lane_sum import ordered_sum
from .tables import INTERPOLATION_KERNEL, LAG_BIAS
from .vec_math import flush


def half_sums(residual):
    """Over the newest hop: <e(n), e(n-T)> and <e(n-T), e(n-T)> for every raw lag, and <e(n), e(n)>."""
    e = residual[-HOP_16KHZ:]
    lags = PITCH_MIN_LAG - INTERPOLATION_REACH + np.arange(NUM_RAW_LAGS)
    lagged = residual[residual.size - HOP_16KHZ + np.arange(HOP_16KHZ)[:, None] - lags]
    return ordered_sum(e[:, None] * lagged), ordered_sum(lagged * lagged), ordered_sum(e * e)


def interpolate_lags(raw):
    """The largest of the correlation at each lag and a third of a lag to either side: (NUM_LAGS,)."""
    kernel = INTERPOLATION_KERNEL.astype(raw.dtype)
    shifted = np.stack([raw[i : i + NUM_LAGS] for i in range(kernel.size)])
    before, after = ordered_sum(kernel[:, None] * shifted), ordered_sum(kernel[::-1, None] * shifted)
    return np.maximum(np.maximum(shifted[INTERPOLATION_REACH], before), after)


def guard_octaves(xc):
    """Lags T whose half or third correlates about as well or better are multiplied by OCTAVE_PENALTY."""
    suspect = np.zeros(NUM_LAGS, bool)
    for divisor in (2, 3):
        centre = np.arange(PITCH_MIN_LAG, PITCH_MAX_LAG + 1) // divisor - PITCH_MIN_LAG
        valid = centre >= 1
        c = centre[valid]
        near = np.maximum(np.maximum(xc[c - 1], xc[c]), xc[c + 1])
        suspect[valid] |= xc[valid] < OCTAVE_RATIO * near
    return np.where(suspect, OCTAVE_PENALTY * xc, xc)


def pitch_correlation(s):
    """residual -> xc, path_weight. A window is two hops; the older one's sums are kept in half_*."""
    correlation, energy, power = half_sums(s.residual)
    E = s.half_power[0] + power
    norm = (E + (s.half_energy + energy)) + CORRELATION_FLOOR
    raw = 2 * (s.half_correlation + correlation) / norm
    s.half_correlation[:], s.half_energy[:], s.half_power[0] = correlation, energy, power
    s.xc[:] = guard_octaves(interpolate_lags(raw)) * LAG_BIAS.astype(raw.dtype)
    s.mean_power[:] = flush(s.mean_power + ENERGY_RATE * (E - s.mean_power))
    s.path_weight[:] = np.clip(np.sqrt(E / (s.mean_power + CORRELATION_FLOOR)), WEIGHT_MIN, WEIGHT_MAX)
