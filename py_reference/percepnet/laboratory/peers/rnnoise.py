"""RNNoise: three generations of its model from npm, and the newest again from PyPI."""

import ctypes
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np

from .npm import npm_peer
from .peer import Peer

PYPI = "pyrnnoise"
FRAME = 480
FULL_SCALE = 32768
LIBRARY = {"darwin": "librnnoise.dylib", "win32": "rnnoise.dll"}.get(sys.platform, "librnnoise.so")


def library_path() -> Path | None:
    """The library that the PyPI package carries; its own Python code needs far more than that."""
    try:
        path = Path(distribution(PYPI).locate_file(f"{PYPI}/{LIBRARY}"))
    except PackageNotFoundError:
        return None
    return path if path.is_file() else None


@cache
def load():
    library = ctypes.CDLL(str(library_path()))
    library.rnnoise_create.restype = ctypes.c_void_p
    library.rnnoise_create.argtypes = [ctypes.c_void_p]
    library.rnnoise_destroy.argtypes = [ctypes.c_void_p]
    library.rnnoise_process_frame.restype = ctypes.c_float
    library.rnnoise_process_frame.argtypes = [ctypes.c_void_p] * 3
    return library


def enhance(noisy: np.ndarray) -> np.ndarray:
    """(n,) in +-1 at 48 kHz -> (n,), delayed."""
    library = load()
    state = library.rnnoise_create(None)
    padded = np.concatenate([noisy, np.zeros(-noisy.size % FRAME)]).astype(np.float32) * FULL_SCALE
    for frame in padded.reshape(-1, FRAME):
        library.rnnoise_process_frame(state, frame.ctypes.data, frame.ctypes.data)
    library.rnnoise_destroy(state)
    return padded[: noisy.size] / FULL_SCALE


RNNOISES = (
    npm_peer("rnnoise-sapphi", "@sapphi-red/web-noise-suppressor", "the first model, 2018"),
    npm_peer("rnnoise-jitsi", "@jitsi/rnnoise-wasm", "RNNoise 0.2"),
    npm_peer("rnnoise-shiguredo", "@shiguredo/rnnoise-wasm", "the large model of 2024"),
    Peer(
        "rnnoise-pypi",
        "the large model of 2024",
        enhance,
        lambda: library_path() is not None,
        f"pip install --no-deps {PYPI}==0.4.5",
    ),
)
