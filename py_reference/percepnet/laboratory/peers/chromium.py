"""Chromium's own noise suppression, as getUserMedia gives it, with a file in the microphone's place.

Runs in real time: a second of recording takes a second.
"""

import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import soundfile

from ...constants import SAMPLE_RATE
from ...engines.browser import launch
from ...errors import PercepNetError

from ..alignment import delay_between
from .peer import Peer

LEAD = SAMPLE_RATE  # silence in front, for what is lost while the capture starts
TAIL = SAMPLE_RATE // 2
LATEST_START = 2 * SAMPLE_RATE  # how far the recording may begin behind the file
PAGE = "https://laboratory.test/"  # any secure address: elsewhere there is no microphone
FLAGS = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


def enhance(noisy: np.ndarray, suppress: bool = True) -> np.ndarray:
    """(n,) in +-1 at 48 kHz -> (n,). suppress: False for what the same way gives without suppression.

    Raises PercepNetError where the browser hears nothing.
    """
    played = np.concatenate([np.zeros(LEAD), noisy, np.zeros(TAIL)]).astype(np.float32)
    heard = record(played, suppress)
    if not heard.any():
        raise PercepNetError("Chromium's microphone stays silent: its fake capture device did not start")
    start = delay_between(played, heard, -LATEST_START, LATEST_START)
    padded = np.concatenate([np.zeros(LATEST_START), heard, np.zeros(played.size)])
    begin = LATEST_START + start + LEAD
    return padded[begin : begin + noisy.size].astype(np.float32)


def record(played: np.ndarray, suppress: bool) -> np.ndarray:
    """What a page hears of a microphone that hears `played`, (n,) at 48 kHz."""
    from playwright.sync_api import sync_playwright

    script = Path(__file__).with_name("record.js").read_text()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        microphone = Path(folder) / "microphone.wav"
        soundfile.write(microphone, np.clip(played, -1, 1), SAMPLE_RATE, "PCM_16")
        browser = launch(playwright, *FLAGS, f"--use-file-for-fake-audio-capture={microphone}%noloop")
        page = browser.new_page()
        page.route(PAGE, lambda route: route.fulfill(body="<title>", content_type="text/html"))
        page.goto(PAGE)
        samples = page.evaluate(script, {"seconds": played.size / SAMPLE_RATE, "noiseSuppression": suppress})
        browser.close()
    return np.frombuffer(bytes.fromhex(samples), np.float32)


CHROMIUM = Peer(
    "chromium",
    "the browser's own, in real time",
    enhance,
    lambda: find_spec("playwright") is not None,  # launching it says what to do where there is no Chromium
    "pip install -e '.[test]'",
    is_slow=True,
)
