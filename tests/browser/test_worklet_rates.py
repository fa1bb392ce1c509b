"""PercepNetNode in contexts of any rate: the bits of resampler and core in a row, after exactly the stated latency."""

from math import gcd

import numpy as np
import pytest
from bundle import script
from percepnet import native
from percepnet.resampler import Resampler
from scipy import signal
from test_worklet_bits import assert_same_bits

pytestmark = pytest.mark.browser
INNER, FRAME = 48000, 480
#: Chromium offers no context below 3 or above 768 kHz; these are the rates that devices have, and two that none has.
RATES = [8000, 16000, 22050, 32000, 44100, 88200, 96000, 192000, 44101, 11025]


def render(page, server, rate, *channels: np.ndarray, quantum=128, **options):
    server.offer("in", *channels)
    job = {"rate": rate, "quantum": quantum, "channels": len(channels), "options": options}
    actual, latency, errors = page.evaluate(script("render_rate"), job)
    assert errors == []
    assert latency == pytest.approx(round(latency), abs=1e-6), "not whole samples"
    return server.received("out").reshape(len(channels), -1), actual, round(latency)


def at_rate(clip: np.ndarray, rate: int) -> np.ndarray:
    """Half a second of the clip, at another rate."""
    return signal.resample(clip[: INNER // 2], rate // 2).astype(np.float32)


def band_limited(count: int, rate: int) -> np.ndarray:
    """Noise that both rates can carry."""
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, count)
    lowpass = signal.firwin(601, 0.35 * min(rate, INNER), fs=rate, window=("kaiser", 10))
    return np.convolve(noise, lowpass, "same").astype(np.float32)


def inner_lengths(rate: int, quantum: int) -> set[int]:
    return {quantum * INNER // rate, -(-quantum * INNER // rate)}


def expected(model_path, samples: np.ndarray, rate: int, quantum: int, latency: int, transport: int = 0) -> np.ndarray:
    """Resampler, core and resampler in a row, with the delay of framing and transport (samples at 48 kHz) between."""
    up = Resampler(rate, INNER)
    inner = up.process(samples)
    late = FRAME - gcd(FRAME, *inner_lengths(rate, quantum)) + transport
    core = native.Enhancer(model_path)
    frames = np.concatenate([inner, np.zeros(-len(inner) % FRAME, np.float32)]).reshape(-1, FRAME)
    enhanced = np.concatenate([np.zeros(late, np.float32), *(core.process_frame(f)[0] for f in frames)])
    back = Resampler(INNER, rate)
    fractions = latency * up.b - up.reach * up.b - (late + native.LATENCY + back.reach) * up.a
    assert 0 <= fractions < up.b, "later than need be, or too early"
    return Resampler(INNER, rate, fractions).process(enhanced[: len(inner)], len(samples))


@pytest.mark.parametrize("rate", RATES)
def test_bits_of_resampler_and_core_in_a_row(page, server, model_path, clip, rate):
    samples = at_rate(clip, rate)
    (got,), quantum, latency = render(page, server, rate, samples)
    assert_same_bits(got, expected(model_path, samples, rate, quantum, latency)[: len(got)])
    assert np.abs(got).max() > 0.01


@pytest.mark.parametrize("quantum", [128, 480])
@pytest.mark.parametrize("rate", [8000, 16000, 32000, 44100, 96000, 192000])
def test_latency_is_exact_to_the_sample(page, server, rate, quantum):
    samples = band_limited(rate // 4, rate)
    (got,), _, latency = render(page, server, rate, samples, quantum=quantum, bypass=True)
    edge = rate // 50
    late = got[latency:][edge:-edge]
    assert np.abs(late - samples[edge : edge + len(late)]).max() < 2e-3 * np.abs(samples).max()
    for wrong in (-1, 1):
        assert np.abs(late - samples[edge + wrong :][: len(late)]).max() > 0.1 * np.abs(samples).max()


@pytest.mark.parametrize("rate", [16000, 44100])
def test_stereo_and_spread_at_other_rates(page, server, clip, rate):
    left, right = at_rate(clip, rate), at_rate(clip[INNER:], rate)
    both, _, latency = render(page, server, rate, left, right)
    for got, alone in zip(both, (left, right), strict=True):
        (mono,), _, _ = render(page, server, rate, alone)
        assert_same_bits(got, mono)
    (later,), quantum, spread_latency = render(page, server, rate, left, spread=1)
    late = spread_latency - latency
    assert late == pytest.approx(quantum, abs=1)
    if rate == 16000:
        assert_same_bits(later[late:], both[0][:-late])


@pytest.mark.parametrize("rate", [8000, 44100])
def test_untouched_sound_at_the_same_delay(page, server, clip, rate):
    """With no engine at all: what is heard while the model is on its way."""
    samples = at_rate(clip, rate)
    (_,), _, latency = render(page, server, rate, samples)
    server.offer("in", samples)
    assert page.evaluate(script("render_untouched"), rate) == pytest.approx(latency)
    got = server.received("out")
    assert_same_bits(got[latency:], samples[: len(got) - latency])
