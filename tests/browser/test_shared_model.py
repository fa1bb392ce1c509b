"""Nodes of one context share a model's weights, and nothing else: bits, comings and goings, failures."""

import numpy as np
import pytest
from bundle import script
from percepnet import native
from test_worklet_bits import assert_same_bits
from test_worklet_node import LATENCY, QUANTUM

pytestmark = pytest.mark.browser
SECOND = 48000
OFFSET = LATENCY - native.LATENCY  # of the framing
TRAP = b"""
// In the first instance of the scope, the 60th frame traps, as it would after a write to a wrong address.
const { Instance } = WebAssembly;
let instances = 0;
WebAssembly.Instance = function (...args) {
  const { exports } = new Instance(...args);
  let left = instances++ === 0 ? 60 : Infinity;
  const percepnet_begin_frame = (...given) => {
    if (--left === 0) throw new WebAssembly.RuntimeError('unreachable');
    return exports.percepnet_begin_frame(...given);
  };
  return { exports: { ...exports, percepnet_begin_frame } };
};
"""


def render(page, server, signals: list[np.ndarray], nodes: list[dict], **job):
    server.offer("in", *signals)
    errors = page.evaluate(script("share_model"), {"nodes": nodes, **job})
    return server.received("out").reshape(len(signals), -1), errors


def enhanced(model_path, samples: np.ndarray, **options) -> np.ndarray:
    out = native.Enhancer(model_path, **options)
    frames = samples[: len(samples) // 480 * 480].reshape(-1, 480)
    return np.concatenate([np.zeros(OFFSET, np.float32), *(out.process_frame(frame)[0] for frame in frames)])


def test_each_has_its_own_bits_whoever_comes_and_goes(page, server, dist, model_path, clip):
    """A node that comes makes the memory of all grow; one that goes leaves its own to the next."""
    signals = [np.roll(clip, 7000 * i)[: 2 * SECOND] for i in range(5)]
    come, go, again = 200 * QUANTUM, 300 * QUANTUM, 400 * QUANTUM
    nodes = [
        {"options": {}},
        {"options": {"maxAttenuationDb": 12, "postfilter": 0}},
        {"options": {"spread": 3}, "from": come, "until": go},
        {"options": {}, "from": again},
        {"model": "128", "options": {}},
    ]
    outputs, errors = render(page, server, signals, nodes)
    assert errors == []
    alone = [
        enhanced(model_path, signals[0]),
        enhanced(model_path, signals[1], max_attenuation_db=12, postfilter=0),
        np.concatenate([np.zeros(come + 3 * QUANTUM, np.float32), enhanced(model_path, signals[2])])[:go],
        np.concatenate([np.zeros(again, np.float32), enhanced(model_path, signals[3])]),
        enhanced(dist / "percepnet-128.pnet", signals[4]),
    ]
    for got, expected in zip(outputs, alone, strict=True):
        count = min(len(got), len(expected))
        assert_same_bits(got[:count], expected[:count])
        assert np.abs(got[:count]).max() > 0.01


def test_a_trap_is_told_by_all_who_share_the_model_and_their_sound_passes(page, server, dist, clip):
    server.replaced["/trap.js"] = TRAP
    signals = [np.roll(clip, 7000 * i)[: 2 * SECOND] for i in range(3)]
    nodes = [{"options": {}}, {"options": {}}, {"model": "128", "options": {}}]
    (first, second, other), errors = render(page, server, signals, nodes, script="trap.js")
    assert sorted(errors) == [[0, "processor"], [1, "processor"]]
    for got, dry in zip((first, second), signals, strict=False):
        assert (got[LATENCY : SECOND // 4] != dry[: SECOND // 4 - LATENCY]).any(), "it was never enhanced"
        np.testing.assert_array_equal(got[SECOND:], dry[SECOND - LATENCY : len(got) - LATENCY])
    expected = enhanced(dist / "percepnet-128.pnet", signals[2])
    assert_same_bits(other[: len(expected)], expected[: len(other)])


def test_after_a_trap_the_same_assets_work_again(page, server):
    """The audio thread has said that it has them; now it has to ask for them."""
    server.replaced["/trap.js"] = TRAP
    for heard, code, message, again in page.evaluate(script("recover_from_trap")):
        assert (heard, code, again) == ("voice", "processor", "voice")
        assert "untouched" in message and "set the assets again" in message
