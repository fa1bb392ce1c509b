"""High-pass: makes the input finite, removes offsets and drifts and appends the hop to the history."""

import numpy as np

from .constants import FLUSH_THRESHOLD, HIGH_PASS_A1, HIGH_PASS_A2, MAX_INPUT
from .vec_math import flush


def repair(x):
    """(x with NaN, infinities and the faintest values as 0 and the rest within +-MAX_INPUT, number of samples changed
    beyond that flush).
    """
    with np.errstate(invalid="ignore"):
        bad = ~(np.abs(x) <= MAX_INPUT)
    finite = np.where(np.isfinite(x), x, x.dtype.type(0))
    return flush(np.clip(finite, -MAX_INPUT, MAX_INPUT)), int(bad.sum())


def biquad(memory, x):
    """y(n) = x(n) - 2 x(n-1) + x(n-2) - a1 y(n-1) - a2 y(n-2); transposed direct form II in double.

    memory: (2,) float64, updated in place.
    """
    m0, m1 = memory.tolist()
    y = []
    for sample in x.tolist():
        out = sample + m0
        m0 = (-2.0 * sample - HIGH_PASS_A1 * out) + m1
        m1 = sample - HIGH_PASS_A2 * out
        y.append(out)
    memory[:] = [0.0 if abs(m) < FLUSH_THRESHOLD else m for m in (m0, m1)]
    return flush(np.array(y).astype(x.dtype))


def high_pass(s):
    """input -> repaired, dry, history."""
    clean, s.repaired[0] = repair(s.input)
    s.dry[:] = np.concatenate([s.dry[clean.size :], clean])
    hop = biquad(s.high_pass_memory, clean)
    s.history[:] = np.concatenate([s.history[hop.size :], hop])
