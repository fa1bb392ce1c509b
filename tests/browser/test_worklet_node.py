"""PercepNetNode in changing surroundings: an OfflineAudioContext is suspended to change them."""

import numpy as np
import pytest
from bundle import script

pytestmark = pytest.mark.browser
SECOND = 48000
LATENCY = 1440 + 448
QUANTUM = 128
SPREADS = [0, 1, 2, 3]


def render(page, server, *channels: np.ndarray, changes=(), outputs=None, tail=0, **options):
    """The channels that come out, and what was dispatched. `changes`: (sample, action), in whole quanta."""
    server.offer("in", *channels)
    outputs = outputs or len(channels)
    length = len(channels[0]) + tail
    job = {"length": length, "channels": len(channels), "outputs": outputs}
    log = page.evaluate(script("render_with_changes"), {**job, "options": options, "changes": list(changes)})
    return server.received("out").reshape(outputs, length), log


def largest_step(signal: np.ndarray) -> float:
    return float(np.abs(np.diff(signal)).max())


@pytest.mark.parametrize("spread", SPREADS)
def test_toggling_bypass_does_not_click(page, server, spread):
    latency = LATENCY + spread * QUANTUM
    sine = (0.5 * np.sin(2 * np.pi * 300 * np.arange(2 * SECOND) / SECOND)).astype(np.float32)
    changes = [(300 * QUANTUM, "bypass"), (500 * QUANTUM, "wet")]
    (out,), _ = render(page, server, sine, changes=changes, spread=spread)
    assert largest_step(out[latency + 4800 :]) < 1.5 * largest_step(sine)
    middle = slice(400 * QUANTUM, 450 * QUANTUM)
    expected = sine[middle.start - latency : middle.stop - latency]
    flushed = np.where(np.abs(expected) < 1e-15, 0, expected)  # as the core does
    np.testing.assert_array_equal(out[middle], flushed)


@pytest.mark.parametrize("spread", SPREADS[1:])
def test_a_change_takes_effect_at_the_same_frame_however_the_work_is_spread(page, server, clip, spread):
    """A frame is 3.75 quanta: the changes come at all stages of its work."""
    changes = [((100 + 21 * i) * QUANTUM, ("bypass", "wet")[i % 2]) for i in range(10)]
    (at_once,), _ = render(page, server, clip[:SECOND], changes=changes)
    (later,), _ = render(page, server, clip[:SECOND], changes=changes, tail=512, spread=spread)
    np.testing.assert_array_equal(later[spread * QUANTUM :][:SECOND], at_once)


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("at", [400, 402])
def test_reset_equals_fresh(page, server, clip, at, spread):
    at *= QUANTUM
    (used,), _ = render(page, server, clip, changes=[(at, "reset")], spread=spread)
    (fresh,), _ = render(page, server, clip[at:], spread=spread)
    np.testing.assert_array_equal(used[at:], fresh)


def test_bad_samples_are_replaced_and_reported(page, server, clip):
    bad = clip.copy()
    bad[SECOND : SECOND + 7] = [np.nan, np.inf, -np.inf, 1e30, -1e30, np.nan, np.nan]
    (out,), log = render(page, server, bad)
    assert np.isfinite(out).all()
    assert np.abs(out[2 * SECOND :]).max() > 0.001, "silent after bad input"
    errors = [entry for entry in log if "code" in entry]
    assert [entry["code"] for entry in errors] == ["bad-input"]
    assert "NaN" in errors[0]["message"]
    assert sum(entry.get("repaired", 0) for entry in log) == 7


def test_source_disconnected_and_connected_again(page, server, clip):
    changes = [(200 * QUANTUM, "disconnect"), (500 * QUANTUM, "connect")]
    (out,), log = render(page, server, clip, changes=changes)
    gap = out[200 * QUANTUM + 2 * LATENCY : 500 * QUANTUM]
    assert np.abs(gap).max() < 1e-3
    assert np.abs(out[500 * QUANTUM + LATENCY :]).max() > 0.01
    assert not [entry for entry in log if "code" in entry]


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("at", [333, 335])
def test_mono_that_becomes_stereo_goes_on_as_it_was(page, server, clip, at, spread):
    (mono,), _ = render(page, server, clip, spread=spread)
    changes = [(at * QUANTUM, "addSilentStereo")]
    (left, right), _ = render(page, server, clip, changes=changes, outputs=2, spread=spread)
    np.testing.assert_array_equal(left, mono)
    np.testing.assert_array_equal(right, mono)


def test_destroyed_node_is_silent_even_if_connected_again(page, server, clip):
    changes = [(300 * QUANTUM, "destroy"), (400 * QUANTUM, "connectOutput")]
    (out,), log = render(page, server, clip, changes=changes)
    assert np.abs(out[LATENCY : 300 * QUANTUM]).max() > 0.001
    assert not out[301 * QUANTUM :].any()
    assert not [entry for entry in log if "code" in entry]


@pytest.mark.parametrize("spread", SPREADS)
def test_events(page, server, clip, spread):
    _, log = render(page, server, clip, spread=spread)
    voices = [entry for entry in log if "probability" in entry]
    stats = [entry for entry in log if "cpuShare" in entry]
    seconds = len(clip) / SECOND
    assert len(voices) == pytest.approx(20 * seconds, abs=2)
    assert all(0 <= entry["probability"] <= 1 and 96 <= entry["period"] <= 864 for entry in voices[2:])
    assert len(stats) == pytest.approx(seconds, abs=1)
    assert 0 <= stats[-1]["cpuShare"] < 1
    assert stats[-1]["frames"] == pytest.approx(100 * len(stats), abs=2)
    assert all(entry["longCalls"] >= 0 == entry["lateCalls"] for entry in stats)


def test_voices_cost_nothing_until_somebody_listens(page):
    messages, events = page.evaluate(script("listen_late"))
    assert messages == 0 and events > 2


@pytest.mark.parametrize("rate", [4000, 200000])
def test_wrong_rate_is_refused(page, rate):
    result = page.evaluate(script("wrong_rate"), rate)
    assert result[:2] == ["PercepNetError", "sample-rate"]
    assert f"{rate} Hz" in result[2]
    assert "whole Hz from 8000 to 192000, best new AudioContext({ sampleRate: 48000 })" in result[2]


def test_options_out_of_range(page):
    codes = page.evaluate(script("bad_options"))
    assert codes == ["bad-arg", "bad-arg", "bad-arg", "bad-arg", "bad-arg", None, 0.5]


def test_module_that_cannot_be_cloned_goes_as_bytes(page, server, clip):
    server.offer("in", clip)
    assert page.evaluate(script("render_tampered"), "") == []
    expected = server.received("out")
    assert page.evaluate(script("render_tampered"), "module") == []
    np.testing.assert_array_equal(server.received("out"), expected)


def test_failure_on_the_audio_thread_is_told_and_sound_passes(page, server, clip):
    server.offer("in", clip)
    assert page.evaluate(script("render_tampered"), "model") == ["bad-model"]
    np.testing.assert_array_equal(server.received("out")[LATENCY:], clip[:-LATENCY])


def test_many_nodes_one_after_the_other(page):
    """Each holds its model on the audio thread; destroy() must give that back."""
    alive = page.evaluate(script("create_many"), 60)
    assert alive == "voice"
