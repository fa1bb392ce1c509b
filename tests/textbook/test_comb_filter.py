"""The comb filter as the direct sum over its taps, and what that sum must do."""

import numpy as np
import pytest
from textbook import EXACT, noise, run

from percepnet.comb_filter import future_periods
from percepnet.constants import COMB_ORDER, HISTORY_SIZE
from percepnet.tables import COMB_NOISE, COMB_WEIGHTS

PAST, WINDOW, FUTURE = 2592, 960, 960
M = 3


def taps(T):
    """{k: weight}: Hann over 2 M + 1 periods without those beyond the look-ahead, scaled to sum 1."""
    w = {k: 1 + np.cos(np.pi * k / (M + 1)) for k in range(-M, M + 1) if -k * T <= FUTURE}
    return {k: value / sum(w.values()) for k, value in w.items()}


@pytest.mark.parametrize("T", [96, 97, 319, 320, 321, 479, 480, 481, 863, 864])
def test_the_direct_sum(T):
    history = noise(HISTORY_SIZE, T)
    n = PAST + np.arange(WINDOW)
    expected = sum(w * history[n - k * T] for k, w in taps(T).items())
    np.testing.assert_allclose(run("comb_filter", history=history, period=[T])["p"], expected, **EXACT)


def test_weights_sum_to_one_and_their_noise_is_stated():
    np.testing.assert_allclose(COMB_WEIGHTS.sum(1), 1, atol=1e-14)
    np.testing.assert_allclose(COMB_NOISE, (COMB_WEIGHTS**2).sum(1), atol=1e-14)
    assert COMB_NOISE[-1] == pytest.approx(3 / (4 * (COMB_ORDER + 1)), abs=1e-14)
    np.testing.assert_allclose(COMB_WEIGHTS[-1][M:], [0.25, 0.2133883, 0.125, 0.0366117], atol=1e-7)


def test_future_periods_are_those_within_the_look_ahead():
    T = np.arange(96, 865)
    np.testing.assert_array_equal(future_periods(T), [sum(1 for k in taps(t) if k < 0) for t in T])


@pytest.mark.parametrize("T", [96, 150, 320])
def test_white_noise_falls_by_7_3_db(T):
    energy = [np.mean(run("comb_filter", history=noise(HISTORY_SIZE, s), period=[T])["p"] ** 2) for s in range(40)]
    assert 10 * np.log10(np.mean(energy)) == pytest.approx(-7.3, abs=0.2)


@pytest.mark.parametrize("T, row", [(400, 1), (700, 0)])
def test_white_noise_falls_as_stated_with_fewer_future_periods(T, row):
    energy = [np.mean(run("comb_filter", history=noise(HISTORY_SIZE, s), period=[T])["p"] ** 2) for s in range(40)]
    assert 10 * np.log10(np.mean(energy)) == pytest.approx(10 * np.log10(COMB_NOISE[row]), abs=0.2)


@pytest.mark.parametrize("T", [96, 321, 864])
def test_a_periodic_signal_passes_unchanged(T):
    history = np.resize(noise(T), HISTORY_SIZE)
    np.testing.assert_allclose(
        run("comb_filter", history=history, period=[T])["p"], history[PAST : PAST + WINDOW], atol=1e-13
    )
