"""Restoration against an explicit band matrix."""

import numpy as np
from textbook import noise, run

from percepnet.constants import BAND_LIMIT_BIN, NUM_BANDS, NUM_BINS, SIGNALS
from percepnet.tables import BAND_PEAKS

BINS = np.arange(BAND_LIMIT_BIN + 1)
MATRIX = np.stack([np.interp(BINS, BAND_PEAKS, row) for row in np.eye(NUM_BANDS)])


def band_energies(Z):
    return MATRIX @ (Z[:, BINS] ** 2).sum(0)


def restored(Z, E, g):
    Ey = noise(SIGNALS["Ey"]["shape"]) ** 2
    Ey[0] = E
    return run("restoration", Z=Z, Ey=Ey, g_hat=g)["X"]


def test_the_formula():
    rng = np.random.default_rng(1)
    Z, E, g = noise((2, NUM_BINS)), 10 * rng.random(NUM_BANDS), rng.random(NUM_BANDS)
    h = np.minimum(g * np.sqrt(E / (band_energies(Z) + 1e-20)), 4)
    X = restored(Z, E, g)
    np.testing.assert_allclose(X[:, BINS], np.interp(BINS, BAND_PEAKS, h) * Z[:, BINS], rtol=1e-10)
    assert not X[:, BAND_LIMIT_BIN + 1 :].any()


def test_equal_gains_give_every_band_the_energy_asked_for():
    """Where Z is Y: exactly g^2 Ey in every band; the comb filter's loss is what the stage makes up."""
    Z = noise((2, NUM_BINS))
    X = restored(0.7 * Z, band_energies(Z), np.full(NUM_BANDS, 0.5))
    np.testing.assert_allclose(band_energies(X), 0.25 * band_energies(Z), rtol=1e-10)


def test_no_band_is_raised_by_more_than_4():
    Z = noise((2, NUM_BINS), scale=1e-3)
    X = restored(Z, np.ones(NUM_BANDS), np.ones(NUM_BANDS))
    np.testing.assert_allclose(X[:, BINS], 4 * Z[:, BINS], rtol=1e-10)


def test_silence_stays_silent():
    assert not restored(np.zeros((2, NUM_BINS)), np.ones(NUM_BANDS), np.ones(NUM_BANDS)).any()
