"""Comb filter: window l averaged with its own copies, one pitch period apart."""

import numpy as np

from .constants import COMB_FUTURE, COMB_ORDER, COMB_PAST, WINDOW_SIZE
from .lane_sum import ordered_sum
from .tables import COMB_WEIGHTS


def future_periods(period):
    """How many periods after the window exist within the look-ahead: 1..COMB_ORDER. Works on arrays."""
    return np.minimum(COMB_ORDER, COMB_FUTURE // period)


def comb_filter(s):
    """p(n) = sum_k w(k) y(n - k T), k = -COMB_ORDER..COMB_ORDER; future periods that do not exist yet weigh 0.

    history: |<-- COMB_PAST -->|<-- WINDOW_SIZE -->|<-- COMB_FUTURE -->|
                                ^ n = 0
    """
    T = int(s.period[0])
    future = int(future_periods(T))
    weights = COMB_WEIGHTS[future - 1].astype(s.history.dtype)
    starts = [(k, COMB_PAST - k * T) for k in range(-future, COMB_ORDER + 1)]
    s.p[:] = ordered_sum(np.stack([weights[k + COMB_ORDER] * s.history[at : at + WINDOW_SIZE] for k, at in starts]))
