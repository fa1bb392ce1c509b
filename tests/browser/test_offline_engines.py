"""Sound that needs no AudioContext: whole signals in a worker, AudioData streams, and what a device can do."""

import numpy as np
import pytest
from bundle import script
from percepnet import native

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
    log = page.evaluate(script("audio_data"), {"channels": channels, "length": length, "start": 5_000_000})
    lengths = [samples for _, samples in log]
    assert sum(lengths) == RATE - 77
    assert set(lengths[:-1]) == {480}
    assert all(abs(time - 5_000_000 - 10_000 * i) <= 2 for i, (time, _) in enumerate(log))
    for got, part in zip(np.split(server.received("out"), channels), parts, strict=True):
        np.testing.assert_array_equal(got, enhanced(model_path, part))


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
