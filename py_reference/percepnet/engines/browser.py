"""The built web folder in a real Chromium: samples go through its AudioWorklet and come back."""

import shutil
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ..building.environment import BROWSERS, ROOT
from ..errors import Missing, PercepNetError
from ..requirements import how_to_build, need

DIST = ROOT / "web" / "dist"
ADVICE = "no Chromium: `apt-get install chromium` (Debian), or `.venv/bin/playwright install chromium`"
TAIL = 2048  # samples rendered behind the signal: more than the node's delay
TIMEOUT_MS = 300_000
OPTIONS = {"max_attenuation_db": "maxAttenuationDb", "postfilter": "postfilter", "bypass": "bypass"}


@dataclass(frozen=True)
class Rendering:
    """samples: float32 (n,), delay removed. variant: the module that ran. latency: samples of delay, framing
    and algorithm.
    """

    samples: np.ndarray
    variant: str
    latency: int


def find_chromium():
    """Path of the system's Chromium or Chrome, or None: Playwright then takes its own."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def launch(playwright, *flags, profile=None):
    """A running Chromium, or a window of one whose profile is kept in that folder. Raises Missing."""
    from playwright.sync_api import Error

    options = {"executable_path": find_chromium(), "args": list(flags)}
    try:
        if profile:
            return playwright.chromium.launch_persistent_context(profile, **options)
        return playwright.chromium.launch(**options)
    except Error as error:
        raise Missing(f"{ADVICE} ({str(error).splitlines()[0]})") from None


class Browser:
    """Chromium with a page of the web folder open. close() when done, or use it in a `with`.

    page: the file to open. headers: what the server sends beside or instead of its own; see StaticServer.

    Playwright's objects belong to the thread that made them, and a thread can hold one: this one lives
    in a thread of its own, so that any program and any test can have a Browser.
    """

    def __init__(self, dist=DIST, page="verify.html", headers=None):
        if not (Path(dist) / page).exists():
            raise Missing(f"{dist} is not built: {how_to_build('web')}")
        from .static_server import StaticServer  # http.server is slow to import

        self.server, self.address = StaticServer(dist, headers=headers), page
        self.thread = ThreadPoolExecutor(1)
        self.playwright = self.browser = None
        self._end = weakref.finalize(self, self.thread.shutdown)
        try:
            self.thread.submit(self._open).result()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _open(self):
        self.playwright = need("playwright.sync_api").sync_playwright().start()
        self.browser = launch(self.playwright)
        self.page = self.browser.new_page()
        self.page.set_default_timeout(TIMEOUT_MS)
        self.page.goto(f"{self.server.url}/{self.address}")
        processes = self.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        self.page_processes = [process["id"] for process in processes if process["type"] == "renderer"]

    def close(self):
        """Ends the browser and the server."""
        if self._end.alive:
            self.thread.submit(self._close).result()
            self.server.close()
            self._end()

    def _close(self):
        if self.browser:
            self.browser.close()
        if self.playwright:
            self.playwright.stop()

    @property
    def version(self):
        return f"Chromium {self.browser.version}"

    def evaluate(self, script, argument=None):
        """What a JavaScript function returns in the page, where `percepnet` is the library."""
        from playwright.sync_api import Error

        try:
            return self.thread.submit(self.page.evaluate, script, argument).result()
        except Error as error:
            words = str(error).splitlines()[0].removeprefix("Page.evaluate: ")
            raise PercepNetError(f"in the browser: {words}") from None

    def offer_model(self, model):
        """Makes a model (a path or the bytes of a file) the one that the page loads."""
        from .static_server import model_files

        data = model if isinstance(model, bytes) else Path(model).read_bytes()
        self.server.replaced |= model_files({"model": data})

    def render(self, samples, model, variant=None, **config):
        """A mono signal (n,) at 48 kHz through the worklet: a Rendering.

        model: a path or the bytes of a model file. variant: one of wasm_node.VARIANTS, or None (any).
        config: options of percepnet.Enhancer.
        """
        self.offer_model(model)
        job = {"input": self.server.offer("in", samples), "output": "/pcm/out", "tail": TAIL}
        job["options"] = {OPTIONS[name]: value for name, value in config.items()}
        if "bypass" in config:
            job["options"]["bypass"] = bool(config["bypass"])
        if variant:
            job["simd"] = variant
        result = self.evaluate("job => renderPcm(job)", job)
        latency = result["latency"]
        rendered = self.server.received("out")[latency : latency + len(samples)]
        return Rendering(rendered, result["variant"], latency)

    def enhance(self, samples, model, variant=None, **config):
        """A whole mono signal, delay removed: (n,) -> (n,) float32. See render."""
        return self.render(samples, model, variant, **config).samples


@cache
def shared():
    """The browser that `enhance` uses; it is closed when the program ends."""
    return Browser()


def enhance(samples, model, variant=None, **config):
    """A whole mono signal through the browser's AudioWorklet: (n,) -> (n,) float32. See Browser.render."""
    return shared().enhance(samples, model, variant, **config)
