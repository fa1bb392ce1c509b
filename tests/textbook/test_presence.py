"""Voice probability and signal-to-noise ratio by their formulas."""

import numpy as np
import pytest
from textbook import noise, run

from percepnet.constants import NUM_BANDS, SIGNALS


def presence(g, E):
    Ey = noise(SIGNALS["Ey"]["shape"]) ** 2
    Ey[0] = E
    out = run("presence", g=g, Ey=Ey)
    return out["voice"][0], out["snr_db"][0]


def test_snr_is_the_kept_energy_over_the_removed():
    rng = np.random.default_rng(1)
    g, E = rng.random(NUM_BANDS), rng.random(NUM_BANDS)
    expected = 10 * np.log10(np.sum(g**2 * E) / np.sum((1 - g**2) * E))
    assert presence(g, E)[1] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("g, expected", [(0, -60), (1, 60), (np.sqrt(0.5), 0), (np.sqrt(10 / 11), 10)])
def test_snr_of_equal_gains(g, expected):
    assert presence(np.full(NUM_BANDS, g), np.ones(NUM_BANDS))[1] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("g, voice", [(0, 0), (0.1, 0), (0.35, 0.5), (0.6, 1), (1, 1)])
def test_voice_follows_the_speech_bands(g, voice):
    """Bands 1 to 22, 200 Hz to 4.9 kHz; the others do not count."""
    gains = np.where(np.isin(np.arange(NUM_BANDS), range(1, 23)), g, 1 - g)
    assert presence(gains, np.ones(NUM_BANDS))[0] == pytest.approx(voice, abs=1e-9)


def test_silence_holds_no_voice():
    assert presence(np.ones(NUM_BANDS), np.full(NUM_BANDS, 1e-12))[0] == 0
