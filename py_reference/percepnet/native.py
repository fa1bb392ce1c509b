"""The C core through ctypes: the same Enhancer, about a hundred times faster; and, for tests, a look inside."""

import ctypes
import os
import sys
from functools import cache
from pathlib import Path

import numpy as np

from .constants import CONFIG, FRAME_INFO, FRAME_SIZE, LATENCY, NUM_BANDS, NUM_FEATURES
from .enhancer import as_frame, pad
from .errors import BadModel, Missing, PercepNetError
from .model_file import encode_model, random_weights

CTYPES = {"f32": ctypes.c_float, "f64": ctypes.c_double, "i32": ctypes.c_int32}
DTYPES = {"f32": np.float32, "f64": np.float64, "i32": np.int32}
BUILD = Path(__file__).resolve().parents[2] / "build" / "native"
SUFFIX = {"darwin": "dylib", "win32": "dll"}.get(sys.platform, "so")
BAD_MODEL = -2



class Config(ctypes.Structure):
    _fields_ = [(name, CTYPES[f["type"]]) for name, f in CONFIG.items()]


class FrameInfo(ctypes.Structure):
    _fields_ = [(name, CTYPES[f["type"]]) for name, f in FRAME_INFO.items()]


POINTER, INT, SIZE, TEXT, FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_float
PUBLIC = {
    "percepnet_strerror": (TEXT, INT),
    "percepnet_model_create": (INT, POINTER, POINTER, SIZE),
    "percepnet_model_destroy": (None, POINTER),
    "percepnet_create": (INT, POINTER, POINTER, POINTER),
    "percepnet_destroy": (None, POINTER),
    "percepnet_reset": (None, POINTER),
    "percepnet_set_config": (INT, POINTER, POINTER),
    "percepnet_get_size": (SIZE, POINTER),
    "percepnet_process_frame": (FLOAT, POINTER, POINTER, POINTER),
    "percepnet_begin_frame": (INT, POINTER, POINTER),
    "percepnet_advance": (INT, POINTER, INT),
    "percepnet_end_frame": (INT, POINTER, POINTER),
    "percepnet_get_frame_info": (ctypes.POINTER(FrameInfo), POINTER),
    "percepnet_get_gains": (ctypes.POINTER(ctypes.c_float), POINTER),
    "percepnet_get_strengths": (ctypes.POINTER(ctypes.c_float), POINTER),
    "percepnet_resampler_get_reach": (INT, INT, INT),
    "percepnet_resampler_get_size": (SIZE, INT, INT),
    "percepnet_resampler_init": (INT, POINTER, INT, INT, INT),
    "percepnet_resampler_reset": (None, POINTER),
    "percepnet_resampler_process": (INT, POINTER, POINTER, INT, POINTER, INT),
}
TESTING = {
    "percepnet_num_stages": (INT,),
    "percepnet_stage_name": (TEXT, INT),
    "percepnet_run_stage": (None, POINTER, INT),
    "percepnet_num_signals": (INT,),
    "percepnet_signal_name": (TEXT, INT),
    "percepnet_signal_type": (TEXT, INT),
    "percepnet_signal_count": (INT, POINTER, INT),
    "percepnet_signal_data": (POINTER, POINTER, INT),
    "percepnet_testing_gemv_int8": (None, INT, POINTER, POINTER, POINTER, POINTER, INT, INT),
    "percepnet_testing_gemv_int8_sparse": (None, INT, POINTER, POINTER, POINTER, POINTER, POINTER, INT),
    "percepnet_testing_gemv_int8_variant": (TEXT,),
    "percepnet_testing_gemv_int8_name": (TEXT, INT),
    "percepnet_testing_gemv_int8_count": (INT,),
    "percepnet_testing_use_gemv_int8": (None, INT),
    "percepnet_testing_tanh": (None, POINTER, INT),
    "percepnet_testing_sigmoid": (None, POINTER, INT),
    "percepnet_testing_quantise": (None, POINTER, POINTER, INT),
    "percepnet_testing_dequantise": (None, POINTER, POINTER, POINTER, POINTER, INT),
    "percepnet_testing_gates": (None, POINTER, POINTER, POINTER, INT),
    "percepnet_testing_dense": (None, POINTER, POINTER, POINTER, POINTER, INT, INT),
    "percepnet_extract": (None, POINTER, POINTER, POINTER, POINTER, POINTER, INT),
}


@cache
def load_library(testing=False):
    """The shared library with its functions declared. $PERCEPNET_LIBRARY names another one than build/native's.

    Raises Missing when it has not been built.
    """
    name = f"libpercepnet{'_testing' if testing else ''}.{SUFFIX}"
    chosen = None if testing else os.environ.get("PERCEPNET_LIBRARY")
    path = Path(chosen) if chosen else BUILD / name
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise Missing(f"the native library is not there ({error}): run `percepnet build --native`") from None
    for function, (result, *arguments) in (PUBLIC | (TESTING if testing else {})).items():
        getattr(library, function).restype = result
        getattr(library, function).argtypes = arguments
    return library


def aligned_copy(data):
    """(buffer to keep alive, 16-byte aligned address) of a copy of some bytes."""
    buffer = ctypes.create_string_buffer(len(data) + 16)
    address = -(-ctypes.addressof(buffer) // 16) * 16
    ctypes.memmove(address, data, len(data))
    return buffer, address


class NativeModel:
    """A model in the C core: read-only, may serve any number of Enhancers. data: the bytes of a model file."""

    def __init__(self, data, library=None, label="model"):
        self.library = library or load_library()
        self.blob, address = aligned_copy(data)
        self.pointer = ctypes.c_void_p()
        error = self.library.percepnet_model_create(ctypes.byref(self.pointer), address, len(data))
        if error == BAD_MODEL:
            raise BadModel(f"{label}: {self.library.percepnet_strerror(error).decode()}")
        check(self.library, error)

    def __del__(self):
        if getattr(self, "pointer", None):
            self.library.percepnet_model_destroy(self.pointer)


def check(library, error):
    if error:
        raise PercepNetError(library.percepnet_strerror(error).decode())


class Enhancer:
    """One mono stream at 48 kHz in the C core; the interface and the bits of percepnet.Enhancer in float32.

    model: a path, the bytes of a model file, or a NativeModel to share.
    """

    def __init__(self, model, library=None, **config):
        if not isinstance(model, NativeModel):
            data = model if isinstance(model, bytes) else Path(model).read_bytes()
            model = NativeModel(data, library, "model" if isinstance(model, bytes) else str(model))
        self.model, self.library = model, model.library
        self.config = {name: field["default"] for name, field in CONFIG.items()}
        self.pointer = ctypes.c_void_p()
        check(self.library, self.library.percepnet_create(ctypes.byref(self.pointer), model.pointer, None))
        self.set_config(**config)
        self.reset()

    def __del__(self):
        if getattr(self, "pointer", None):
            self.library.percepnet_destroy(self.pointer)

    def set_config(self, **config):
        """Changes options between frames. Raises ValueError for an unknown one or one out of its range."""
        unknown = set(config) - set(CONFIG)
        wanted = Config(**{**self.config, **{k: v for k, v in config.items() if k in CONFIG}})
        if unknown or self.library.percepnet_set_config(self.pointer, ctypes.byref(wanted)):
            ranges = ", ".join(f"{name} {f['min']:g}..{f['max']:g}" for name, f in CONFIG.items())
            raise ValueError(f"the options are {ranges}; not {config}")
        self.config.update(config)

    def reset(self):
        """Forgets the past; the options stay."""
        self.library.percepnet_reset(self.pointer)

    def process_frame(self, frame):
        """Enhances FRAME_SIZE samples in +-1. Returns (the enhanced frame now due, probability of voice 0..1)."""
        frame = as_frame(frame, np.float32)
        out = np.empty(FRAME_SIZE, np.float32)
        voice = self.library.percepnet_process_frame(self.pointer, out.ctypes.data, frame.ctypes.data)
        return out, voice

    def process_in_parts(self, frame, early=(), goals=()):
        """The same frame in parts; percepnet.h says how. Returns (the frame now due, what was done after each part).

        early, goals: what percepnet_advance is told before the frame is there, and then; in thousandths of its work.
        """
        advance, out = self.library.percepnet_advance, np.empty(FRAME_SIZE, np.float32)
        done = [advance(self.pointer, goal) for goal in early]
        check(self.library, self.library.percepnet_begin_frame(self.pointer, as_frame(frame, np.float32).ctypes.data))
        done += [advance(self.pointer, goal) for goal in goals]
        check(self.library, self.library.percepnet_end_frame(self.pointer, out.ctypes.data))
        return out, done

    @property
    def frame_info(self):
        """What is known of the last frame that came out: a dict of FRAME_INFO's fields."""
        info = self.library.percepnet_get_frame_info(self.pointer).contents
        return {name: getattr(info, name) for name in FRAME_INFO}

    @property
    def gains(self):
        """What the bands of that frame were multiplied by: (NUM_BANDS,), after postfilter and attenuation limit."""
        return np.ctypeslib.as_array(self.library.percepnet_get_gains(self.pointer), (NUM_BANDS,)).copy()

    @property
    def strengths(self):
        """How much of the comb-filtered spectrum each band of that frame got: (NUM_BANDS,), 0..1."""
        return np.ctypeslib.as_array(self.library.percepnet_get_strengths(self.pointer), (NUM_BANDS,)).copy()

    def enhance(self, samples, progress=None):
        """A whole signal: (n,) in +-1 -> (n,), delay removed. progress(frames done, frames in all) if given."""
        padded = pad(np.asarray(samples, np.float32))
        self.reset()
        out = np.empty_like(padded)
        frames = padded.size // FRAME_SIZE
        for i in range(frames):
            at = slice(i * FRAME_SIZE, (i + 1) * FRAME_SIZE)
            out[at], _ = self.process_frame(padded[at])
            if progress:
                progress(i + 1, frames)
        return out[LATENCY : LATENCY + len(samples)]


class Inspector(Enhancer):
    """An Enhancer of the testing library: any stage can be run alone, any signal read and set by name."""

    def __init__(self, model, **config):
        super().__init__(model, load_library(testing=True), **config)
        lib = self.library
        self.stages = [lib.percepnet_stage_name(i).decode() for i in range(lib.percepnet_num_stages())]
        self.signals = {lib.percepnet_signal_name(i).decode(): i for i in range(lib.percepnet_num_signals())}

    def signal(self, name):
        """A writable view of a signal, flat."""
        i = self.signals[name]
        kind = self.library.percepnet_signal_type(i).decode()
        count = self.library.percepnet_signal_count(self.pointer, i)
        pointer = ctypes.cast(self.library.percepnet_signal_data(self.pointer, i), ctypes.POINTER(CTYPES[kind]))
        return np.ctypeslib.as_array(pointer, (count,))

    def set_signal(self, name, values):
        """Replaces the values of a signal; a scalar fills it."""
        self.signal(name)[:] = np.ravel(values)

    def run_stage(self, name):
        """Runs one stage on the signals as they are."""
        self.library.percepnet_run_stage(self.pointer, self.stages.index(name))


@cache
def any_model():
    """A model of random weights, for streams whose network is not used, such as those of ideal gains."""
    return NativeModel(encode_model(random_weights(64, 1), {}), load_library(testing=True))


EXTRACTED = {"features": NUM_FEATURES, "Ey": NUM_BANDS, "Ex": NUM_BANDS, "qy": NUM_BANDS, "qx": NUM_BANDS, "period": 1}


def extract(noisy, clean):
    """Features and what targets need, per frame: {name: (frames, size)} of EXTRACTED, period (frames,).

    noisy, clean: (n,) at 48 kHz, aligned. Row i belongs to step i: `features` is what the network sees then, the rest
    describes the frame it answers for, LOOK_AHEAD frames earlier. clean is combed at the noisy signal's period.
    """
    noisy, clean = (np.ascontiguousarray(x, np.float32) for x in (noisy, clean))
    if noisy.shape != clean.shape or noisy.ndim != 1:
        raise ValueError(f"noisy and clean must be of one length, not {noisy.shape} and {clean.shape}")
    frames = noisy.size // FRAME_SIZE
    states = [Enhancer(any_model()) for _ in range(2)]
    rows = np.empty((frames, sum(EXTRACTED.values())), np.float32)
    any_model().library.percepnet_extract(
        states[0].pointer, states[1].pointer, rows.ctypes.data, noisy.ctypes.data, clean.ctypes.data, frames
    )
    parts = np.split(rows, np.cumsum(list(EXTRACTED.values()))[:-1], axis=1)
    out = dict(zip(EXTRACTED, parts, strict=True))
    out["period"] = out["period"][:, 0].astype(np.int32)
    return out
