"""The period is the best of seven by brute force."""

import numpy as np
import pytest
from textbook import noise, run

from percepnet.constants import HISTORY_SIZE

PAST, WINDOW, MIN, MAX = 2592, 960, 96, 864


def correlation(history, T):
    x, y = history[PAST : PAST + WINDOW], history[PAST - T : PAST - T + WINDOW]
    return 2 * np.dot(x, y) / (np.dot(x, x) + np.dot(y, y) + 1e-9)


@pytest.mark.parametrize("lag", [0, 1, 77, 255, 256])
def test_period_and_correlation_by_brute_force(lag):
    history = noise(HISTORY_SIZE, lag)
    periods = [T for T in range(3 * (32 + lag) - 3, 3 * (32 + lag) + 4) if MIN <= T <= MAX]
    scores = [correlation(history, T) for T in periods]
    out = run("pitch_refine", history=history, lag=[lag])
    assert out["period"] == periods[int(np.argmax(scores))]
    assert out["correlation"][0] == pytest.approx(max(max(scores), 0), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("period", [97, 200, 333, 478, 480, 863])
def test_a_periodic_signal_gives_its_period_and_correlation_one(period):
    history = np.resize(noise(period), HISTORY_SIZE)
    out = run("pitch_refine", history=history, lag=[round(period / 3) - 32])
    assert out["period"] == period
    assert out["correlation"][0] == pytest.approx(1, abs=1e-9)


def test_what_never_repeats_has_no_negative_correlation():
    history = np.zeros(HISTORY_SIZE)
    history[PAST : PAST + 30], history[PAST - 103 : PAST - 73] = 1, -1
    assert run("pitch_refine", history=history, lag=[2])["correlation"] == 0
