"""Runs one stage of the reference in float64, for the tests that hold it against textbook computations."""

import numpy as np

from percepnet.constants import PITCH_MIN_PERIOD, SIGNALS
from percepnet.golden.vector_store import run_case

EXACT = {"rtol": 1e-12, "atol": 1e-14}  # double against double: only the order of sums differs


def run(stage, config=None, **inputs):
    """{signal: array in its shape} the stage writes; signals not given are zero, the period the shortest."""
    flat = {"period": [PITCH_MIN_PERIOD]} | {name: np.ravel(values) for name, values in inputs.items()}
    outputs = run_case(stage, flat, config, np.float64)
    return {name: x.reshape(SIGNALS[name]["shape"]) if name in SIGNALS else x for name, x in outputs.items()}


def noise(shape, seed=1, scale=1.0):
    return scale * np.random.default_rng(seed).standard_normal(shape)
