"""The tracker as a whole: harmonic tones in white noise, and a voice that glides."""

import numpy as np
import pytest

from percepnet.constants import FRAME_SIZE, SAMPLE_RATE
from percepnet.native import extract

SECONDS, SETTLED = 3, 20  # frames until the mean energy and the history are there


def periods(x):
    return extract(x, x)["period"][SETTLED:]


def harmonic_tone(hertz, snr_db, seed):
    """Harmonics up to 8 kHz falling by 6 dB an octave, in white noise."""
    t = np.arange(SECONDS * SAMPLE_RATE) / SAMPLE_RATE
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, 200)
    tone = sum(np.sin(2 * np.pi * k * hertz * t + phases[k]) / k for k in range(1, int(8000 / hertz) + 1))
    noise = np.random.default_rng(seed + 1).standard_normal(t.size)
    return 0.05 * (tone / tone.std() + 10 ** (-snr_db / 20) * noise)


@pytest.mark.parametrize("snr_db", [20, 5, 0])
@pytest.mark.parametrize("hertz", [80, 110, 160, 220, 300, 450])
def test_harmonic_tones_are_found_in_99_of_100_frames(hertz, snr_db):
    T = SAMPLE_RATE / hertz
    found = periods(harmonic_tone(hertz, snr_db, hertz + snr_db))
    assert np.mean(np.abs(found / T - 1) < 0.02) >= 0.99


def test_a_glide_is_followed():
    """One octave in two seconds; the period belongs to the frame that comes out, not to the newest one."""
    t = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    hertz = 110 * 2 ** (t / 3)
    phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
    x = 0.02 * sum(np.sin(k * phase) for k in range(1, 20))
    found = extract(x, x)["period"]
    frames = np.arange(SETTLED, found.size)
    centre = (frames - 2) * FRAME_SIZE  # row i describes frame i - 2, whose window is centred on its first sample
    error = found[frames] * hertz[centre] / SAMPLE_RATE - 1
    assert np.mean(np.abs(error) < 0.02) > 0.97
    assert abs(np.median(error)) < 0.004
