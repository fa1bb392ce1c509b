"""The demo page as `percepnet demo` serves it, and a visit to it in Chromium."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import soundfile

from percepnet.commands import demo_server
from percepnet.engines import browser


@dataclass(frozen=True)
class Visit:
    """What the console said against the page, the page's line on its module, and the clip as it was enhanced."""

    complaints: list[str]
    module: str
    enhanced: np.ndarray


@contextmanager
def serving(*arguments):
    """URL of a demo server (make_server's arguments) while the block runs."""
    with demo_server.make_server(*arguments) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()


def note_complaints(page, complaints):
    """Adds to the list whatever the page's console has against it."""
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))


def visit_demo(url):
    """Downloads the enhanced clip and plays it."""
    with ThreadPoolExecutor(1) as thread:  # one Playwright a thread
        return thread.submit(_visit, url).result()


def _visit(url):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = browser.launch(playwright)
        page, complaints = chromium.new_page(), []
        note_complaints(page, complaints)
        page.goto(url)
        page.locator("#start:enabled").wait_for(timeout=60_000)
        page.get_by_label("Format").select_option("float32")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        enhanced, _ = soundfile.read(io.BytesIO(download.value.path().read_bytes()), dtype="float32")
        page.get_by_role("button", name="Start").click()
        page.get_by_text("Playing in a loop.").wait_for()
        module = page.locator("#module").inner_text()
        chromium.close()
    return Visit(complaints, module, enhanced)
