"""Stopwatches in the browser's AudioWorklet: ours and other packages' processors, their scripts untouched."""

import numpy as np

from ..constants import FRAME_SIZE
from ..engines.browser import DIST, Browser
from ..engines.static_server import ISOLATION
from ..errors import PercepNetError
from .pinning import pin_audio_threads
from .rounds import Round
from .timing import SCALAR_PACE

QUANTUM = 128
US_PER_MS = 1000
CLOCK_RETRIES = 2  # where the clock stood still while other programs ran

OPEN = """async ({ key, simd, model, options, packaged }) => {
    globalThis.suppressors ??= new Map();
    if (packaged) {
        suppressors.set(key, await benchmark.packagedSuppressor(packaged));
        return;
    }
    const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
    const assets = await percepnet.loadPercepNet({ baseUrl: '.', simd, model: bytes });
    suppressors.set(key, benchmark.percepnetSuppressor(assets, options));
}"""
RENDER = """async ({ key, input, isTimed }) => {
    globalThis.sounds ??= new Map();
    if (!sounds.has(input)) sounds.set(input, new Float32Array(await (await fetch(input)).arrayBuffer()));
    const clock = isTimed ? await benchmark.Clock.start() : null;
    const found = await benchmark.timedRender(suppressors.get(key) ?? null, sounds.get(input), clock);
    return { ...found, clock: clock?.stop() };
}"""


class BenchPage(Browser):
    """Chromium with bench.html open, cross-origin isolated, so that the audio thread can be given a clock."""

    def __init__(self, dist=DIST, core=None):
        super().__init__(dist, "bench.html", ISOLATION)
        self.core, self.is_pinned = core, core is None
        self.clocks = []

    def offer(self, name, data):
        """Makes bytes available to the page; returns the path."""
        self.server.replaced[f"/bench/{name}"] = data
        return f"/bench/{name}"

    def render(self, key, samples, is_timed=False):
        """What benchmark.timedRender gives for a suppressor opened before; key: None for none at all."""
        path = f"/pcm/{samples.size}"
        if path not in self.server.replaced:
            self.server.offer(str(samples.size), samples)
        found = self.evaluate(RENDER, {"key": key, "input": path, "isTimed": is_timed})
        for _ in range(CLOCK_RETRIES if is_timed else 0):  # by the clock's own word, whatever the times are
            if found["clock"]["longGaps"] == 0:
                break
            found = self.evaluate(RENDER, {"key": key, "input": path, "isTimed": True})
        if not self.is_pinned and key:  # the audio thread, which serves all later renderings, is there now
            self.is_pinned = pin_audio_threads(self.page_processes, self.core) > 0
        if key and not found["sounded"]:
            raise PercepNetError(f"{key} is silent in the browser")
        if is_timed:
            self.clocks.append(found["clock"])
        return found

    def clock_quality(self):
        """{"kind", "resolution_us", "long_gaps", "longest_gap_us", "renderings"} of all that was timed, or None."""
        if not self.clocks:
            return None
        return {
            "kind": self.clocks[0]["kind"],
            "resolution_us": US_PER_MS * min(clock["resolutionMs"] for clock in self.clocks),
            "long_gaps": sum(clock["longGaps"] for clock in self.clocks),
            "longest_gap_us": US_PER_MS * max(clock["longestGapMs"] for clock in self.clocks),
            "renderings": len(self.clocks),
        }


class WorkletTimer:
    """One suppressor in the AudioWorklet: what a rendering takes with it and less without it, and each of its calls."""

    def __init__(self, page, key, pace=1.0, **what):
        """what: `model`, `simd`, `options` of ours, or a Package's job as `packaged`. pace: share of frames."""
        self.page, self.key, self.pace = page, key, pace
        page.evaluate(OPEN, {"key": key, **what})

    def round(self, samples):
        """A Round of whole frames of the samples."""
        samples = samples[: samples.size // FRAME_SIZE * FRAME_SIZE]
        frames = samples.size / FRAME_SIZE
        without_ms = self.page.render(None, samples)["renderMs"]
        with_ms = self.page.render(self.key, samples)["renderMs"]
        calls = US_PER_MS * np.array(self.page.render(self.key, samples, is_timed=True)["calls"])
        in_calls = float(calls.mean()) * FRAME_SIZE / QUANTUM  # a mean is right even of a clock that moves in jumps
        return Round(US_PER_MS * (with_ms - without_ms) / frames, calls, in_calls)


def our_timer(page, key, model, variant, **options):
    """Ours: a module's variant with a model (bytes) and options of PercepNetNode.create."""
    path = page.offer(f"model-{hash(model)}", model)
    pace = SCALAR_PACE if variant == "scalar" else 1.0
    return WorkletTimer(page, key, pace, model=path, simd=variant, options=options)


def package_timer(page, package):
    """A Package's processor."""
    page.server.replaced |= package.served()
    return WorkletTimer(page, package.name, packaged=package.job())
