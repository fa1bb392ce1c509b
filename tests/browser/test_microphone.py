"""The realtime path: a microphone (a file played by Chromium's fake device) through the worklet."""

import numpy as np
import pytest
from bundle import script

pytestmark = pytest.mark.browser


def record(page, server, seconds: int, **options):
    result = page.evaluate(script("record"), {"seconds": seconds, "options": options})
    latency = result["latency"]
    return server.received("noisy")[:-latency], server.received("enhanced")[latency:], result


def energy(signal: np.ndarray) -> float:
    return float(np.mean(np.square(signal, dtype=np.float64)))


def quietest(signal: np.ndarray) -> float:
    """The energy that a tenth of the 20 ms pieces stay under."""
    pieces = signal[: len(signal) // 960 * 960].reshape(-1, 960)
    return float(np.quantile([energy(piece) for piece in pieces], 0.1))


def test_microphone_in_bypass_comes_out_as_it_went_in(page, server, clip):
    noisy, enhanced, result = record(page, server, 3, bypass=True)
    assert 0.2 * energy(clip) < energy(noisy) < 5 * energy(clip), "the microphone does not play the file"
    correlation = np.corrcoef(noisy, enhanced)[0, 1]
    assert correlation > 0.999
    assert result["error"] == 0


def test_microphone_enhanced(page, server):
    noisy, enhanced, result = record(page, server, 5)
    assert 0.01 * energy(noisy) < energy(enhanced) < energy(noisy)
    assert np.corrcoef(noisy, enhanced)[0, 1] > 0.5
    assert quietest(enhanced) < 0.5 * quietest(noisy), "the noise between the words is as loud as before"
    assert result["voice"] >= 50
    assert result["stats"] >= 3
    assert result["error"] == 0
