"""Polynomials are as close to the elementary functions as their docstrings say."""

import numpy as np
import pytest

from percepnet import vec_math


@pytest.mark.parametrize(
    "ours, true, low, high, absolute",
    [
        (vec_math.vec_log2, np.log2, 1e-30, 1e30, 5e-8),
        (vec_math.vec_sin_half_pi, lambda x: np.sin(np.pi / 2 * x), 0, 1, 6e-8),
        (vec_math.vec_tanh, np.tanh, -12, 12, 7e-5),
        (vec_math.vec_sigmoid, lambda x: 1 / (1 + np.exp(-x)), -25, 25, 4e-5),
    ],
)
def test_absolute_error(ours, true, low, high, absolute):
    x = np.geomspace(low, high, 20001) if low > 0 else np.linspace(low, high, 20001)
    assert np.abs(ours(x) - true(x)).max() <= absolute


def test_relative_error_of_exp2():
    x = np.linspace(-99, 99, 20001)
    assert np.abs(vec_math.vec_exp2(x) / np.exp2(x) - 1).max() <= 2e-8


@pytest.mark.parametrize("x", [np.inf, 1e30, 9.5])
def test_activations_end_at_one(x):
    assert vec_math.vec_tanh(np.array([x, -x])).tolist() == [1, -1]
    assert vec_math.vec_sigmoid(np.array([2 * x, -2 * x])).tolist() == [1, 0]


def test_flush_keeps_the_threshold_itself():
    x = np.array([1e-15, 0.99e-15, -1e-15, -0.99e-15, 0.0])
    assert vec_math.flush(x).tolist() == [1e-15, 0, -1e-15, 0, 0]
