"""The work of a node in a worker, over shared memory and over messages, in contexts that run in real time."""

import numpy as np
import pytest
from bundle import script
from percepnet import native
from percepnet.engines.static_server import ISOLATION, StaticServer
from test_worklet_bits import assert_same_bits
from test_worklet_rates import at_rate, expected, inner_lengths

pytestmark = pytest.mark.browser
RATE = 48000
QUANTUM = 128
INLINE = 1440 + 448
SILENCE = np.zeros(RATE // 4, np.float32)  # the node fades in meanwhile
PATIENT = {"execution": "worker", "workerDelayMs": 250}  # however busy this machine is


def blocks(milliseconds: float, length: int = QUANTUM) -> int:
    """Samples of so many milliseconds in whole blocks."""
    return int(np.ceil(milliseconds * RATE / 1000 / length)) * length


@pytest.fixture(scope="module")
def isolated_server(dist):
    running = StaticServer(dist, headers=ISOLATION)
    yield running
    running.close()


@pytest.fixture(params=["shared memory", "messages"])
def way(request, browser, server, isolated_server):
    """A page in which blocks go that way, and its server."""
    serving = isolated_server if request.param == "shared memory" else server
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(60000)
    page.goto(f"{serving.url}/verify.html")
    assert page.evaluate("crossOriginIsolated") == (request.param == "shared memory")
    yield page, serving
    context.close()


def play(way, signal: np.ndarray, seconds: float, **job):
    """What went into the node, what came out as many samples later as it says (shorter by that), and what it told."""
    page, server = way
    server.offer("in", np.concatenate([SILENCE, signal]))
    result = page.evaluate(script("worker_execution"), {"seconds": seconds, "options": PATIENT, **job})
    latency = round(result["latency"])
    assert abs(latency - result["latency"]) < 1e-6
    return server.received("dry"), server.received("wet")[latency:], result


def test_bits_and_latency_equal_native(way, model_path, clip):
    dry, wet, result = play(way, clip[: 2 * RATE], 2.5)
    assert result["errors"] == []
    assert result["late"] == 0, "this machine kept the worker waiting for more than 250 ms"
    assert round(result["latency"]) == INLINE + blocks(250)
    assert np.abs(wet).max() > 0.01
    np.testing.assert_array_equal(wet, native.Enhancer(model_path).enhance(dry)[: len(wet)])


@pytest.mark.parametrize("rate", [16000, 44100])
def test_bits_and_latency_at_other_rates(way, model_path, clip, rate):
    """The resampler stays in the worklet; blocks go to the worker at 48 kHz, at 44.1 of two lengths in turns."""
    dry, wet, result = play(way, at_rate(clip, rate), 1.2 * rate / RATE, rate=rate)
    assert (result["errors"], result["late"]) == ([], 0)
    latency = round(result["latency"])
    transport = blocks(250, max(inner_lengths(rate, QUANTUM)))
    whole = expected(model_path, dry, rate, QUANTUM, latency, transport)
    assert np.abs(wet).max() > 0.01
    assert_same_bits(wet, whole[latency:][: len(wet)])


def test_worker_that_is_killed_leaves_the_untouched_sound_and_an_error(way, clip):
    """A browser gives a worker that sleeps on shared memory two seconds before it ends it."""
    dry, wet, result = play(way, np.tile(clip, 2), 5, killAfter=500)
    assert [code for code, _ in result["errors"]] == ["worker"]
    assert "inline" in result["errors"][0][1]
    rest = slice(4 * RATE, len(wet))
    np.testing.assert_array_equal(wet[rest], dry[rest])
    assert np.abs(wet[rest]).max() > 0.01
    assert np.abs(np.diff(wet)).max() < 2 * np.abs(np.diff(dry)).max()


def workers_left(page, expected: int) -> int:
    """How many there are, as soon as it is the expected number; or after ten seconds."""
    for _ in range(100):
        if len(page.workers) == expected:
            break
        page.wait_for_timeout(100)
    return len(page.workers)


def test_workers_end_with_what_they_worked_for(way):
    page, _ = way
    page.evaluate(script("replace_workers"), 3)
    assert workers_left(page, 1) == 1
    page.evaluate("async () => { playing.node.destroy(); await playing.context.close(); }")
    assert workers_left(page, 0) == 0


def test_without_the_workers_script_the_sound_passes(page):
    result = page.evaluate(script("missing_worker"))
    assert result["told"] == ["worker", "worker"], "an event, and what `ready` rejects with"
    assert result["loudest"] == 0.25
