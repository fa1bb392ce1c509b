"""The envelope postfilter in closed form."""

import numpy as np
import pytest
from textbook import noise, run

from percepnet.constants import NUM_BANDS, SIGNALS

BETA = 0.02


def g_hat(g, Ey, **config):
    energies = noise(SIGNALS["Ey"]["shape"]) ** 2
    energies[0] = Ey
    return run("postfilter", config, g=g, Ey=energies)["g_hat"]


def closed_form(g, Ey, strength):
    gw = (1 - strength) * g + strength * g * np.sin(np.pi / 2 * g)
    ratio = np.sum(g**2 * Ey) / np.sum(gw**2 * Ey)
    return np.sqrt((1 + BETA) * ratio / (1 + BETA * ratio**2)) * gw


@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_the_closed_form(strength):
    rng = np.random.default_rng(2)
    g, Ey = rng.random(NUM_BANDS), rng.random(NUM_BANDS)
    np.testing.assert_allclose(g_hat(g, Ey, postfilter=strength), closed_form(g, Ey, strength), rtol=3e-7)


def test_strength_zero_changes_nothing():
    g = np.random.default_rng(2).random(NUM_BANDS)
    np.testing.assert_allclose(g_hat(g, np.ones(NUM_BANDS), postfilter=0.0), g, rtol=1e-12)


def test_open_bands_stay_open():
    np.testing.assert_allclose(g_hat(np.ones(NUM_BANDS), np.ones(NUM_BANDS), postfilter=1.0), 1, rtol=1e-6)


def makeup_db(g):
    """By how much the make-up gain raises a frame of equal gains."""
    out = g_hat(np.full(NUM_BANDS, g), np.ones(NUM_BANDS), postfilter=1.0)[0]
    return 20 * np.log10(out / (g * np.sin(np.pi / 2 * g))), 1 / np.sin(np.pi / 2 * g) ** 2


def test_the_largest_makeup_is_5_57_db():
    """At E0 / E1 = 1 / sqrt(beta) = 7.07, and nowhere more."""
    found = [makeup_db(g) for g in np.linspace(0.02, 1, 400)]
    largest, ratio = max(found)
    assert largest == pytest.approx(5.57, abs=0.005)
    assert ratio == pytest.approx(1 / np.sqrt(BETA), rel=0.02)


@pytest.mark.parametrize("limit_db", [0.0, 6.0, 12.0, 40.0])
def test_no_band_is_attenuated_beyond_the_limit(limit_db):
    g = np.linspace(0, 1, NUM_BANDS)
    out = g_hat(g, np.ones(NUM_BANDS), postfilter=1.0, max_attenuation_db=limit_db)
    unlimited = closed_form(g, np.ones(NUM_BANDS), 1.0)
    np.testing.assert_allclose(out, np.maximum(unlimited, 10 ** (-limit_db / 20)), rtol=1e-6)


def test_100_db_is_no_limit():
    assert g_hat(np.zeros(NUM_BANDS), np.ones(NUM_BANDS))[0] == 0


def test_silence_is_not_divided_by():
    assert np.isfinite(g_hat(np.full(NUM_BANDS, 0.5), np.zeros(NUM_BANDS), postfilter=1.0)).all()
