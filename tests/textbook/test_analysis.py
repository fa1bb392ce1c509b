"""Analysis is numpy's rfft of a Vorbis window."""

import numpy as np
from textbook import noise, run

from percepnet.constants import FRAME_SIZE, HISTORY_SIZE, NUM_BINS, SIGNALS, WINDOW_SIZE
from percepnet.fft import irfft, rfft
from percepnet.tables import ANALYSIS_WINDOW, SYNTHESIS_WINDOW

N = WINDOW_SIZE
WINDOW = np.sin(np.pi / 2 * np.sin(np.pi * (np.arange(N) + 0.5) / N) ** 2)


def parts(z):
    return np.stack([z.real, z.imag])


def test_analysis_is_a_windowed_rfft():
    history, Y = noise(HISTORY_SIZE), noise(SIGNALS["Y"]["shape"], 2)
    out = run("analysis", history=history, Y=Y)["Y"]
    np.testing.assert_allclose(out[-1], parts(np.fft.rfft(history[-N:] * WINDOW) / N), atol=1e-15)
    np.testing.assert_array_equal(out[:-1], Y[1:])


def test_comb_spectrum_is_the_same_transform():
    p = noise(N)
    np.testing.assert_allclose(run("comb_spectrum", p=p)["P"], parts(np.fft.rfft(p * WINDOW) / N), atol=1e-15)


def test_the_window_is_power_complementary():
    np.testing.assert_allclose(SYNTHESIS_WINDOW, WINDOW, atol=1e-15)
    np.testing.assert_allclose(ANALYSIS_WINDOW * N, WINDOW, atol=1e-12)
    np.testing.assert_allclose(WINDOW[:FRAME_SIZE] ** 2 + WINDOW[FRAME_SIZE:] ** 2, 1, atol=1e-12)


def test_rfft_of_every_unit_vector():
    """960 impulses: the whole matrix of the transform."""
    unit = np.eye(N)
    matrix = np.stack([rfft(row) for row in unit])
    np.testing.assert_allclose(matrix, np.moveaxis(parts(np.fft.rfft(unit)), 0, 1), atol=1e-14)


def test_irfft_of_every_bin_is_numpys():
    """Real and imaginary part of each; the first and the last bin of a real signal have no imaginary part."""
    for part in range(2):
        for k in range(part, NUM_BINS - part):
            X = np.zeros((2, NUM_BINS))
            X[part, k] = 1
            expected = N * np.fft.irfft(X[0] + 1j * X[1])
            np.testing.assert_allclose(irfft(X), expected, atol=1e-13)


def test_transform_and_inverse_cancel():
    x = noise(N)
    np.testing.assert_allclose(irfft(rfft(x)) / N, x, atol=1e-13)
