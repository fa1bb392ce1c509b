"""Synthesis is numpy's irfft, windowed and overlapped; after analysis it gives the signal back."""

import numpy as np
from textbook import noise, run

from percepnet.constants import FRAME_SIZE, NUM_BINS, WINDOW_SIZE

N = WINDOW_SIZE
WINDOW = np.sin(np.pi / 2 * np.sin(np.pi * (np.arange(N) + 0.5) / N) ** 2)


def test_synthesis_is_a_windowed_irfft():
    X, overlap = noise((2, NUM_BINS)), noise(FRAME_SIZE, 2)
    X[1, [0, -1]] = 0  # the spectrum of a real signal
    x = N * np.fft.irfft(X[0] + 1j * X[1]) * WINDOW
    out = run("synthesis", X=X, overlap=overlap)
    np.testing.assert_allclose(out["wet"], overlap + x[:FRAME_SIZE], atol=1e-12)
    np.testing.assert_allclose(out["overlap"], x[FRAME_SIZE:], atol=1e-12)


def test_analysis_and_synthesis_give_the_signal_back():
    """Frames of a signal, transformed, transformed back and overlapped: the signal, one hop late."""
    x, overlap, out = noise(10 * FRAME_SIZE), np.zeros(FRAME_SIZE), []
    for at in range(0, x.size - FRAME_SIZE, FRAME_SIZE):
        spectrum = run("comb_spectrum", p=x[at : at + N])["P"]
        step = run("synthesis", X=spectrum, overlap=overlap)
        overlap = step["overlap"]
        out.append(step["wet"])
    np.testing.assert_allclose(np.concatenate(out[1:]), x[FRAME_SIZE:-FRAME_SIZE], atol=1e-12)
