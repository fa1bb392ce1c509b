"""The node's AudioParams: every frame has the bits of a native one with the values of the quantum that completes it."""

import numpy as np
import pytest
from bundle import script
from percepnet import native
from test_worklet_bits import assert_same_bits
from test_worklet_node import LATENCY, QUANTUM
from test_worklet_node import render as render_with_changes

pytestmark = pytest.mark.browser
FRAME = 480
OFFSET = LATENCY - native.LATENCY  # of the framing
NATIVE_NAMES = {"maxAttenuationDb": "max_attenuation_db", "postfilter": "postfilter"}

RAMPS = b"""
// What k-rate parameters of these names, defaults and limits are in each render quantum.
const names = ['maxAttenuationDb', 'postfilter'];
const limits = [{ defaultValue: 100, maxValue: 100 }, { defaultValue: 0.25, maxValue: 1 }];
class Ramps extends AudioWorkletProcessor {
  static parameterDescriptors = names.map((name, i) => ({ name, minValue: 0, automationRate: 'k-rate', ...limits[i] }));
  process(_, outputs, parameters) {
    names.forEach((name, i) => outputs[i][0].fill(parameters[name][0]));
    return true;
  }
}
registerProcessor('ramps', Ramps);
"""

BEYOND = {"1000": 100, "-1000": 0, "NaN": 100}  # what other nodes add to maxAttenuationDb, and what becomes of it


def check_what_nodes_add(page, server, model_path, samples: np.ndarray, value: str) -> None:
    """In any engine's page."""
    server.offer("in", samples)
    assert page.evaluate(script("render_modulated"), value) == []
    expected = native.Enhancer(model_path, max_attenuation_db=BEYOND[value]).enhance(samples)
    assert_same_bits(server.received("out")[LATENCY:][: len(samples)], expected[: len(samples) - LATENCY])


def enhanced(model_path, samples: np.ndarray, steps, **options) -> np.ndarray:
    """What the native library makes of it, with `steps` of (name, sample, value) on the way."""
    core = native.Enhancer(model_path, **options)
    out = [np.zeros(OFFSET, np.float32)]
    for start in range(0, len(samples) - FRAME + 1, FRAME):
        quantum = (start + FRAME - 1) // QUANTUM * QUANTUM
        core.set_config(**{NATIVE_NAMES[name]: value for name, at, value in steps if at <= quantum})
        out.append(core.process_frame(samples[start : start + FRAME])[0])
    return np.concatenate(out)[: len(samples)]


def render(page, server, samples: np.ndarray, steps, **options):
    server.offer("in", samples)
    told = page.evaluate(script("render_automated"), {"options": options, "steps": steps})
    return server.received("out"), told


def check_ramps(page, server, model_path, clip: np.ndarray) -> None:
    """In any engine's page. A frame has the values of the quantum that completes it, which are its first sample's."""
    server.replaced["/ramps.js"] = RAMPS
    samples = clip[: 600 * QUANTUM]
    ramps = [("maxAttenuationDb", 60, 40 * QUANTUM, 40000, 3), ("postfilter", 1, 160 * QUANTUM, 70000, 0.1)]
    defaults = {"maxAttenuationDb": 100, "postfilter": 0.25}
    server.offer("in", samples)
    page.evaluate(script("render_ramped"), ramps)
    got, *values = server.received("out").reshape(3, -1)
    starts = np.arange(0, len(samples), QUANTUM)
    steps = []
    for (name, first, begin, end, last), told in zip(ramps, values, strict=True):
        assert_same_bits(told, np.repeat(told[::QUANTUM], QUANTUM))
        ramp = np.interp(starts, (begin, end), (first, last))
        np.testing.assert_allclose(told[::QUANTUM], np.where(starts < begin, defaults[name], ramp), rtol=1e-5)
        steps += [(name, start, told[start]) for start in starts]
    expected = enhanced(model_path, samples, steps)
    assert_same_bits(got[: len(expected)], expected)
    assert (expected != enhanced(model_path, samples, [])).any(), "the ramps change nothing"


def test_values_at_times_equal_native(page, server, model_path, clip):
    """Both parameters, in every quantum of half a second, then rarely; no value is a whole float32."""
    often = [
        (("postfilter", "maxAttenuationDb")[i % 2], (50 + i) * QUANTUM, (0.1, 9.9)[i % 2] + 0.003 * i)
        for i in range(190)
    ]
    steps = [*often, ("postfilter", 400 * QUANTUM, 0.3), ("maxAttenuationDb", 700 * QUANTUM, 100)]
    got, _ = render(page, server, clip, steps)
    expected = enhanced(model_path, clip, steps)
    assert_same_bits(got[: len(expected)], expected)
    assert (expected != enhanced(model_path, clip, [])).any(), "the steps change nothing"


def test_ramps_equal_native(page, server, model_path, clip):
    check_ramps(page, server, model_path, clip)


def test_property_is_the_parameters_value(page, server, model_path, clip):
    """Set at a time or by the property: the same bits. And the property reads as the AudioParam does: a float32."""
    at = 333 * QUANTUM
    by_time, told = render(page, server, clip, [("maxAttenuationDb", at, 12)], postfilter=0.3)
    assert told == [100, float(np.float32(0.3))]
    (by_property,), log = render_with_changes(page, server, clip, changes=[(at, "limit")], postfilter=0.3)
    assert_same_bits(by_property, by_time)
    assert not [entry for entry in log if "code" in entry]
    expected = enhanced(model_path, clip, [("maxAttenuationDb", at, 12)], postfilter=0.3)
    assert_same_bits(by_time[: len(expected)], expected)


@pytest.mark.parametrize("value", BEYOND)
def test_what_other_nodes_add_stays_within_the_limits(page, server, model_path, clip, value):
    check_what_nodes_add(page, server, model_path, clip, value)
