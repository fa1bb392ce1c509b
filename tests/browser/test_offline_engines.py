"""Sound that needs no AudioContext: whole signals in a worker, AudioData streams, and what a device can do."""

import numpy as np
import pytest
from bundle import script
from percepnet import native
from percepnet.resampler import Resampler
from test_worklet_bits import assert_same_bits
from test_worklet_rates import at_rate, expected

pytestmark = pytest.mark.browser
RATE = 48000


def enhanced(model_path, signal: np.ndarray, **options) -> np.ndarray:
    return native.Enhancer(model_path, **options).enhance(signal)


def test_whole_signal_in_a_worker_equals_native(page, server, model_path, clip):
    server.offer("in", clip)
    shares = page.evaluate(script("enhance_in_worker"), {"maxAttenuationDb": 12})
    np.testing.assert_array_equal(server.received("out"), enhanced(model_path, clip, max_attenuation_db=12))
    assert len(shares) >= 3
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_work_in_a_worker_can_be_aborted(page):
    assert page.evaluate(script("abort_worker")) == ["at once", "on the way"]


def test_a_worker_that_fails_says_why(page):
    missing, foreign, option, model = page.evaluate(script("failing_worker"))
    assert missing[0] == foreign[0] == "worker"
    assert "baseUrl" in missing[1]
    assert "own origin" in foreign[1]
    assert option[0] == "bad-arg"
    assert "postfilter is 2" in option[1]
    assert model[0] == "bad-model"


@pytest.mark.parametrize(("channels", "length"), [(1, 441), (1, 5000), (2, 480)])
def test_audio_data_comes_out_enhanced_with_its_own_times(page, server, model_path, clip, channels, length):
    parts = [clip[:RATE], clip[RATE : 2 * RATE]][:channels]
    parts = [part[: RATE - 77] for part in parts]
    server.offer("in", *parts)
    job = {"channels": channels, "length": length, "start": 5_000_000, "rate": RATE}
    log = page.evaluate(script("audio_data"), job)
    lengths = [samples for _, samples in log]
    assert sum(lengths) == RATE - 77
    assert set(lengths[:-1]) == {480}
    assert all(abs(time - 5_000_000 - 10_000 * i) <= 2 for i, (time, _) in enumerate(log))
    for got, part in zip(np.split(server.received("out"), channels), parts, strict=True):
        np.testing.assert_array_equal(got, enhanced(model_path, part))


def least_latency(rate: int, framing: int) -> int:
    """Whole samples at that rate, through 48 kHz and back."""
    up, back = Resampler(rate, RATE), Resampler(RATE, rate)
    return up.reach + -(-(framing + native.LATENCY + back.reach) * up.a // up.b)


@pytest.mark.parametrize(
    ("rate", "channels", "length", "block", "framing"),
    [(44100, 1, 441, 441, 0), (16000, 2, 480, 160, 0), (22050, 1, 777, 441, 0), (44101, 1, 5000, 441, 479)],
)
def test_audio_data_of_other_rates(page, server, model_path, clip, rate, channels, length, block, framing):
    parts = [at_rate(clip[RATE // 2 * i :], rate)[:-77] for i in range(channels)]
    server.offer("in", *parts)
    job = {"channels": channels, "length": length, "start": 5_000_000, "rate": rate}
    log = page.evaluate(script("audio_data"), job)
    assert sum(samples for _, samples in log) == len(parts[0])
    assert {samples for _, samples in log[1:-1]} == {block}
    starts = np.cumsum([0, *(samples for _, samples in log[:-1])])
    assert all(abs(time - 5e6 - 1e6 * at / rate) <= 2 for at, (time, _) in zip(starts, log, strict=True))
    latency = least_latency(rate, framing)
    for got, part in zip(np.split(server.received("out"), channels), parts, strict=True):
        padded = np.concatenate([part, np.zeros(rate // 2, np.float32)])
        assert_same_bits(got, expected(model_path, padded, rate, block, latency)[latency:][: len(got)])
        assert np.abs(got).max() > 0.01


def test_audio_data_whose_rate_changes(page):
    """What is inside comes out first; a rate that cannot be worked at fails the stream, with what is inside."""
    lengths, code, message = page.evaluate(script("changing_audio_data"), [48000, 44100, 48000, 4000])
    assert lengths == [[48000, 24000], [44100, 22050], [48000, 24000 - native.LATENCY]]
    assert code == "sample-rate"
    assert "the AudioData has 4000 Hz" in message


def test_track_as_audio_data(page, server, clip):
    server.offer("in", clip)
    times = page.evaluate(script("track_processor"), 1)
    assert np.abs(server.received("out")).max() > 0.001
    starts = np.concatenate([[0], np.cumsum([samples for _, samples in times["taken"]])])
    for i, time in enumerate(times["given"]):  # the source's own timestamps jitter
        piece = np.searchsorted(starts, 480 * i, side="right") - 1
        expected = times["taken"][piece][0] + (480 * i - starts[piece]) / 0.048
        assert abs(time - expected) <= 1


def test_estimate_times_the_narrowest_at_least(page):
    result = page.evaluate(script("estimate"), [256, 64])
    times = result["estimate"]["times"]
    assert times[0]["width"] == 64
    assert all(0 < entry["fastestMs"] <= entry["usualMs"] for entry in times)
    assert result["estimate"]["variant"] == result["variant"]
    assert result["choice"]["width"] in (64, 256)
