"""What a visitor waits for: fetch, compile, instantiate, model, first frame; with empty caches and with full ones."""

from tempfile import TemporaryDirectory

import numpy as np

from ..engines.browser import DIST, TIMEOUT_MS, Browser, launch
from ..engines.static_server import ISOLATION, model_files
from ..requirements import need

HEADERS = ISOLATION | {"Cache-Control": "public, max-age=3600"}  # so that the second visit finds the files
SCRIPT = "({ simd }) => benchmark.coldStart({ baseUrl: '.', simd })"


class Visitor(Browser):
    """Chromium, of which every visit has a new profile on the disk, as users have: no file is in its caches.

    A profile in memory would not keep files as large as the largest model.
    """

    def __init__(self, dist=DIST):
        super().__init__(dist, "bench.html", HEADERS)

    def _open(self):
        self.playwright = need("playwright.sync_api").sync_playwright().start()  # each visit has its own Chromium

    def visit(self, variant):
        """(figures of the first visit, of the second): see ColdStart in web/demo/bench/cold_start.ts."""
        return self.thread.submit(self._visit, variant).result()

    def _visit(self, variant):
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            profile = launch(self.playwright, profile=folder)
            page, figures = profile.pages[0], []
            page.set_default_timeout(TIMEOUT_MS)
            for _ in range(2):
                page.goto(f"{self.server.url}/{self.address}")
                figures.append(page.evaluate(SCRIPT, {"simd": variant}))
            profile.close()
        return figures


def measure_cold_starts(models, variants, repeats, advance=lambda what: None):
    """[{"system", "variant", "visit", "ms": {step: median}, "transferred": bytes}]. models: {name: bytes}.

    advance(what): called before each of len(models) * len(variants) * repeats visits. Raises Missing.
    """
    rows = []
    with Visitor() as visitor:
        for name, data in models.items():
            visitor.server.replaced |= model_files({name: data})
            for variant in variants:
                visits = []
                for number in range(repeats):
                    advance(f"cold start {number + 1} of {repeats}: {name}, {variant}")
                    visits.append(visitor.visit(variant))
                for label, figures in zip(("first", "again"), zip(*visits, strict=True), strict=True):
                    rows.append({"system": name, "variant": variant, "visit": label} | medians(figures))
    return rows


def medians(figures):
    """{"ms": {step: median milliseconds}, "transferred": median bytes} of some visits."""
    steps = {step: float(np.median([one[step] for one in figures])) for step in figures[0]}
    return {"transferred": round(steps.pop("transferred")), "ms": steps}
