"""Fixtures for the tests that need a browser: Chromium, a server, a page with the library in it, signals."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from demo_page import note_complaints
from percepnet.engines.browser import DIST, launch
from percepnet.errors import Missing
from percepnet.engines.static_server import StaticServer
from playwright.sync_api import Browser, Page, expect, sync_playwright

RATE = 48000


@pytest.fixture(scope="session")
def dist() -> Path:
    if not (DIST / "models.json").is_file():
        pytest.fail(f"{DIST} is not built: run `make`")
    return DIST


@pytest.fixture(scope="session")
def model_path(dist) -> Path:
    """The default model."""
    return dist / json.loads((dist / "models.json").read_text())["models"][0]["file"]


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright, microphone_file) -> Browser:
    """Chromium whose microphone plays `microphone_file` over and over."""
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone_file}",
        "--autoplay-policy=no-user-gesture-required",
    )
    try:
        running = launch(playwright, *flags)
    except Missing as error:
        pytest.fail(str(error))
    yield running
    running.close()


@pytest.fixture(scope="session")
def running_server(dist):
    running = StaticServer(dist)
    yield running
    running.close()


@pytest.fixture
def server(running_server):
    """A server of the bundle, with nothing replaced and nothing received."""
    running_server.replaced.clear()
    running_server.uploads.clear()
    return running_server


@pytest.fixture
def page(browser, server) -> Page:
    """verify.html, with `percepnet` and `renderPcm` in its global scope."""
    context = browser.new_context()
    opened = context.new_page()
    opened.set_default_timeout(60000)
    opened.goto(f"{server.url}/verify.html")
    yield opened
    context.close()


@pytest.fixture
def open_demo(browser, server):
    """open_demo(address, ready=, **context options) -> the demo page when its status line is `ready`.

    Its console must stay free of errors and refusals. No service worker: they have tests of their own.
    """
    contexts, complaints = [], []

    def open_page(address="index.html", ready="Ready: press Start to listen.", **options) -> Page:
        contexts.append(browser.new_context(service_workers="block", **options))
        page = contexts[-1].new_page()
        note_complaints(page, complaints)
        page.goto(f"{server.url}/{address}")
        expect(page.get_by_role("status")).to_have_text(ready, timeout=20_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def clip(dist) -> np.ndarray:
    """The demo's clip, real noisy speech: float32 at 48 kHz, at most four seconds."""
    samples, rate = soundfile.read(dist / "clip.wav", dtype="float32", always_2d=True)
    assert rate == RATE
    return np.ascontiguousarray(samples[: 4 * RATE, 0])


@pytest.fixture(scope="session")
def microphone_file(clip, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("microphone") / "microphone.wav"
    soundfile.write(path, clip, RATE, subtype="PCM_16")
    return path


@pytest.fixture(scope="session")
def nasty(clip) -> np.ndarray:
    """Speech, then digital silence, full-scale noise, an impulse, clipping, a constant and almost nothing."""
    rng = np.random.default_rng(1)
    pieces = [
        clip[:RATE],
        np.zeros(RATE // 2),
        rng.uniform(-1, 1, RATE // 4),
        np.eye(1, 4800, 77)[0],
        np.clip(20 * clip[: RATE // 2], -1, 1),
        np.full(RATE // 4, 0.25),
        rng.uniform(-1e-30, 1e-30, 4801),
    ]
    return np.concatenate(pieces).astype(np.float32)
