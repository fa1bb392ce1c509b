"""The measures against independent results, against what they must say of known changes, and at their ends."""

import numpy as np
import pytest
import soxr
from scipy import signal

from percepnet.laboratory.measures import composite as c
from percepnet.laboratory.measures.dnsmos import INSTALL, WINDOW, dnsmos, is_installed
from percepnet.laboratory.measures.high_band import MOST_LOSS_DB, high_band_loss_db
from percepnet.laboratory.measures.scores import MEASURES, score, score_clean


def at_16k(samples):
    return soxr.resample(samples, 48000, 16000)


@pytest.fixture(scope="module")
def frames(clean, noisy):
    """The pair at 16 kHz in windowed frames, with a floor under the clean one, so that all frames count."""
    floor = 1e-4 * np.random.default_rng(1).standard_normal(32000)
    found = c.sounding_frames(at_16k(clean) + floor, at_16k(noisy))
    assert len(found[0]) == 262
    return found


@pytest.mark.parametrize(
    "measure, expected",
    [
        (c.log_likelihood_ratio, 1.3928361995568),
        (c.weighted_slope, 70.055864061617),
        (c.segmental_snr, -3.725851657976),
    ],
)
def test_parts_are_those_of_another_implementation(frames, measure, expected):
    """Expected: pysepm-evo 0.1.1 on the same signals."""
    assert measure(*frames) == pytest.approx(expected, rel=1e-6)


def test_composite_is_the_published_combination(clean, noisy, frames):
    pair = at_16k(clean), at_16k(noisy)
    llr, wss, snr = (
        part(*c.sounding_frames(*pair)) for part in (c.log_likelihood_ratio, c.weighted_slope, c.segmental_snr)
    )
    found = c.composite(*pair, pesq=2.5)
    assert found["CBAK"] == pytest.approx(1.634 + 0.478 * 2.5 - 0.007 * wss + 0.063 * snr)
    assert found["CSIG"] == pytest.approx(3.093 - 1.029 * llr + 0.603 * 2.5 - 0.009 * wss)
    assert found["COVL"] == pytest.approx(1.594 + 0.805 * 2.5 - 0.512 * llr - 0.007 * wss)


def test_composite_of_the_same_is_perfect(clean):
    assert c.composite(at_16k(clean), at_16k(clean), 4.64) == {"CSIG": 5, "CBAK": 5, "COVL": 5}


def test_segmental_snr_of_a_known_error():
    frames = np.random.default_rng(1).standard_normal((50, c.FRAME))
    assert c.segmental_snr(frames, 0.9 * frames) == pytest.approx(20)
    assert c.segmental_snr(frames, frames) == 35
    assert c.segmental_snr(frames, 10 * frames) == -10


def test_digital_silence_does_not_count(clean):
    speech = at_16k(clean)
    padded = np.concatenate([speech, np.zeros(32000)])
    noise = 0.01 * np.random.default_rng(1).standard_normal(64000)
    whole, without = (c.sounding_frames(x, x + noise[: x.size]) for x in (padded, speech))
    assert len(whole[0]) <= len(without[0]) + c.FRAME // c.HOP + 1  # those that reach into the silence
    assert c.log_likelihood_ratio(*whole) == pytest.approx(c.log_likelihood_ratio(*without), rel=0.05)


def test_dnsmos_hears_the_rain(clean, noisy):
    assert is_installed(), f"DNSMOS is not installed: run `{INSTALL}`"
    good, bad = dnsmos(at_16k(clean)), dnsmos(at_16k(noisy))
    assert good["DNSMOS BAK"] > bad["DNSMOS BAK"] + 0.5
    assert good["DNSMOS OVRL"] > bad["DNSMOS OVRL"]
    assert all(1 <= value <= 5 for value in good.values())


def test_dnsmos_repeats_what_is_short(clean):
    assert is_installed(), f"DNSMOS is not installed: run `{INSTALL}`"
    short = at_16k(clean)
    assert dnsmos(short) == dnsmos(np.resize(short, WINDOW))


@pytest.mark.parametrize("gain_db", [-12.0, -3.0, 0.0, 2.0])
def test_loss_above_8_khz_is_the_gain_there(clean, gain_db):
    high = signal.sosfiltfilt(signal.butter(8, 6000, "high", fs=48000, output="sos"), clean)
    changed = clean + (10 ** (gain_db / 20) - 1) * high
    assert high_band_loss_db(clean, changed) == pytest.approx(-gain_db, abs=0.3)


def test_loss_of_everything_has_a_limit_and_of_nothing_is_unknown(clean):
    assert high_band_loss_db(clean, np.zeros_like(clean)) == pytest.approx(MOST_LOSS_DB)
    narrow = signal.sosfiltfilt(signal.butter(8, 4000, "low", fs=48000, output="sos"), clean)
    assert np.isnan(high_band_loss_db(narrow, narrow))


def test_all_measures_are_taken(clean, noisy):
    found = score(clean, noisy, with_dnsmos=True) | score_clean(clean, clean)
    assert set(found) == set(MEASURES)
    assert all(np.isfinite(list(found.values())))


def test_a_silent_output_counts_as_the_worst(clean, noisy):
    silent, audible = (score(clean, output, with_dnsmos=True) for output in (np.zeros_like(clean), noisy))
    assert all(silent[measure] < audible[measure] for measure in ("PESQ-WB", "ESTOI", "SI-SDR", "COVL"))
    assert all(np.isfinite(list(silent.values())))
