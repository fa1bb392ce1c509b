"""Correlation per lag by brute force: algorithm note, section 4, points 3 to 6, written as loops."""

import numpy as np
import pytest
from textbook import noise, run

from percepnet.constants import SIGNALS

HOP, MIN, MAX, REACH = 160, 32, 288, 3
SIZE = SIGNALS["residual"]["shape"][0]
KERNEL = [0.026184, -0.098339, 0.369938, 0.837891, -0.184969, 0.070242, -0.020947]


def raw_correlation(e, lag):
    """2 <e(n), e(n - T)> / (|e(n)|^2 + |e(n - T)|^2 + 1e-9) over the newest 320 samples."""
    x, y = e[-2 * HOP :], e[e.size - 2 * HOP - lag : e.size - lag]
    return 2 * np.dot(x, y) / (np.dot(x, x) + np.dot(y, y) + 1e-9)


def textbook(e):
    """Correlation of lags MIN..MAX of a residual of at least 2 HOP + MAX + REACH samples."""
    raw = {T: raw_correlation(e, T) for T in range(MIN - REACH, MAX + REACH + 1)}
    fine = {}
    for T in range(MIN, MAX + 1):
        near = np.array([raw[T + i] for i in range(-REACH, REACH + 1)])
        fine[T] = max(raw[T], np.dot(KERNEL, near), np.dot(KERNEL[::-1], near))
    guarded = dict(fine)
    for T in range(MIN, MAX + 1):
        for part in (T // 2, T // 3):
            if part > MIN and fine[T] < 1.1 * max(fine[part - 1], fine[part], fine[part + 1]):
                guarded[T] = 0.8 * fine[T]
    return np.array([guarded[T] * (1 - 0.1 * (T - MIN) / (MAX - MIN)) for T in range(MIN, MAX + 1)])


def two_hops(e):
    """The stage after both of the newest hops of e, so that its memory of half sums is that of e."""
    memory = {"half_correlation": 0, "half_energy": 0, "half_power": 0, "mean_power": 0.25}
    memory = {name: np.full(SIGNALS[name]["shape"], value) for name, value in memory.items()}
    for end in (e.size - HOP, e.size):
        out = run("pitch_correlation", residual=e[end - SIZE : end], **memory)
        memory = {name: out[name] for name in memory}
    return out


@pytest.mark.parametrize("seed, period", [(1, None), (2, 100), (3, 33), (4, 287)])
def test_correlation_by_brute_force(seed, period):
    e = noise(SIZE + HOP, seed)
    if period:
        e[::period] += 30
    np.testing.assert_allclose(two_hops(e)["xc"], textbook(e), rtol=1e-9, atol=1e-12)


def test_the_frames_weight_is_its_level_against_the_slow_mean():
    e = noise(SIZE + HOP)
    energy = [np.sum(e[-2 * HOP : -HOP] ** 2), np.sum(e[-2 * HOP :] ** 2)]
    mean = 0.25
    for E in energy:
        mean += 0.01 * (E - mean)
    out = two_hops(e)
    assert out["mean_power"][0] == pytest.approx(mean, rel=1e-9)
    assert out["path_weight"][0] == pytest.approx(np.clip(np.sqrt(energy[1] / mean), 0.1, 2), rel=1e-9)


@pytest.mark.parametrize("period", [34, 50, 75, 120, 200, 280])
def test_the_best_lag_is_the_period_and_no_multiple(period):
    e = 0.01 * noise(SIZE + HOP)
    e[::period] += 1
    assert abs(np.argmax(two_hops(e)["xc"]) + MIN - period) <= 1


def test_silence_correlates_with_nothing():
    out = run("pitch_correlation")
    assert not out["xc"].any() and out["path_weight"] == pytest.approx(0.1)
