"""Painted signals: test inputs that every language can make from a few integers, exact in float32."""

import numpy as np

LCG_FACTOR, LCG_STEP, LCG_MASK = 1664525, 1013904223, 0xFFFFFFFF
SMALLEST = 2.0**-149  # the smallest float32 above 0
FORMANTS = (
    (1.96875, -0.984375),
    (1.9453125, -0.97265625),
    (1.8125, -0.96875),
)  # two-pole resonators, a1 and a2


def paint_noise(n, seed):
    """White noise (n,) in [-1, 1): top 24 bits of x <- 1664525 x + 1013904223 mod 2^32, over 2^23, minus 1.

    seed: 0..2^32 - 1, the x before the first sample.
    """
    x = np.empty(n, np.uint32)  # wraps at 2^32 by itself
    x[:1] = (LCG_FACTOR * seed + LCG_STEP) & LCG_MASK
    known, factor, step = 1, LCG_FACTOR, LCG_STEP  # `factor` and `step` advance by `known` samples at once
    while known < n:
        count = min(known, n - known)
        x[known : known + count] = np.uint32(factor) * x[:count] + np.uint32(step)
        known, factor, step = 2 * known, factor * factor & LCG_MASK, (factor + 1) * step & LCG_MASK
    return ((x >> 8).astype(np.float64) / 2**23 - 1).astype(np.float32)


def paint_silence(n):
    """Zeros."""
    return np.zeros(n, np.float32)


def paint_impulse(n, at=0):
    """One 1 at index `at`, zeros elsewhere."""
    x = np.zeros(n, np.float32)
    x[at] = 1
    return x


def paint_full_scale(n):
    """+1 and -1 in turn, the largest step there is."""
    return np.where(np.arange(n) % 2, -1, 1).astype(np.float32)


def paint_denormal(n):
    """Denormals of both signs: (i mod 7 - 3) of the smallest steps."""
    return ((np.arange(n) % 7 - 3) * SMALLEST).astype(np.float32)


def paint_pulse_train(n, period):
    """1 every `period` samples from index 0, zeros between."""
    return np.where(np.arange(n) % period, 0, 1).astype(np.float32)


def paint_vowel(n, period):
    """A steady vowel: pulses every `period` samples through three resonators in cascade, in double, then
    rounded to 16 bits so that the last bits of the recursion do not matter.
    """
    x = paint_pulse_train(n, period).tolist()
    for a1, a2 in FORMANTS:
        y1 = y2 = 0.0
        for i in range(n):
            x[i] = (1 - a1 - a2) * x[i] + a1 * y1 + a2 * y2
            y1, y2 = x[i], y1
    return (np.clip(np.rint(np.array(x) * 2**16), -32768, 32767) / 32768).astype(np.float32)


def paint_ramp(n, modulus):
    """0, 1, 2 ... modulus - 1, again and again: indices."""
    return (np.arange(n) % modulus).astype(np.float32)


def paint_not_finite(n):
    """What a broken source sends: NaN, infinities, numbers far too large, -0, a denormal, 1, 0."""
    return np.resize(np.array([np.nan, np.inf, -np.inf, 65, -3e38, -0.0, SMALLEST, 1, 0], np.float32), n)


PAINTS = {
    "noise": paint_noise,
    "silence": paint_silence,
    "impulse": paint_impulse,
    "full_scale": paint_full_scale,
    "denormal": paint_denormal,
    "pulse_train": paint_pulse_train,
    "vowel": paint_vowel,
    "ramp": paint_ramp,
    "not_finite": paint_not_finite,
}
