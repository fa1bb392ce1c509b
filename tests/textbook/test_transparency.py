"""Transparency: the means by their textbook, and what opens when."""

import numpy as np
import pytest
from textbook import EXACT, noise, run

from percepnet.constants import NUM_BANDS, SIGNALS, TRANSPARENCY_FRAMES

LONG = [TRANSPARENCY_FRAMES]


def transparency(g, r, E, frames_heard=(0,), mean_energy=0.0, mean_noise=0.0):
    Ey = noise(SIGNALS["Ey"]["shape"]) ** 2
    Ey[0] = E
    means = {"mean_energy": np.full(NUM_BANDS, mean_energy), "mean_noise": np.full(NUM_BANDS, mean_noise)}
    return run("transparency", g=g, r=r, Ey=Ey, frames_heard=frames_heard, **means)


def at_ratio(snr_db, g, r=1.0):
    """What becomes of all bands at g and r when the means have that ratio; the frame itself weighs nothing."""
    energy = 1e6
    return transparency(np.full(NUM_BANDS, g), np.full(NUM_BANDS, r), 0, LONG, energy, energy / 10 ** (snr_db / 10))


def test_means_are_those_of_all_frames_until_they_are_long():
    rng = np.random.default_rng(1)
    g, E = rng.random((2, 7, NUM_BANDS))
    state = {}
    for frame in range(7):
        inputs = {"Ey": np.zeros(SIGNALS["Ey"]["shape"]), "g": g[frame]}
        inputs["Ey"][0] = E[frame]
        state = run("transparency", **inputs, **{name: state[name] for name in state if name not in "gr"})
    assert state["frames_heard"][0] == 7
    np.testing.assert_allclose(state["mean_energy"], E.mean(axis=0), **EXACT)
    np.testing.assert_allclose(state["mean_noise"], ((1 - g) ** 6 * E).mean(axis=0), **EXACT)


def test_then_they_forget_with_their_length():
    out = transparency(np.zeros(NUM_BANDS), np.zeros(NUM_BANDS), 3.0, LONG, 1.0, 1.0)
    assert out["frames_heard"][0] == TRANSPARENCY_FRAMES
    for name in ("mean_energy", "mean_noise"):
        np.testing.assert_allclose(out[name], 1 + 2 / TRANSPARENCY_FRAMES, **EXACT)


@pytest.mark.parametrize("snr_db", [-10, 0, 10, 25.9])
def test_below_26_db_nothing_changes(snr_db):
    out = at_ratio(snr_db, 0.3, 0.7)
    assert (out["g"] == 0.3).all() and (out["r"] == 0.7).all()


@pytest.mark.parametrize("g", [0, 0.05, 0.5, 0.9, 1])
def test_from_38_db_on_a_band_is_open(g):
    for snr_db in (38.1, 60, 200):
        out = at_ratio(snr_db, g)
        np.testing.assert_allclose(1 - out["g"], (1 - g) ** 9, atol=1e-15)
        assert (out["r"] == 0).all()


def test_halfway_it_is_half_open():
    out = at_ratio(32, 0.5, 0.5)
    np.testing.assert_allclose(1 - out["g"], 0.5 * (0.5 + 0.5**9), rtol=1e-6)  # the logarithm is a polynomial
    np.testing.assert_allclose(out["r"], 0.25, rtol=1e-6)


def test_a_band_and_the_whole_count_half_each():
    faint, level = 17, 1e-3  # one band tells the whole next to nothing
    energy = np.ones(NUM_BANDS)
    energy[faint] = level
    for whole_db, own_db, opened in ((40, 20, 4 / 12), (44, 24, 8 / 12), (30, 46, 1), (10, 40, 0), (30, 20, 0)):
        noise = energy / 10 ** (np.where(np.arange(NUM_BANDS) == faint, own_db, whole_db) / 10)
        exact_db = 5 * np.log10(energy.sum() / noise.sum() * energy[faint] / noise[faint])
        assert abs(exact_db - (whole_db + own_db) / 2) < 0.05
        r = transparency(np.zeros(NUM_BANDS), np.ones(NUM_BANDS), 0, LONG, energy, noise)["r"]
        np.testing.assert_allclose(1 - r[faint], opened, atol=0.05 / 12)


def test_bands_without_noise_open_beside_others():
    g = np.where(np.arange(NUM_BANDS) % 2, 0.0, 1.0)
    out = transparency(g, np.ones(NUM_BANDS), np.ones(NUM_BANDS))
    np.testing.assert_array_equal(out["g"], g)
    np.testing.assert_array_equal(out["r"], 1 - g)


def test_silence_opens_nothing():
    g, r = np.random.default_rng(1).random((2, NUM_BANDS))
    out = transparency(g, r, 0)
    np.testing.assert_array_equal(out["g"], g)
    np.testing.assert_array_equal(out["r"], r)
