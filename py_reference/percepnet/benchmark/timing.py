"""Stopwatches for our implementations outside the browser: of frames, and of every stage of one."""

import time
from functools import cache

import numpy as np

from .. import native
from ..engines import wasm_node
from ..constants import FRAME_SIZE, STAGES
from ..enhancer import Enhancer
from ..model_file import decode_model
from ..verification.checks import reference_processes
from ..verification.verify_backends import Native, Wasm
from .rounds import Round, per_frame

NS_PER_US = 1000
EMPTY_CALLS = 1001
BASELINE = 2  # of the kernels in gemv_int8_choice.c: behind plain C, the first of the processor's kind
SCALAR_PACE = 0.3  # the scalar module is that much slower


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


class Timer:
    """What they share. frames(samples) and stages(samples) give microseconds, per frame; per frame and stage."""

    pace = 1.0  # of the frames that a round has
    stage_share = 0.2  # of a round's frames, for the stages

    def round(self, samples):
        """A Round of the whole frames of the samples."""
        times = self.frames(samples)
        some = samples[: max(1, round(self.stage_share * len(times))) * FRAME_SIZE]
        return Round(per_frame(times, FRAME_SIZE), times, stages=np.median(self.stages(some), axis=0))


class ReferenceTimer(Timer):
    """The float32 reference, in a process of its own. model: bytes of a model file."""

    pace = 0.1

    def __init__(self, model):
        self.model = model

    def frames(self, samples):
        """Microseconds of every whole frame of the samples."""
        return reference_process().submit(time_reference_frames, self.model, samples).result()

    def stages(self, samples):
        """Microseconds per frame and stage: (frames, stages in the order of STAGES)."""
        return reference_process().submit(time_reference_stages, self.model, samples).result()


class NativeTimer(Timer, Native):
    """The native library, less what a call through ctypes costs by itself. kernel: the int8 product that runs."""

    def __init__(self, model):
        super().__init__()
        self.stream, self.testing = native.Enhancer(model), native.Inspector(model)
        self.state_size = self.stream.library.percepnet_get_size(self.stream.model.pointer)
        self.kernel = self.testing.library.percepnet_testing_gemv_int8_variant().decode()
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


def baseline_name():
    """The instructions of BASELINE, e.g. "sse2"; None where the build has plain C alone."""
    library = native.load_library(testing=True)
    is_there = library.percepnet_testing_gemv_int8_count() > BASELINE
    return library.percepnet_testing_gemv_int8_name(BASELINE).decode() if is_there else None


class BaselineTimer(NativeTimer):
    """The testing library with the int8 product that every processor of this kind can run, as WebAssembly's can."""

    def __init__(self, model):
        super().__init__(model)
        self.stream, self.kernel = self.testing, baseline_name()

    def round(self, samples):
        library = self.testing.library
        library.percepnet_testing_use_gemv_int8(BASELINE)
        try:
            return super().round(samples)
        finally:
            library.percepnet_testing_use_gemv_int8(0)


class WasmTimer(Timer, Wasm):
    """One variant in Node, timed there. memory_size: bytes of an instance with this model and one stream."""

    def __init__(self, model, variant):
        super().__init__(variant)
        self.pace = SCALAR_PACE if variant == "scalar" else 1.0
        self.stream, self.testing = wasm_node.Enhancer(model, variant), wasm_node.Inspector(model, variant)
        self.state_size, self.memory_size = self.stream.state_size, self.stream.memory_size
        self.pid = self.stream.node.process.pid

    def frames(self, samples):
        return self.stream.time_frames(frames_of(samples))

    def stages(self, samples):
        return self.testing.time_stages(frames_of(samples))


def make_timer(name, model):
    """The timer of "reference", "native" or "wasm-VARIANT". model: bytes. Raises Missing."""
    kind, _, variant = name.partition("-")
    if kind == "reference":
        return ReferenceTimer(model)
    return NativeTimer(model) if kind == "native" else WasmTimer(model, variant)
