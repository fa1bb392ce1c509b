"""Pitch refinement: the period at 48 kHz, and how well window l correlates with itself one period earlier."""

import numpy as np

from .constants import (
    COMB_PAST,
    CORRELATION_FLOOR,
    DECIMATION,
    PITCH_MAX_PERIOD,
    PITCH_MIN_LAG,
    PITCH_MIN_PERIOD,
    REFINE_REACH,
    WINDOW_SIZE,
)
from .lane_sum import lane_sum


def pitch_refine(s):
    """history, lag -> period, correlation = the largest 2 <x(n), x(n-T)> / (|x(n)|^2 + |x(n-T)|^2); first best wins."""
    centre = DECIMATION * (PITCH_MIN_LAG + int(s.lag[0]))
    periods = np.clip(centre + np.arange(-REFINE_REACH, REFINE_REACH + 1), PITCH_MIN_PERIOD, PITCH_MAX_PERIOD)
    x = s.history[COMB_PAST : COMB_PAST + WINDOW_SIZE]
    lagged = np.stack([s.history[COMB_PAST - T : COMB_PAST - T + WINDOW_SIZE] for T in periods])
    norm = (lane_sum(x * x) + lane_sum(lagged * lagged)) + CORRELATION_FLOOR
    correlation = 2 * lane_sum(x * lagged) / norm
    best = int(np.argmax(correlation))
    s.period[0] = periods[best]
    s.correlation[0] = np.maximum(correlation[best], 0)
