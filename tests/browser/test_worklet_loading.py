"""Sound while the model is on its way, when another one comes, and when none comes: no gap, no step, one delay."""

import numpy as np
import pytest
from bundle import script
from test_worklet_bits import assert_same_bits, native_enhance
from test_worklet_node import LATENCY, QUANTUM, SECOND, largest_step

pytestmark = pytest.mark.browser
FADE = 960
#: From a switch until the untouched sound alone is heard, in whole quanta.
FADED = -(-FADE // QUANTUM) * QUANTUM
TRAP = b"""
// In every instance of the scope a reset traps, as it would after a write to a wrong address.
const { Instance } = WebAssembly;
WebAssembly.Instance = function (...args) {
  const percepnet_reset = () => {
    throw new WebAssembly.RuntimeError('unreachable');
  };
  return { exports: { ...new Instance(...args).exports, percepnet_reset } };
};
"""


def render(page, server, samples: np.ndarray, changes, later=False, worklet_script=None, **options):
    """What comes out, and what was dispatched. `changes`: (sample, action)."""
    server.offer("in", samples)
    job = {"length": len(samples), "channels": 1, "outputs": 1, "later": later, "script": worklet_script}
    log = page.evaluate(script("render_with_changes"), {**job, "options": options, "changes": list(changes)})
    return server.received("out"), [entry["code"] for entry in log if "code" in entry]


def delayed(samples: np.ndarray, count: int) -> np.ndarray:
    return np.concatenate([np.zeros(count, np.float32), samples])[: len(samples)]


def narrow(model_path):
    return model_path.with_name("percepnet-128.pnet")


def expect_fade(out, before, after, at: int) -> None:
    """Between the two from `at` on, and each exactly where the fade has not begun or has ended."""
    assert_same_bits(out[LATENCY:at], before[LATENCY:at])
    low, high = np.minimum(before, after), np.maximum(before, after)
    middle = slice(at, at + FADE)
    assert ((out >= low - 1e-6) & (out <= high + 1e-6))[middle].all()
    np.testing.assert_allclose(out[at + FADE // 2], 0.5 * (before + after)[at + FADE // 2], atol=1e-6)


def enhanced_from(start: int, samples, path) -> np.ndarray:
    """The core's output for what follows `start`, where the node gives it; what comes before is left out."""
    out = np.zeros(len(samples), np.float32)
    out[start + LATENCY :] = native_enhance(path, samples[start:], {})[: len(samples) - start - LATENCY]
    return out


def test_untouched_until_loaded_then_the_bits_of_a_core_that_starts_there(page, server, model_path, clip):
    at = 333 * QUANTUM
    out, errors = render(page, server, clip, [(at, "load")], later=True)
    filled = at + -(-LATENCY // QUANTUM) * QUANTUM
    enhanced = enhanced_from(at, clip, model_path)
    expect_fade(out, delayed(clip, LATENCY), enhanced, filled)
    assert_same_bits(out[filled + FADE :], enhanced[filled + FADE :])
    assert errors == []


def test_another_model_without_a_gap(page, server, model_path, clip):
    at = 500 * QUANTUM
    out, errors = render(page, server, clip, [(at, "loadNarrow")])
    untouched, first = delayed(clip, LATENCY), enhanced_from(0, clip, model_path)
    expect_fade(out, first, untouched, at)
    start = at + FADED
    filled = start + -(-LATENCY // QUANTUM) * QUANTUM
    assert_same_bits(out[at + FADE : filled], untouched[at + FADE : filled])
    second = enhanced_from(start, clip, narrow(model_path))
    assert_same_bits(out[filled + FADE :], second[filled + FADE :])
    assert errors == []


@pytest.mark.parametrize("spread", [0, 3])
def test_no_step_in_a_sine_however_often_engines_change(page, server, spread):
    sine = (0.5 * np.sin(2 * np.pi * 300 * np.arange(2 * SECOND) / SECOND)).astype(np.float32)
    actions = ["load", "loadNarrow", "loadNothing", "loadNarrow", "loadBroken", "load"]
    changes = [((50 + 97 * i) * QUANTUM, action) for i, action in enumerate(actions)]
    out, errors = render(page, server, sine, changes, later=True, bypass=True, spread=spread)
    latency = LATENCY + spread * QUANTUM
    np.testing.assert_allclose(out[latency + FADE :], sine[FADE:-latency], atol=1e-4)
    assert largest_step(out[latency + FADE :]) < 1.01 * largest_step(sine)
    assert errors == ["bad-model"]


def test_a_load_that_fails_leaves_the_untouched_sound(page, server, clip):
    out, errors = render(page, server, clip, [(100 * QUANTUM, "failToLoad")], later=True)
    assert_same_bits(out, delayed(clip, LATENCY))
    assert errors == ["fetch"]


def test_a_model_that_is_refused_leaves_the_one_before(page, server, model_path, clip):
    out, errors = render(page, server, clip, [(500 * QUANTUM, "loadBroken")])
    assert_same_bits(out[LATENCY:], enhanced_from(0, clip, model_path)[LATENCY:])
    assert errors == ["bad-model"]


def test_a_reset_that_traps_is_told_and_the_sound_passes(page, server, clip):
    server.replaced["/trap.js"] = TRAP
    at = 500 * QUANTUM
    out, errors = render(page, server, clip, [(at, "reset")], worklet_script="trap.js")
    assert set(errors) == {"processor"}
    assert_same_bits(out[at + LATENCY :], clip[at:-LATENCY])


def test_nothing_to_enhance_with(page, server, model_path, clip):
    at = 500 * QUANTUM
    out, errors = render(page, server, clip, [(at, "loadNothing")])
    expect_fade(out, enhanced_from(0, clip, model_path), delayed(clip, LATENCY), at)
    assert_same_bits(out[at + FADE :], delayed(clip, LATENCY)[at + FADE :])
    assert errors == []


def test_samples_that_are_not_finite_do_not_pass_untouched(page, server, clip):
    bad = clip.copy()
    bad[SECOND : SECOND + 3] = [np.nan, np.inf, -np.inf]
    out, _ = render(page, server, bad, [], later=True)
    expected = np.where(np.isfinite(bad), bad, 0).astype(np.float32)
    assert_same_bits(out, delayed(expected, LATENCY))
