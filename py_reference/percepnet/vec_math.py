"""Elementary functions from + - * / alone: the same bits in every language, and no libm."""

import numpy as np

from .constants import FLUSH_THRESHOLD, SQRT_HALF, TANH_LIMIT
from .tables import EXP2_COEFFICIENTS, LOG2_COEFFICIENTS, SINE_COEFFICIENTS, TANH_DENOMINATOR, TANH_NUMERATOR


def polynomial(coefficients, x):
    """sum_i coefficients[i] x^i by Horner's rule."""
    c = coefficients.astype(x.dtype)
    y = np.full_like(x, c[-1])
    for value in c[-2::-1]:
        y = y * x + value
    return y


def flush(x):
    """0 where |x| < FLUSH_THRESHOLD: no denormals, which some engines keep and others do not."""
    return np.where(np.abs(x) < FLUSH_THRESHOLD, x.dtype.type(0), x)


def vec_log2(x):
    """log2(x) of normal x > 0; 5e-8 absolute."""
    m, e = np.frexp(x)
    low = m < x.dtype.type(SQRT_HALF)
    m = np.where(low, m + m, m)
    e = np.where(low, e - 1, e).astype(x.dtype)
    s = (m - 1) / (m + 1)
    return e + s * polynomial(LOG2_COEFFICIENTS, s * s)


def vec_exp2(x):
    """2^x for |x| < 100; 2e-8 relative."""
    whole = np.floor(x)
    return np.ldexp(polynomial(EXP2_COEFFICIENTS, x - whole), whole.astype(np.int32))


def vec_sin_half_pi(x):
    """sin(pi/2 x) for x in 0..1; 6e-8 absolute."""
    return x * polynomial(SINE_COEFFICIENTS, x * x)


def vec_tanh(x):
    """tanh(x); 7e-5 absolute (Opus's rational approximation: it *is* the network's activation)."""
    x = np.clip(x, -TANH_LIMIT, TANH_LIMIT)
    x2 = x * x
    y = (x * polynomial(TANH_NUMERATOR, x2)) / polynomial(TANH_DENOMINATOR, x2)
    return np.clip(y, -1, 1)


def vec_sigmoid(x):
    """1 / (1 + exp(-x)) as 0.5 + 0.5 tanh(x / 2)."""
    half = x.dtype.type(0.5)
    return half + half * vec_tanh(half * x)
