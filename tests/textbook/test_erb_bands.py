"""Bands are an explicit triangular matrix; coherence is a normalised correlation in each."""

import numpy as np
import pytest
from textbook import noise, run

from percepnet.constants import BAND_LIMIT_BIN, NUM_BANDS, NUM_BINS, SIGNALS
from percepnet.erb_bands import band_sum, interpolate_bands
from percepnet.tables import BAND_PEAKS, COMB_NOISE, COMB_WEIGHTS

BINS = np.arange(NUM_BINS)
USED = BINS <= BAND_LIMIT_BIN
# Triangles by numpy's interpolation: 1 at the own peak, 0 at the others, flat at the ends, 0 above 20 kHz.
MATRIX = np.stack([np.interp(BINS, BAND_PEAKS, row) for row in np.eye(NUM_BANDS)]) * USED


def power(spectrum):
    return spectrum[0] ** 2 + spectrum[1] ** 2


def erb_edges():
    """RNNoise 0.2's recursion: from 20 kHz down in steps of the ERB there, at least 100 Hz; bins of 50 Hz."""
    edges = [400]
    while edges[-1] > 0:
        erb = 24.7 * (4.37 * edges[-1] / 20 + 1) / 50
        edges.append(edges[-1] - max(2, round(erb)))
    return edges[::-1]


def test_the_recursion_gives_the_peaks():
    edges = erb_edges()
    assert edges[0] == 0 and edges[1:] == list(BAND_PEAKS)


def test_every_bin_up_to_20_khz_is_shared_out_fully():
    matrix = np.stack([band_sum(row) for row in np.eye(NUM_BINS)], axis=1)
    np.testing.assert_allclose(matrix, MATRIX, atol=1e-15)
    np.testing.assert_allclose(matrix.sum(0), USED, atol=1e-15)


def test_band_energy_is_the_matrix_times_the_power():
    Y, Ey = noise(SIGNALS["Y"]["shape"]), noise(SIGNALS["Ey"]["shape"], 2) ** 2
    out = run("band_energy", Y=Y, Ey=Ey)["Ey"]
    np.testing.assert_allclose(out[-1], MATRIX @ power(Y[-1]), rtol=1e-12)
    np.testing.assert_array_equal(out[:-1], Ey[1:])


def test_interpolation_is_numpys():
    values = noise(NUM_BANDS)
    np.testing.assert_allclose(interpolate_bands(values), np.interp(BINS[USED], BAND_PEAKS, values), atol=1e-14)


def coherence(Y, P):
    Ys = np.zeros(SIGNALS["Y"]["shape"])
    Ys[0] = Y
    Ey = np.zeros(SIGNALS["Ey"]["shape"])
    Ey[0] = MATRIX @ power(Y)
    return run("coherence", Y=Ys, Ey=Ey, P=P)["q"]


def test_coherence_is_the_normalised_correlation():
    Y, P = noise((2, NUM_BINS)), noise((2, NUM_BINS), 2)
    expected = MATRIX @ (Y * P).sum(0) / np.sqrt((MATRIX @ power(Y)) * (MATRIX @ power(P)))
    np.testing.assert_allclose(coherence(Y, P), expected, rtol=1e-12)


@pytest.mark.parametrize("scale, expected", [(1, 1), (0.1, 1), (-3, -1)])
def test_coherence_of_a_scaled_copy(scale, expected):
    Y = noise((2, NUM_BINS))
    np.testing.assert_allclose(coherence(Y, scale * Y), expected, rtol=1e-12)


def test_coherence_of_silence_is_zero():
    assert not coherence(np.zeros((2, NUM_BINS)), np.zeros((2, NUM_BINS))).any()


def test_coherence_of_white_noise_is_the_bias_of_the_centre_tap():
    """q0 = w0 / sqrt(sum w^2): the comb contains the signal itself; 0.577 where all taps exist."""
    rng, q = np.random.default_rng(1), []
    for _ in range(60):
        y = rng.standard_normal(4512)
        history = run("comb_filter", history=y, period=[150])
        P = run("comb_spectrum", p=history["p"])["P"]
        Y = run("comb_spectrum", p=y[2592 : 2592 + 960])["P"]
        q.append(coherence(Y, P))
    expected = COMB_WEIGHTS[-1][COMB_WEIGHTS.shape[1] // 2] / np.sqrt(COMB_NOISE[-1])
    assert expected == pytest.approx(np.sqrt(4 / (3 * 4)), abs=1e-12)
    assert np.mean(np.array(q)[:, 5:]) == pytest.approx(expected, abs=0.03)
