"""Nasty values for every signal: within what the pipeline can produce, but as unkind as that allows."""

import math

import numpy as np

from percepnet.constants import (
    MAX_INPUT,
    NUM_LAGS,
    PITCH_MAX_PERIOD,
    PITCH_MIN_PERIOD,
    SIGNALS,
    SNR_LIMIT_DB,
    TRANSPARENCY_FRAMES,
    WEIGHT_MAX,
    WEIGHT_MIN,
)

WAVE = (-MAX_INPUT, MAX_INPUT)
ENERGY = (0, MAX_INPUT**2)
UNIT = (0, 1)
LAG = (0, NUM_LAGS - 1)
RANGES = {
    "repaired": (0, 480),
    "Ey": ENERGY, "half_correlation": (-ENERGY[1], ENERGY[1]), "half_energy": ENERGY, "half_power": ENERGY,
    "mean_power": ENERGY, "xc": (-2, 2), "path_weight": (WEIGHT_MIN, WEIGHT_MAX), "path_score": (-20, 0),
    "path_from": LAG, "lag": LAG, "period": (PITCH_MIN_PERIOD, PITCH_MAX_PERIOD), "correlation": UNIT,
    "q": (-2, 2), "features": (-20, 20), "g": UNIT, "r": UNIT, "g_hat": (0, 2), "voice": UNIT,
    "snr_db": (-SNR_LIMIT_DB, SNR_LIMIT_DB), "bypass_mix": UNIT, "nnet_memory": (-1, 1),
    "frames_heard": (1, TRANSPARENCY_FRAMES), "mean_energy": ENERGY, "mean_noise": ENERGY,
}  # fmt: skip
NOT_FINITE = [
    np.nan,
    np.inf,
    -np.inf,
    3e38,
    -3e38,
    MAX_INPUT,
    np.nextafter(np.float32(MAX_INPUT), np.float32(np.inf)),
]
FAINT = [0.0, 1e-15, 0.9999e-15, 1.17549435e-38, 1e-40, 1e-45]


def nasty(name, size, rng):
    """Values (size,) for a signal: of a random level, some of them extreme, zero, faint or denormal."""
    low, high = RANGES.get(name, WAVE)
    if name != "nnet_memory" and SIGNALS[name]["type"] == "i32":
        return np.where(rng.random(size) < 0.2, rng.choice([low, high], size), rng.integers(low, high + 1, size))
    x = rng.uniform(low, high, size) * 10.0 ** rng.choice([0, -1, -3, -6, -10])
    odd = rng.random(size) < rng.choice([0, 0.05, 0.5])
    faint = rng.choice(FAINT, size) * (rng.choice([-1, 1], size) if low < 0 else 1)
    x = np.where(odd, np.where(rng.random(size) < 0.3, rng.choice([low, high], size), faint), x)
    if name == "input":
        x = np.where(rng.random(size) < 0.02, rng.choice(NOT_FINITE, size), x)
    return np.clip(x, low, high) if name != "input" else x


def size_of(name, stream):
    return math.prod(SIGNALS[name]["shape"]) if name in SIGNALS else stream.signal(name).size
