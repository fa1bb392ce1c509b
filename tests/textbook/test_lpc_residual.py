"""The residual is what scipy's Toeplitz solver and FIR filters give."""

import numpy as np
import pytest
from scipy import linalg, signal
from textbook import noise, run

from percepnet.constants import HISTORY_SIZE, SIGNALS
from percepnet.lpc_residual import levinson
from percepnet.golden.paint import paint_vowel

HOP, WINDOW, ORDER = 160, 320, 16


def decimated(history):
    """16 kHz, low-passed at 7 kHz (firwin, 33 taps, Kaiser 5) and pre-emphasised by 1 - 0.85 z^-1."""
    low = signal.lfilter(signal.firwin(33, 7000, fs=48000, window=("kaiser", 5)), 1, history)
    at_16khz = low[2::3]
    return signal.lfilter([1, -0.85], 1, at_16khz)[-WINDOW:]


def prediction(x):
    """a(1..16) of e(n) = x(n) + sum a(i) x(n - i), autocorrelation method with white noise and lag window."""
    windowed = x * signal.get_window("hann", WINDOW)
    r = np.correlate(windowed, windowed, "full")[WINDOW - 1 : WINDOW + ORDER]
    r[0] = r[0] * (1 + 1e-4) + 1e-9
    r *= np.exp(-0.5 * (2 * np.pi * 0.0025 * np.arange(ORDER + 1)) ** 2)
    return linalg.solve_toeplitz(r[:ORDER], -r[1:])


@pytest.mark.parametrize("source", ["noise", "faint noise", "vowel in noise"])
def test_residual_is_the_textbooks(source):
    scale = {"noise": 1, "faint noise": 1e-3, "vowel in noise": 0.02}[source]
    history = noise(HISTORY_SIZE, scale=scale)
    if source.startswith("vowel"):
        history += paint_vowel(HISTORY_SIZE, 300)
    residual = noise(SIGNALS["residual"]["shape"][0], 2)
    x = decimated(history)
    e = signal.lfilter([1, *prediction(x)], 1, x)  # its start-up is over long before the newest hop
    out = run("lpc_residual", history=history, residual=residual)["residual"]
    np.testing.assert_allclose(out[-HOP:], signal.lfilter([1, 0.7], 1, e)[-HOP:], rtol=1e-6, atol=1e-9 * scale)
    np.testing.assert_array_equal(out[:-HOP], residual[HOP:])


def test_the_residual_of_a_vowel_is_flatter():
    x = decimated(paint_vowel(HISTORY_SIZE, 300).astype(float) + noise(HISTORY_SIZE, scale=1e-4))
    e = signal.lfilter([1, *prediction(x)], 1, x)[-HOP:]
    assert np.var(e) < 0.1 * np.var(x[-HOP:])


def test_levinson_stops_at_30_db():
    """A tone is predictable without end; its prediction stops early and stays small."""
    r = np.cos(0.3 * np.arange(ORDER + 1))
    a = levinson(r)
    assert np.count_nonzero(a) == 2
    np.testing.assert_allclose(a[:2], [-2 * np.cos(0.3), 1], atol=1e-9)


def test_silence_stays_silent():
    assert not run("lpc_residual")["residual"].any()
