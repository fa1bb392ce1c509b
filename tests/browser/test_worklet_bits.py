"""PCM out of the AudioWorklet has the bits of the native library, after the stated latency."""

import numpy as np
import pytest
from bundle import manifest_variants, script
from percepnet import native
from percepnet.constants import CONFIG

pytestmark = pytest.mark.browser
LATENCY = 1440
SPREADS = [0, 1, 2, 3]
TAIL = 4096
OPTIONS = [{}, {"maxAttenuationDb": 12, "postfilter": 0.75}, {"bypass": True}]


def render(page, server, *channels: np.ndarray, **job) -> tuple[list[np.ndarray], int]:
    """The channels through the worklet, delay removed; and that delay in samples."""
    path = server.offer("in", *channels)
    result = page.evaluate(
        "job => renderPcm(job)",
        {"input": path, "output": "/pcm/out", "channels": len(channels), "tail": TAIL, **job},
    )
    length = len(channels[0])
    rendered = server.received("out").reshape(len(channels), length + TAIL)
    return [channel[result["latency"] :][:length] for channel in rendered], result["latency"]


def native_enhance(model_path, signal: np.ndarray, options: dict) -> np.ndarray:
    return native.Enhancer(
        model_path,
        max_attenuation_db=options.get("maxAttenuationDb", CONFIG["max_attenuation_db"]["default"]),
        postfilter=options.get("postfilter", CONFIG["postfilter"]["default"]),
        bypass=options.get("bypass", False),
    ).enhance(signal)


def assert_same_bits(got: np.ndarray, expected: np.ndarray) -> None:
    assert got.dtype == expected.dtype == np.float32
    differing = np.flatnonzero(got.view(np.uint32) != expected.view(np.uint32))
    assert differing.size == 0, f"{differing.size} samples differ, the first at {differing[0]}"


@pytest.mark.parametrize("options", OPTIONS, ids=["defaults", "limited", "bypass"])
@pytest.mark.parametrize("variant", manifest_variants())
def test_worklet_equals_native(page, server, model_path, clip, variant, options):
    (got,), latency = render(page, server, clip, simd=variant, options=options)
    assert latency == LATENCY + 480 - 32
    assert_same_bits(got, native_enhance(model_path, clip, options))


@pytest.mark.parametrize("variant", manifest_variants())
def test_nasty_signal_too(page, server, model_path, nasty, variant):
    (got,), _ = render(page, server, nasty, simd=variant)
    assert np.isfinite(got).all()
    assert_same_bits(got, native_enhance(model_path, nasty, {}))


@pytest.mark.parametrize("variant", manifest_variants())
def test_page_enhancer_equals_native(page, server, model_path, clip, variant):
    server.offer("in", clip)
    page.evaluate(script("enhance"), variant)
    assert_same_bits(server.received("out"), native_enhance(model_path, clip, {}))


@pytest.mark.parametrize("spread", SPREADS)
def test_spread_work_has_the_same_bits_later(page, server, model_path, nasty, spread):
    (got,), latency = render(page, server, nasty, options={"spread": spread})
    assert latency == LATENCY + 480 - 32 + 128 * spread
    assert_same_bits(got, native_enhance(model_path, nasty, {}))


@pytest.mark.parametrize("spread", SPREADS)
def test_stereo_is_two_independent_channels(page, server, model_path, clip, spread):
    left, right = clip[: len(clip) // 2], clip[len(clip) // 2 : 2 * (len(clip) // 2)]
    got, _ = render(page, server, left, right, options={"spread": spread})
    assert_same_bits(got[0], native_enhance(model_path, left, {}))
    assert_same_bits(got[1], native_enhance(model_path, right, {}))
    assert min(np.abs(channel).max() for channel in got) > 0.001


def test_bypass_gives_the_input(page, server, clip):
    (got,), _ = render(page, server, clip, options={"bypass": True})
    assert_same_bits(got, clip)


@pytest.mark.parametrize("spread", [0, 2, 3])
@pytest.mark.parametrize("quantum", [64, 128, 256, 441, 480, 1024])
def test_any_render_quantum(page, server, model_path, clip, quantum, spread):
    """An engine without renderSizeHint renders 128 samples at a time; the delay expected follows."""
    server.offer("in", clip)
    actual, latency = page.evaluate(script("render_quantum"), [quantum, spread])
    assert latency == LATENCY + 480 - np.gcd(480, actual) + spread * min(actual, 480)
    assert_same_bits(server.received("out")[latency:][: len(clip)], native_enhance(model_path, clip, {}))
