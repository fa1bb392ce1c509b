"""Stopwatches: how long each implementation takes for a frame, and for every stage of one."""

import time
from functools import cache

import numpy as np

from .. import native
from ..engines import browser, wasm_node
from ..constants import FRAME_SIZE, STAGES
from ..enhancer import Enhancer
from ..model_file import decode_model
from ..verification.checks import reference_processes
from ..verification.verify_backends import Native, Wasm, Worklet

NS_PER_US = 1000
EMPTY_CALLS = 1001
SHORT = 5  # a worklet's short signal is this many times shorter

# Renders the signal, with the model `key` (loaded once) or without a node; gives the milliseconds.
# The context is kept until the next one, and so are its threads and what they have used.
RENDER = """async ({ input, key, simd, withNode }) => {
    globalThis.loadedForTiming ??= new Map();
    if (withNode && !loadedForTiming.has(key))
        loadedForTiming.set(key, await percepnet.loadPercepNet({ baseUrl: '.', simd }));
    const samples = new Float32Array(await (await fetch(input)).arrayBuffer());
    const context = new OfflineAudioContext(1, samples.length, percepnet.SAMPLE_RATE);
    globalThis.timedContext = context;
    const buffer = new AudioBuffer({ length: samples.length, sampleRate: percepnet.SAMPLE_RATE });
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer });
    const node = withNode ? await percepnet.PercepNetNode.create(context, loadedForTiming.get(key)) : null;
    (node ? source.connect(node) : source).connect(context.destination);
    source.start();
    const startedAt = performance.now();
    await context.startRendering();
    const elapsed = performance.now() - startedAt;
    node?.destroy();
    return elapsed;
}"""


def frames_of(samples):
    """(frames, FRAME_SIZE) of whole frames."""
    return samples[: samples.size // FRAME_SIZE * FRAME_SIZE].reshape(-1, FRAME_SIZE)


def microseconds(call, argument_lists, clock=time.perf_counter_ns):
    """Microseconds of each call, as an array."""
    times = []
    for arguments in argument_lists:
        start = clock()
        call(*arguments)
        times.append(clock() - start)
    return np.array(times) / NS_PER_US


def running_clock():
    """A clock that stands while other programs run, where there is a fine one: for slow calls."""
    is_fine = time.get_clock_info("thread_time").resolution <= 1e-6
    return time.thread_time_ns if is_fine else time.perf_counter_ns


@cache
def reference_process():
    return reference_processes(1)


@cache
def reference_stream(model):
    return Enhancer(decode_model(model))


def time_reference_frames(model, samples):
    stream = reference_stream(model)
    return microseconds(stream.process_frame, [(frame,) for frame in frames_of(samples)], running_clock())


def time_reference_stages(model, samples):
    stream, rows = reference_stream(model), []
    for frame in frames_of(samples):
        stream.set_signal("input", frame)
        rows.append(microseconds(stream.run_stage, [(stage,) for stage in STAGES], running_clock()))
    return np.array(rows)


class ReferenceTimer:
    """The float32 reference, in a process of its own. model: bytes of a model file."""

    pace = 0.1  # of the frames that others are given

    def __init__(self, model):
        self.model = model

    def frames(self, samples):
        """Microseconds of every whole frame of the samples."""
        return reference_process().submit(time_reference_frames, self.model, samples).result()

    def stages(self, samples):
        """Microseconds per frame and stage: (frames, stages in the order of STAGES)."""
        return reference_process().submit(time_reference_stages, self.model, samples).result()


class NativeTimer(Native):
    """The native library, less what a call through ctypes costs by itself."""

    pace = 1.0

    def __init__(self, model):
        super().__init__()
        self.stream, self.testing = native.Enhancer(model), native.Inspector(model)
        self.state_size = self.stream.library.percepnet_get_size(self.stream.model.pointer)
        self.out = np.empty(FRAME_SIZE, np.float32)

    def frames(self, samples):
        library, stream = self.stream.library, self.stream
        empty = microseconds(library.percepnet_get_size, [(stream.model.pointer,)] * EMPTY_CALLS)
        calls = [(stream.pointer, self.out.ctypes.data, frame.ctypes.data) for frame in frames_of(samples)]
        return microseconds(library.percepnet_process_frame, calls) - np.median(empty)

    def stages(self, samples):
        library, pointer = self.testing.library, self.testing.pointer
        empty = microseconds(library.percepnet_signal_count, [(pointer, 0)] * EMPTY_CALLS)
        calls = [(pointer, stage) for stage in range(len(STAGES))]
        rows = []
        for frame in frames_of(samples):
            self.testing.set_signal("input", frame)
            rows.append(microseconds(library.percepnet_run_stage, calls) - np.median(empty))
        return np.array(rows)


class WasmTimer(Wasm):
    """One variant in Node, timed there. memory_size: bytes of an instance with this model and one stream."""

    pace = 1.0

    def __init__(self, model, variant):
        super().__init__(variant)
        self.stream, self.testing = wasm_node.Enhancer(model, variant), wasm_node.Inspector(model, variant)
        self.state_size, self.memory_size = self.stream.state_size, self.stream.memory_size

    def frames(self, samples):
        return self.stream.time_frames(frames_of(samples))

    def stages(self, samples):
        return self.testing.time_stages(frames_of(samples))


class WorkletTimer(Worklet):
    """One variant in the browser's AudioWorklet: what a long signal takes beyond a short one.

    What that is without a node is taken off. On Linux it is the time that the browser's threads were running;
    elsewhere, the time that went by.
    """

    pace = 1.0

    def __init__(self, model, variant):
        super().__init__(variant)
        self.model, self.key = model, f"{variant}, model {hash(model)}"

    def frames(self, samples):
        """Microseconds per frame, one mean over the samples: a worklet has no clock to time a frame with."""
        self.browser.offer_model(self.model)
        whole = frames_of(samples)
        short = whole[: len(whole) // SHORT]
        with_node, without = (self.render(whole, node) - self.render(short, node) for node in (True, False))
        return np.array([(with_node - without) / (len(whole) - len(short))])

    def render(self, frames, with_node):
        """Microseconds of one rendering."""
        job = {"key": self.key, "simd": self.variant, "withNode": with_node}
        job["input"] = self.browser.server.offer("in", frames.ravel())
        before = self.browser.running_ns()
        elapsed_ms = self.browser.evaluate(RENDER, job)
        after = self.browser.running_ns()
        if not after:
            return elapsed_ms * 1000
        return sum(ns - before.get(thread, 0) for thread, ns in after.items()) / NS_PER_US


def make_timer(name, model):
    """The timer of "reference" or a name of verify_backends.NAMES. model: bytes. Raises Missing."""
    kind, _, variant = name.partition("-")
    if kind == "reference":
        return ReferenceTimer(model)
    if kind == "native":
        return NativeTimer(model)
    return (WasmTimer if kind == "wasm" else WorkletTimer)(model, variant)


def browser_version():
    """The browser that WorkletTimers use."""
    return browser.shared().version
