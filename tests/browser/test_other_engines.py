"""Firefox and WebKitGTK give the bits of the native library too, by the same page that Chromium is driven with."""

import numpy as np
import pytest
from bundle import manifest_variants, script
from compare import assert_same_bits
from other_engines import ENGINES, Page
from percepnet import native
from test_model_parts import check_parts
from test_worklet_parameters import BEYOND, check_ramps, check_what_nodes_add

pytestmark = pytest.mark.browser
LATENCY = 1440 + 480 - 32
TAIL = 4096
RUNS = "async (variant) => percepnet.supports(variant)"


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, playwright, running_server) -> Page:
    with ENGINES[request.param](playwright, f"{running_server.url}/verify.html") as page:
        yield page


@pytest.fixture(scope="module")
def expected(model_path, nasty) -> np.ndarray:
    return native.Enhancer(model_path).enhance(nasty)


@pytest.mark.parametrize("variant", manifest_variants())
def test_worklet_equals_native(engine, server, nasty, expected, variant):
    """A variant that the engine cannot run must be refused, not run wrongly."""
    job = {"input": server.offer("in", nasty), "output": "/pcm/out", "tail": TAIL, "simd": variant}
    if not engine.evaluate(RUNS, variant):
        assert variant == "relaxed", f"every current engine runs {variant}"
        refused = "async (job) => renderPcm(job).catch((error) => error.code)"
        assert engine.evaluate(refused, job) == "unsupported"
        return
    result = engine.evaluate("async (job) => renderPcm(job)", job)
    assert (result["variant"], result["latency"]) == (variant, LATENCY)
    assert_same_bits(server.received("out")[LATENCY:][: len(nasty)], expected, variant)


def test_worklet_in_stereo_with_spread_work(engine, server, nasty, expected):
    """Two channels of the same signal, the work spread over the calls between."""
    job = {"input": server.offer("in", nasty, nasty), "output": "/pcm/out", "channels": 2, "tail": TAIL}
    result = engine.evaluate("async (job) => renderPcm(job)", job | {"options": {"spread": 3}})
    assert result["latency"] == LATENCY + 3 * 128
    for channel in server.received("out").reshape(2, -1):
        assert_same_bits(channel[result["latency"] :][: len(nasty)], expected, "stereo")


def test_nodes_that_share_a_model_equal_native(engine, server, nasty, expected):
    """Each that is made makes the memory of all grow; some engines then move it."""
    server.offer("in", *[nasty] * 4)
    assert engine.evaluate(script("share_model"), {"nodes": [{"options": {"spread": i}} for i in range(4)]}) == []
    for spread, channel in enumerate(server.received("out").reshape(4, -1)):
        late = LATENCY + 128 * spread
        assert_same_bits(channel[late:], expected[: len(nasty) - late], f"node {spread}")


@pytest.mark.parametrize("value", BEYOND)
def test_what_other_nodes_add_to_a_parameter_stays_within_its_limits(engine, server, model_path, clip, value):
    """Firefox hands it over as it is."""
    check_what_nodes_add(engine, server, model_path, clip, value)


def test_ramps_of_parameters_equal_native(engine, server, model_path, clip):
    check_ramps(engine, server, model_path, clip)


def test_page_enhancer_equals_native(engine, server, nasty, expected):
    server.offer("in", nasty)
    engine.evaluate(script("enhance"), "simd128")
    assert_same_bits(server.received("out"), expected, "Enhancer on the page")


def test_worker_equals_native(engine, server, nasty, expected):
    server.offer("in", nasty)
    engine.evaluate(script("enhance_in_worker"), {})
    assert_same_bits(server.received("out"), expected, "enhanceInWorker")


def test_engine_says_that_it_is_supported(engine):
    support = engine.evaluate("async () => percepnet.isSupported()", None)
    assert support["supported"], support["reasons"]
    assert support["variant"] in ("relaxed", "simd128")


@pytest.mark.parametrize("kind", ["suspended", "unconnected"])
def test_a_live_node_gets_models_in_parts(engine, kind):
    """Neither sound nor a running context is needed."""
    check_parts(engine, kind)
