"""Stopwatches in the browser's AudioWorklet: ours and other packages' processors, their scripts untouched."""

import numpy as np

from ..constants import FRAME_SIZE
from ..engines.browser import DIST, Browser
from ..engines.static_server import ISOLATION
from ..errors import PercepNetError
from .pinning import pin_audio_threads
from .threads import thread_times
from .rounds import Round, per_frame
from .timing import SCALAR_PACE

QUANTUM = 128
US_PER_MS = 1000
RETRIES = 2  # where the audio thread had to wait for its core
LONG_WAIT_MS = 0.1
FINE_MS = 0.02  # a clock that moves in smaller steps is good for the sum of some calls
STRETCHES = 25  # of one stream: a new one is opened behind them

ADD = """async ({ key, simd, model, options, packaged }) => {
    globalThis.suppressors ??= new Map();
    if (packaged) {
        suppressors.set(key, await benchmark.packagedSuppressor(packaged));
        return;
    }
    const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
    const assets = await percepnet.loadPercepNet({ baseUrl: '.', simd, model: bytes });
    suppressors.set(key, benchmark.percepnetSuppressor(assets, options));
}"""
OPEN = """async ({ name, key, input, stretches }) => {
    globalThis.streams ??= new Map();
    streams.get(name)?.close();
    const samples = new Float32Array(await (await fetch(input)).arrayBuffer());
    const suppressor = globalThis.suppressors?.get(key) ?? null;
    streams.set(name, await benchmark.TimedStream.open(suppressor, samples, stretches));
}"""
NEXT = """async ({ name }) => {
    const { recorded, ...found } = await streams.get(name).next();
    return recorded ? { ...found, ...recorded, times: Array.from(recorded.times) } : found;
}"""


class BenchPage(Browser):
    """Chromium with bench.html open, cross-origin isolated, so that its clocks are fine."""

    def __init__(self, dist=DIST, core=None):
        super().__init__(dist, "bench.html", ISOLATION)
        self.core, self.audio_threads = core, []
        self.left = {}  # how many stretches are left of each stream that is open
        self.clocks, self.waits = [], []

    def offer(self, name, data):
        """Makes bytes available to the page; returns the path."""
        self.server.replaced[f"/bench/{name}"] = data
        return f"/bench/{name}"

    def stretch(self, key, samples):
        """What TimedStream.next gives, with the fields of `recorded` among it. key: None for no suppressor."""
        name = f"{key} {samples.size}"
        if not self.left.get(name):
            path = self.server.offer(str(samples.size), samples)
            self.evaluate(OPEN, {"name": name, "key": key, "input": path, "stretches": STRETCHES})
            self.left[name] = STRETCHES
            self._take(name)  # warms up
        return self._take(name)

    def _take(self, name):
        self.left[name] -= 1
        return self.evaluate(NEXT, {"name": name})

    def bare_us(self, samples):
        """Microseconds of rendering a frame through nothing."""
        found = self.stretch(None, samples)
        return US_PER_MS * found["renderMs"] / found["frames"]

    def timed(self, key, samples):
        """stretch() of a suppressor; again where the audio thread had to wait, whatever the times are."""
        if not self.audio_threads:
            self.stretch(key, samples)  # starts the one that serves all contexts
            self.audio_threads = pin_audio_threads(self.page_processes, self.core)
        tries = []
        while not tries or (len(tries) <= RETRIES and tries[-1][0] > LONG_WAIT_MS):
            before = thread_times(self.audio_threads)
            found = self.stretch(key, samples)
            tries.append((thread_times(self.audio_threads).since(before).waited_ms, found))
        waited, found = min(tries, key=lambda one: one[0])
        if not found["sounded"]:
            raise PercepNetError(f"{key} is silent in the browser")
        self.waits.append(waited)
        self.clocks.append(found["clock"])
        return found

    def clock_quality(self):
        """How the calls were timed, or None: {"kind", "resolution_us", "stretches", "disturbed", "longest_wait_us"}.

        disturbed: of the stretches that count, those during which others held the audio thread's core.
        """
        if not self.clocks:
            return None
        return {
            "kind": self.clocks[0]["kind"],
            "resolution_us": US_PER_MS * min(clock["resolutionMs"] for clock in self.clocks),
            "stretches": len(self.clocks),
            "disturbed": sum(waited > LONG_WAIT_MS for waited in self.waits),
            "longest_wait_us": US_PER_MS * max(self.waits),
        }


class WorkletTimer:
    """One suppressor in the AudioWorklet: what a rendering takes with it and less without it, and each of its calls."""

    def __init__(self, page, key, pace=1.0, **what):
        """what: `model`, `simd`, `options` of ours, or a Package's job as `packaged`. pace: share of frames."""
        self.page, self.key, self.pace = page, key, pace
        page.evaluate(ADD, {"key": key, **what})

    def round(self, samples):
        """A Round of the samples, rounded up to whole frames and render quanta."""
        without_us, found = self.page.bare_us(samples), self.page.timed(self.key, samples)
        calls, clock = US_PER_MS * np.array(found["times"]), found["clock"]
        reading_us = US_PER_MS * 2 * clock["readMs"] * calls.size
        us = (US_PER_MS * found["renderMs"] - reading_us) / found["frames"] - without_us
        is_fine = clock["resolutionMs"] <= FINE_MS  # the mean is right whatever the clock's steps
        in_calls = per_frame(calls, QUANTUM) if is_fine else float(calls.mean()) * FRAME_SIZE / QUANTUM
        return Round(us, calls, in_calls)


def our_timer(page, key, model, variant, **options):
    """Ours: a module's variant with a model (bytes) and options of PercepNetNode.create."""
    path = page.offer(f"model-{hash(model)}", model)
    pace = SCALAR_PACE if variant == "scalar" else 1.0
    return WorkletTimer(page, key, pace, model=path, simd=variant, options=options)


def package_timer(page, package):
    """A Package's processor."""
    page.server.replaced |= package.served()
    return WorkletTimer(page, package.name, packaged=package.job())
