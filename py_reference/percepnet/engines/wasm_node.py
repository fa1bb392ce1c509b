"""The WebAssembly modules run in Node: the same interfaces as percepnet.native, for every variant."""

import json
import shutil
import struct
import subprocess
import weakref
from functools import cache
from pathlib import Path

import numpy as np

from ..constants import CONFIG, FRAME_SIZE, LATENCY, STAGES
from ..building.environment import ROOT
from ..errors import BadModel, BadOption, Missing, PercepNetError
from ..requirements import how_to_build
from ..samples import as_frame, as_samples, pad

VARIANTS = ("scalar", "simd128", "relaxed")
DTYPES = {"f32": "<f4", "f64": "<f8", "i32": "<i4"}
MODULES = ROOT / "build" / "wasm"
RUNNER = ROOT / "wasm" / "node_runner.mjs"
BAD_MODEL = -2
FRAMES_AT_ONCE = 100  # between two calls of `progress`


def module_path(variant, testing=False):
    """The module of a variant. Raises Missing, with the build's reason if it has one, when there is none."""
    if variant not in VARIANTS:
        raise ValueError(f"the variants are {', '.join(VARIANTS)}; not {variant!r}")
    path = MODULES / f"percepnet.{variant}{'.testing' if testing else ''}.wasm"
    if path.exists():
        return path
    manifest = MODULES / "manifest.json"
    missing = json.loads(manifest.read_text())["missing"] if manifest.exists() else {}
    raise Missing(f"there is no {variant} module: {missing.get(variant, how_to_build('wasm'))}")


class Node:
    """A Node process that runs wasm/node_runner.mjs. One is enough; it may hold any number of streams."""

    def __init__(self):
        node = shutil.which("node")
        if node is None:
            raise Missing("node is missing: install Node.js 20 or newer (https://nodejs.org/en/download)")
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([node, RUNNER], **pipes)
        self.forgotten = []  # handles to close: a finalizer may come amid a call, and must not make one
        self._end = weakref.finalize(self, end, self.process)

    def call(self, op, data=b"", **arguments):
        """One operation of node_runner.mjs: (its result, a dict; its data, bytes). Raises PercepNetError."""
        text = json.dumps({"op": op, **arguments}, default=str).encode()
        try:
            self.process.stdin.write(struct.pack("<2I", len(text), len(data)) + text)
            self.process.stdin.write(data)
            self.process.stdin.flush()
            text_size, data_size = struct.unpack("<2I", self._read(8))
            result, answer = json.loads(self._read(text_size)), self._read(data_size)
        except (BrokenPipeError, struct.error):
            raise PercepNetError("node ended unexpectedly: its own words are above") from None
        if "error" in result:
            kind = BadModel if result["code"] == BAD_MODEL else PercepNetError
            raise kind(f"{op} in node: {result['error']}")
        return result, answer

    def _read(self, size):
        return self.process.stdout.read(size)


def end(process):
    process.stdin.close()
    process.stdout.close()
    process.wait()


@cache
def node():
    """The process that all streams of this program share."""
    return Node()


def config_values(config):
    """Options in the order of PercepNetConfig. Raises BadOption for an unknown one or one out of range."""
    values = {name: field["default"] for name, field in CONFIG.items()} | config
    good = set(values) == set(CONFIG) and all(f["min"] <= values[n] <= f["max"] for n, f in CONFIG.items())
    if not good:
        ranges = ", ".join(f"{name} {f['min']:g}..{f['max']:g}" for name, f in CONFIG.items())
        raise BadOption(f"the options are {ranges}; not {config}")
    return [float(values[name]) for name in CONFIG]


class Enhancer:
    """One mono stream at 48 kHz in a module of its own.

    model: a path or the bytes of a model file. variant: one of VARIANTS. Options as in percepnet.Enhancer.
    memory_size and state_size: bytes of the instance's memory and, in it, of the stream's state.
    """

    def __init__(self, model, variant="simd128", testing=False, **config):
        data = model if isinstance(model, bytes) else Path(model).read_bytes()
        path, values = module_path(variant, testing), config_values(config)
        self.node = node()
        while self.node.forgotten:
            self.node.call("close", handle=self.node.forgotten.pop())
        try:
            opened, _ = self.node.call("open", data, path=path, config=values)
        except BadModel:
            label = "model" if isinstance(model, bytes) else model
            advice = "export or download it again"
            raise BadModel(f"{label} is not a PercepNet model of this version: {advice}") from None
        self.handle = opened["handle"]
        self.memory_size, self.state_size = opened["memorySize"], opened["stateSize"]
        self.signals = opened["signals"]
        weakref.finalize(self, self.node.forgotten.append, self.handle)

    def call(self, op, data=b"", **arguments):
        return self.node.call(op, data, handle=self.handle, **arguments)

    def reset(self):
        """Forgets the past; the options stay."""
        self.call("reset")

    def process_frame(self, frame):
        """Enhances FRAME_SIZE samples in +-1: (the enhanced frame now due, probability of voice 0..1)."""
        result, out = self.call("process", as_frame(frame, "<f4").tobytes())
        return np.frombuffer(out, "<f4"), result["voice"]

    def process_in_parts(self, frame, early=(), goals=()):
        """The same frame in parts; see percepnet.native.Enhancer."""
        data = as_frame(frame, "<f4").tobytes()
        result, out = self.call("process_in_parts", data, early=list(early), goals=list(goals))
        return np.frombuffer(out, "<f4"), result["done"]

    def enhance(self, samples, progress=None):
        """A whole signal: (n,) in +-1 -> (n,), delay removed. progress(done, frames in all) is called."""
        padded = pad(as_samples(samples, "<f4"))
        self.reset()
        parts = []
        for at in range(0, padded.size, FRAMES_AT_ONCE * FRAME_SIZE):
            part = padded[at : at + FRAMES_AT_ONCE * FRAME_SIZE]
            parts.append(np.frombuffer(self.call("process", part.tobytes())[1], "<f4"))
            if progress:
                progress((at + part.size) // FRAME_SIZE, padded.size // FRAME_SIZE)
        return np.concatenate(parts)[LATENCY : LATENCY + len(samples)]

    def time_frames(self, samples):
        """Microseconds that each frame of the samples (whole frames) takes in percepnet_process_frame."""
        return np.frombuffer(self.call("time_frames", np.asarray(samples, "<f4").tobytes())[1], "<f8")


class Inspector(Enhancer):
    """An Enhancer of the testing module: any stage can be run alone, any signal read and set by name."""

    def __init__(self, model, variant="simd128", **config):
        super().__init__(model, variant, testing=True, **config)

    def signal(self, name):
        """The values of a signal, flat: a copy. set_signal changes them."""
        index, kind = self.signals[name]
        return np.frombuffer(self.call("get_signal", index=index, type=kind)[1], DTYPES[kind])

    def set_signal(self, name, values):
        """Replaces the values of a signal; a scalar fills it."""
        index, kind = self.signals[name]
        full = np.broadcast_to(np.asarray(values, DTYPES[kind]).ravel(), self.signal(name).shape)
        self.call("set_signal", full.tobytes(), index=index, type=kind)

    def run_stage(self, name):
        """Runs one stage on the signals as they are."""
        self.call("run_stage", stage=list(STAGES).index(name))

    def time_stages(self, samples):
        """Microseconds per frame and stage, (frames, stages in the order of STAGES)."""
        asked = {"stages": len(STAGES), "input": self.signals["input"]}
        _, times = self.call("time_stages", np.asarray(samples, "<f4").tobytes(), **asked)
        return np.frombuffer(times, "<f8").reshape(-1, len(STAGES))


def enhance(samples, model, variant="simd128", **config):
    """Enhances a whole mono signal in Node, delay removed: (n,) -> (n,) float32. See Enhancer."""
    return Enhancer(model, variant, **config).enhance(samples)


def call_function(variant, name, arguments, data):
    """Calls a function of a testing module on some bytes, 16-byte aligned: the bytes after that.

    arguments: numbers, or {"at": offset} for an address among the bytes.
    """
    path = module_path(variant, testing=True)
    return node().call("call", data, path=path, name=name, arguments=arguments)[1]
