"""What a device can do decides at the start, and what it does while the sound runs."""

import numpy as np
import pytest
from bundle import script

pytestmark = pytest.mark.browser
RATE = 48000
INLINE = 1440 + 448
SLOW_CLOCK = b"""
// Every look at the clock takes 2.4 ms: with one look before and one after it, a call of 2.67 ms is nearly too long.
// Nothing else takes any time, however busy this machine is.
let time = 0;
Object.defineProperty(globalThis, 'performance', { value: { now: () => (time += 2.4) } });
"""


def test_overload_steps_down_and_at_last_to_the_untouched_sound_without_a_gap(page, server, clip):
    server.offer("in", clip)
    server.replaced["/slow_clock.js"] = SLOW_CLOCK
    result = page.evaluate(script("guard"), {"seconds": 12})
    steps = [(step["action"], step["from"], step["to"]) for step in result["steps"]]
    assert steps == [
        ("down", "percepnet-256", "percepnet-128"),
        ("down", "percepnet-128", "percepnet-64"),
        ("pass-through", "percepnet-64", "pass-through"),
    ]
    assert result["steps"][0]["cpuShare"] > 0.75
    assert result["latency"] == INLINE
    dry, wet = server.received("dry"), server.received("wet")[INLINE:]
    dry = dry[: len(wet)]
    assert np.abs(np.diff(wet)).max() < 2 * np.abs(np.diff(dry)).max()
    np.testing.assert_array_equal(wet[-RATE:], dry[-RATE:])
    assert np.corrcoef(wet[: 2 * RATE], dry[: 2 * RATE])[0, 1] < 0.9999, "it was never enhanced"


def test_after_calm_it_steps_up_again_without_a_gap(page, server, clip):
    """The clock is slow for three seconds of sound; ten calm ones later there is room for the larger model."""
    server.offer("in", clip)
    server.replaced["/slow_clock.js"] = SLOW_CLOCK.replace(b"2.4)", b"currentTime < 3 ? 2.4 : 0)")
    result = page.evaluate(script("guard_recovers"), {"seconds": 18})
    steps = [(step["action"], step["from"], step["to"]) for step in result["steps"]]
    assert steps == [("down", "percepnet-256", "percepnet-128"), ("up", "percepnet-128", "percepnet-256")]
    down, up = (step["second"] for step in result["steps"])
    assert down == 2
    assert 11 <= up - down <= 15, "one second to settle, ten of calm, and more on a busy machine"
    assert result["latency"] == INLINE
    wet = server.received("out")[INLINE:]
    dry = np.tile(clip, 5)[: len(wet)]
    assert np.abs(np.diff(wet)).max() < 2 * np.abs(np.diff(dry)).max()
    last = slice(-2 * RATE, None)
    assert np.abs(wet[last]).max() > 0.01
    assert np.corrcoef(wet[last], dry[last])[0, 1] < 0.9999, "untouched at the end"


def test_auto_chooses_by_measurement_or_by_one_that_was_kept(page):
    result = page.evaluate(script("auto_model"), {"64": 2, "128": 3, "256": 9, "512": 20})
    measured = result["measured"]
    assert measured["widths"] == [64, 128, 256, 512]
    assert measured["modelName"] == f"percepnet-{measured['choice']['width']}"
    assert result["kept"]["modelName"] == "percepnet-128"
    assert result["kept"]["same"]
    assert result["kept"]["choice"]["execution"] == "worker"
    assert result["kept"]["latency"] == INLINE + 19 * 128  # 50 ms in whole render quanta
    assert result["last"][0] == result["last"][1]
