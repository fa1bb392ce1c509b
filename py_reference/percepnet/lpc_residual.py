"""LPC residual: the newest hop at 16 kHz, pre-emphasised and whitened by linear prediction."""

import numpy as np

from .constants import (
    DECIMATION,
    DECIMATION_TAPS,
    HOP_16KHZ,
    LPC_ENERGY_FLOOR,
    LPC_MAX_GAIN,
    LPC_NOISE_FLOOR,
    LPC_ORDER,
    RESIDUAL_SMOOTHING,
    WINDOW_16KHZ,
    WINDOW_SIZE,
)
from .lane_sum import lane_sum, ordered_sum
from .tables import DECIMATION_FILTER, LAG_WINDOW, LPC_WINDOW
from .vec_math import flush


def decimate(history):
    """The newest WINDOW_16KHZ samples at 16 kHz, low-passed and pre-emphasised by one FIR filter."""
    h = DECIMATION_FILTER.astype(history.dtype)
    first = history.size - WINDOW_SIZE + DECIMATION - 1
    columns = first + DECIMATION * np.arange(WINDOW_16KHZ)
    return ordered_sum(np.stack([h[k] * history[columns - k] for k in range(DECIMATION_TAPS)]))


def autocorrelation(x):
    """r(i) = sum_n x(n) x(n - i), i = 0..LPC_ORDER, of the windowed signal."""
    padded = np.concatenate([np.zeros(LPC_ORDER, x.dtype), x])
    lagged = np.stack([padded[LPC_ORDER - i : LPC_ORDER - i + x.size] for i in range(LPC_ORDER + 1)])
    return lane_sum(x * lagged)


def levinson(r):
    """Prediction a with e(n) = x(n) + sum_i a(i) x(n - 1 - i); stops once the gain exceeds 30 dB."""
    a = np.zeros(LPC_ORDER, r.dtype)
    error = r[0]
    for i in range(LPC_ORDER):
        if error < LPC_MAX_GAIN * r[0]:
            break
        k = -ordered_sum(np.append(r[i + 1], a[:i] * r[i:0:-1])) / error
        a[:i] = a[:i] + k * a[:i][::-1]
        a[i] = k
        error = error * (1 - k * k)
    return a


def lpc_residual(s):
    """history -> residual: one more hop e(n) + RESIDUAL_SMOOTHING e(n - 1), prediction from the newest window."""
    x = decimate(s.history)
    r = autocorrelation(x * LPC_WINDOW.astype(x.dtype))
    r[0] = r[0] * (1 + x.dtype.type(LPC_NOISE_FLOOR)) + LPC_ENERGY_FLOOR
    a = levinson(r * LAG_WINDOW.astype(x.dtype))
    start = WINDOW_16KHZ - HOP_16KHZ - 1
    terms = [x[start:]] + [a[i] * x[start - 1 - i : WINDOW_16KHZ - 1 - i] for i in range(LPC_ORDER)]
    e = ordered_sum(np.stack(terms))
    s.residual[:-HOP_16KHZ] = s.residual[HOP_16KHZ:]
    s.residual[-HOP_16KHZ:] = flush(e[1:] + RESIDUAL_SMOOTHING * e[:-1])
