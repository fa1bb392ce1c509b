"""Fixtures for the tests that need a browser: Chromium, a server, a page with the library in it, signals."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from bundle import DIST
from playwright.sync_api import Browser, Error, Page, sync_playwright
from static_server import StaticServer

RATE = 48000
ADVICE = "no Chromium: `apt-get install chromium` (Debian, Ubuntu), or `playwright install chromium`"


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
def launch(playwright):
    """launch(*flags) -> a Chromium of its own; closed at the end of the session."""
    browsers: list[Browser] = []

    def launch_chromium(*flags: str) -> Browser:
        executable = shutil.which("chromium") or shutil.which("chromium-browser")
        try:
            browsers.append(playwright.chromium.launch(executable_path=executable, args=list(flags)))
        except Error as error:
            pytest.fail(f"{ADVICE} ({str(error).splitlines()[0]})")
        return browsers[-1]

    yield launch_chromium
    for browser in browsers:
        browser.close()


@pytest.fixture(scope="session")
def browser(launch, microphone_file) -> Browser:
    """Chromium whose microphone plays `microphone_file` over and over."""
    return launch(
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone_file}",
        "--autoplay-policy=no-user-gesture-required",
    )


@pytest.fixture
def server(dist):
    running = StaticServer(dist)
    yield running
    running.close()


@pytest.fixture
def page(browser, server) -> Page:
    """verify.html, with `percepnet` and `renderPcm` in its global scope."""
    context = browser.new_context()
    opened = context.new_page()
    opened.set_default_timeout(60000)
    opened.goto(f"{server.url}/verify.html")
    yield opened
    context.close()


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
