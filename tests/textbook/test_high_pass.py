"""The high-pass is scipy's lfilter of a biquad with two equal poles at 0.5 Hz, on repaired input."""

import numpy as np
import pytest
from scipy import signal
from textbook import EXACT, noise, run

from percepnet.constants import FRAME_SIZE, LATENCY, MAX_INPUT, SAMPLE_RATE

POLE = np.exp(-2 * np.pi * 0.5 / SAMPLE_RATE)
B, A = [1, -2, 1], [1, -2 * POLE, POLE**2]


def filtered(frames):
    """The frames' output, and the last state."""
    state = {"high_pass_memory": np.zeros(2)}
    out = []
    for frame in frames:
        state = run("high_pass", input=frame, **{n: v for n, v in state.items() if n != "repaired"})
        out.append(state["history"][-FRAME_SIZE:])
    return np.concatenate(out), state


def test_it_is_lfilter_across_frames():
    x = noise((4, FRAME_SIZE))
    y, state = filtered(x)
    # Two poles that close to 1 amplify the rounding of doubles by up to 1 / (1 - POLE)^2 = 2e8.
    np.testing.assert_allclose(y, signal.lfilter(B, A, x.ravel()), rtol=0, atol=1e-8)
    np.testing.assert_array_equal(state["history"][-4 * FRAME_SIZE :], y)
    np.testing.assert_array_equal(state["dry"], x.ravel()[-LATENCY - FRAME_SIZE :])


@pytest.mark.parametrize("hertz, low, high", [(0.125, -np.inf, -20), (50, -0.01, 0.01), (1000, -0.01, 0.01)])
def test_drifts_go_and_voices_stay(hertz, low, high):
    t = np.arange(1600 * FRAME_SIZE) / SAMPLE_RATE
    x = np.sin(2 * np.pi * hertz * t)
    y, _ = filtered(x.reshape(-1, FRAME_SIZE))
    half = y.size // 2
    assert low <= 10 * np.log10(np.sum(y[half:] ** 2) / np.sum(x[half:] ** 2)) <= high


def test_what_is_not_finite_becomes_zero_and_what_is_too_large_is_clamped():
    x = np.zeros(FRAME_SIZE)
    x[:6] = [np.nan, np.inf, -np.inf, 65, -1e30, 0.5]
    out = run("high_pass", input=x)
    np.testing.assert_array_equal(out["dry"][LATENCY : LATENCY + 6], [0, 0, 0, MAX_INPUT, -MAX_INPUT, 0.5])
    assert out["repaired"] == 5


def test_the_largest_input_needs_no_repair():
    assert run("high_pass", input=np.full(FRAME_SIZE, MAX_INPUT))["repaired"] == 0


def test_the_tail_ends_in_zeros():
    """Of an impulse, within twelve seconds; nothing below the threshold on the way."""
    frames = np.zeros((1200, FRAME_SIZE))
    frames[0, 0] = 1
    y, state = filtered(frames)
    assert not state["high_pass_memory"].any() and not y[-FRAME_SIZE:].any()
    assert np.abs(y[y != 0]).min() >= 1e-15


def test_the_coefficients_are_double():
    """In float32 the poles would move by more than they are from 1."""
    y = run("high_pass", input=np.eye(1, FRAME_SIZE)[0])["history"][-FRAME_SIZE:]
    np.testing.assert_allclose(y, signal.lfilter(B, A, np.eye(1, FRAME_SIZE)[0]), **EXACT)
