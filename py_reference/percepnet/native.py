"""The C core through ctypes: the same Enhancer, about a hundred times faster; and, for tests, a look inside."""

import ctypes
import operator
import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .constants import CONFIG, FRAME_INFO, FRAME_SIZE, LATENCY, NUM_BANDS, NUM_FEATURES
from .errors import BadAudio, BadModel, BadOption, Closed, Missing, PercepNetError, brief
from .model_file import decode_model, encode_model, random_weights
from .requirements import CHECKOUT, how_to_build
from .samples import as_frame, as_samples, pad

CTYPES: dict[Any, Any] = {"f32": ctypes.c_float, "f64": ctypes.c_double, "i32": ctypes.c_int32}
DTYPES = {"f32": np.float32, "f64": np.float64, "i32": np.int32}
INSTALLED = Path(__file__).with_name("libraries")
BUILD = INSTALLED if INSTALLED.is_dir() else CHECKOUT / "build" / "native"
SUFFIX = {"darwin": "dylib", "win32": "dll"}.get(sys.platform, "so")
BAD_MODEL = -2
WITHOUT_CHECKOUT = (
    "install a C compiler, then percepnet again; percepnet.enhancer.Enhancer and "
    "`percepnet enhance --backend reference` work without"
)
Source = str | os.PathLike[str] | bytes  # of a model: a path, or what a model file holds


class Config(ctypes.Structure):
    _fields_ = [(name, CTYPES[f["type"]]) for name, f in CONFIG.items()]


class FrameInfo(ctypes.Structure):
    _fields_ = [(name, CTYPES[f["type"]]) for name, f in FRAME_INFO.items()]


POINTER, INT, SIZE, TEXT, FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_float
PUBLIC: dict[str, tuple[Any, ...]] = {
    "percepnet_strerror": (TEXT, INT),
    "percepnet_model_create": (INT, POINTER, POINTER, SIZE),
    "percepnet_model_init": (INT, POINTER, POINTER, SIZE),
    "percepnet_model_begin": (INT, POINTER, POINTER, SIZE),
    "percepnet_model_advance": (INT, POINTER, SIZE),
    "percepnet_model_destroy": (None, POINTER),
    "percepnet_model_turn": (None, POINTER, SIZE),
    "percepnet_create": (INT, POINTER, POINTER, POINTER),
    "percepnet_init": (INT, POINTER, POINTER, POINTER),
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
TESTING: dict[str, tuple[Any, ...]] = {
    "percepnet_num_stages": (INT,),
    "percepnet_stage_name": (TEXT, INT),
    "percepnet_run_stage": (None, POINTER, INT),
    "percepnet_num_signals": (INT,),
    "percepnet_signal_name": (TEXT, INT),
    "percepnet_signal_type": (TEXT, INT),
    "percepnet_signal_count": (INT, POINTER, INT),
    "percepnet_signal_data": (POINTER, POINTER, INT),
    "percepnet_testing_model_in_parts": (None, POINTER, POINTER, POINTER, POINTER, INT, INT),
    "percepnet_testing_gemv_int8": (None, INT, POINTER, POINTER, POINTER, POINTER, INT, INT),
    "percepnet_testing_gemv_int8_sparse": (None, INT, POINTER, POINTER, POINTER, POINTER, POINTER, INT, INT),
    "percepnet_testing_turn_weights": (None, INT, POINTER, INT),
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
def load_library(testing: bool = False) -> ctypes.CDLL:
    """The shared library with its functions declared. $PERCEPNET_LIBRARY names another one than the package's own.

    Raises Missing when it has not been built.
    """
    name = f"libpercepnet{'_testing' if testing else ''}.{SUFFIX}"
    chosen = None if testing else os.environ.get("PERCEPNET_LIBRARY")
    path = Path(chosen) if chosen else BUILD / name
    try:
        library = ctypes.CDLL(str(path))
        for function, (result, *arguments) in (PUBLIC | (TESTING if testing else {})).items():
            getattr(library, function).restype = result
            getattr(library, function).argtypes = arguments
    except (OSError, AttributeError) as error:
        trouble = "of another version" if isinstance(error, AttributeError) else "not there"
        advice = how_to_build("native", WITHOUT_CHECKOUT)
        raise Missing(f"the native library is {trouble} ({error}): {advice}") from None
    return library


def aligned_copy(data: bytes) -> tuple[ctypes.Array[ctypes.c_char], int]:
    """(buffer to keep alive, 16-byte aligned address) of a copy of some bytes."""
    buffer = ctypes.create_string_buffer(len(data) + 16)
    address = -(-ctypes.addressof(buffer) // 16) * 16
    ctypes.memmove(address, data, len(data))
    return buffer, address


class NativeModel:
    """A model in the C core: read-only, may serve any number of Enhancers. data: the bytes of a model file."""

    def __init__(self, data: bytes, library: ctypes.CDLL | None = None, label: str = "model") -> None:
        self.library = library or load_library()
        self.size = len(data)
        self.blob, self.address = aligned_copy(data)
        self.pointer = ctypes.c_void_p()
        error = self.library.percepnet_model_create(ctypes.byref(self.pointer), self.address, self.size)
        if error == BAD_MODEL:
            decode_model(data, label)  # it says what is wrong; the core says only that something is
            raise BadModel(f"{label}: {self.library.percepnet_strerror(error).decode()}")
        check(self.library, error)

    def __del__(self) -> None:
        if getattr(self, "pointer", None):
            self.library.percepnet_model_destroy(self.pointer)

    def __reduce__(self) -> tuple[type[Self], tuple[bytes]]:
        """Other processes get the file's bytes, and make a model of them in their own library."""
        copy, address = aligned_copy(ctypes.string_at(self.address, self.size))  # the name keeps the memory
        self.library.percepnet_model_turn(address, self.size)
        return type(self), (ctypes.string_at(address, self.size),)


def load_model(source: Source, library: ctypes.CDLL | None = None) -> NativeModel:
    """A model of a file or of its bytes, for any number of Enhancers.

    Raises BadModel for anything else, Missing without the native library, OSError for a file that cannot be read.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return NativeModel(bytes(source), library)
    if not isinstance(source, str | os.PathLike):
        raise BadModel(f"a model is a path or the bytes of a model file, not {type(source).__name__}")
    try:
        data = Path(source).read_bytes()
    except ValueError as error:
        raise BadModel(f"{brief(source)} is no path ({error}): give the path of a model file") from None
    return NativeModel(data, library, str(source))


def check(library: ctypes.CDLL, error: int) -> None:
    if error:
        raise PercepNetError(library.percepnet_strerror(error).decode())


class Enhancer:
    """One mono stream at 48 kHz in the C core, with the bits of the reference in float32.

    model: a path, the bytes of a model file, or what load_model made of them, to be shared by several streams.
    Options as in PercepNetConfig: max_attenuation_db 0..100 (100 = no limit), postfilter 0..1, bypass 0..1.
    Different streams may run in different threads at once; threads that share one take turns.
    """

    def __init__(self, model: NativeModel | Source, library: ctypes.CDLL | None = None, **config: float) -> None:
        self.model = model if isinstance(model, NativeModel) else load_model(model, library)
        self.library = self.model.library
        self.config = {name: field["default"] for name, field in CONFIG.items()}
        self.turn = threading.RLock()
        self.pointer = ctypes.c_void_p()
        check(self.library, self.library.percepnet_create(ctypes.byref(self.pointer), self.model.pointer, None))
        self.set_config(**config)
        self.reset()

    def close(self) -> None:
        """Frees the stream; any later call raises Closed."""
        with self.turn:
            self.library.percepnet_destroy(self.pointer)
            self.pointer = ctypes.c_void_p()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "pointer", None):
            self.library.percepnet_destroy(self.pointer)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a stream is not copied or sent to another process: make another Enhancer")

    def open_pointer(self) -> ctypes.c_void_p:
        """The stream in the C core. Raises Closed if there is none any more."""
        if not self.pointer:
            raise Closed("this stream was closed: make another Enhancer")
        return self.pointer

    def set_config(self, **config: float) -> None:
        """Changes options between frames. Raises BadOption for an unknown one or one out of its range."""
        with self.turn:
            pointer, wanted = self.open_pointer(), self._with(config)
            if not wanted or self.library.percepnet_set_config(pointer, ctypes.byref(wanted)):
                ranges = ", ".join(f"{name} {f['min']:g}..{f['max']:g}" for name, f in CONFIG.items())
                raise BadOption(f"the options are {ranges}; not {brief(config)}")
            self.config.update(config)

    def _with(self, config: Mapping[str, float]) -> Config | None:
        """The options with some of them changed; None if there are no such options, or no such numbers."""
        try:
            return Config(**{**self.config, **config}) if config.keys() <= CONFIG.keys() else None
        except (TypeError, OverflowError):
            return None

    def reset(self) -> None:
        """Forgets the past; the options stay."""
        with self.turn:
            self.library.percepnet_reset(self.open_pointer())

    def process_frame(self, frame: ArrayLike) -> tuple[NDArray[np.float32], float]:
        """Enhances FRAME_SIZE samples in +-1. Returns (the enhanced frame now due, probability of voice 0..1).

        What comes out went in LATENCY samples earlier. NaN and infinities count as 0. Raises BadAudio, Closed.
        """
        frame = as_frame(frame, np.float32)
        out = np.empty(FRAME_SIZE, np.float32)
        with self.turn:
            voice = self.library.percepnet_process_frame(self.open_pointer(), out.ctypes.data, frame.ctypes.data)
        return out, voice

    def process_in_parts(
        self, frame: ArrayLike, early: Iterable[int] = (), goals: Iterable[int] = ()
    ) -> tuple[NDArray[np.float32], list[int]]:
        """The same frame in parts; percepnet.h says how. Returns (the frame now due, what was done after each part).

        early, goals: what percepnet_advance is told before the frame is there, and then; in thousandths of its work.
        """
        frame, out, library = as_frame(frame, np.float32), np.empty(FRAME_SIZE, np.float32), self.library
        early, goals = [[operator.index(goal) for goal in some] for some in (early, goals)]  # no failure half-way
        with self.turn:
            pointer = self.open_pointer()
            done = [library.percepnet_advance(pointer, goal) for goal in early]
            check(library, library.percepnet_begin_frame(pointer, frame.ctypes.data))
            done += [library.percepnet_advance(pointer, goal) for goal in goals]
            check(library, library.percepnet_end_frame(pointer, out.ctypes.data))
        return out, done

    @property
    def frame_info(self) -> Mapping[str, float]:
        """What is known of the last frame that came out: a dict of FRAME_INFO's fields."""
        with self.turn:
            info = self.library.percepnet_get_frame_info(self.open_pointer()).contents
            return {name: getattr(info, name) for name in FRAME_INFO}

    @property
    def gains(self) -> NDArray[np.float32]:
        """What the bands of that frame were multiplied by: (NUM_BANDS,), after postfilter and attenuation limit."""
        return self._bands(self.library.percepnet_get_gains)

    @property
    def strengths(self) -> NDArray[np.float32]:
        """How much of the comb-filtered spectrum each band of that frame got: (NUM_BANDS,), 0..1."""
        return self._bands(self.library.percepnet_get_strengths)

    def _bands(self, read: Callable[[ctypes.c_void_p], Any]) -> NDArray[np.float32]:
        with self.turn:
            return np.ctypeslib.as_array(read(self.open_pointer()), (NUM_BANDS,)).copy()

    def enhance(self, samples: ArrayLike, progress: Callable[[int, int], object] | None = None) -> NDArray[np.float32]:
        """A whole signal: (n,) in +-1 -> (n,), delay removed. progress(frames done, frames in all) if given.

        Raises BadAudio, Closed.
        """
        signal = as_samples(samples, np.float32)
        padded = pad(signal)
        out = np.empty_like(padded)
        frames = padded.size // FRAME_SIZE
        with self.turn:
            self.reset()
            for i in range(frames):
                at = slice(i * FRAME_SIZE, (i + 1) * FRAME_SIZE)
                out[at], _ = self.process_frame(padded[at])
                if progress:
                    progress(i + 1, frames)
        return out[LATENCY : LATENCY + signal.size]


class Inspector(Enhancer):
    """An Enhancer of the testing library: any stage can be run alone, any signal read and set by name."""

    def __init__(self, model: NativeModel | Source, **config: float) -> None:
        super().__init__(model, load_library(testing=True), **config)
        lib = self.library
        self.stages = [lib.percepnet_stage_name(i).decode() for i in range(lib.percepnet_num_stages())]
        self.signals = {lib.percepnet_signal_name(i).decode(): i for i in range(lib.percepnet_num_signals())}

    def signal(self, name: str) -> NDArray[Any]:
        """A writable view of a signal, flat."""
        i = self.signals[name]
        kind = self.library.percepnet_signal_type(i).decode()
        count = self.library.percepnet_signal_count(self.pointer, i)
        pointer = ctypes.cast(self.library.percepnet_signal_data(self.pointer, i), ctypes.POINTER(CTYPES[kind]))
        return np.ctypeslib.as_array(pointer, (count,))

    def set_signal(self, name: str, values: ArrayLike) -> None:
        """Replaces the values of a signal; a scalar fills it."""
        self.signal(name)[:] = np.ravel(values)

    def run_stage(self, name: str) -> None:
        """Runs one stage on the signals as they are."""
        self.library.percepnet_run_stage(self.pointer, self.stages.index(name))


@cache
def any_model() -> NativeModel:
    """A model of random weights, for streams whose network is not used, such as those of ideal gains."""
    return NativeModel(encode_model(random_weights(64, 1), {}), load_library(testing=True))


EXTRACTED = {"features": NUM_FEATURES, "Ey": NUM_BANDS, "Ex": NUM_BANDS, "qy": NUM_BANDS, "qx": NUM_BANDS, "period": 1}


def extract(noisy: ArrayLike, clean: ArrayLike) -> dict[str, NDArray[Any]]:
    """Features and what targets need, per frame: {name: (frames, size)} of EXTRACTED, period (frames,).

    noisy, clean: (n,) at 48 kHz, aligned. Row i belongs to step i: `features` is what the network sees then, the rest
    describes the frame it answers for, LOOK_AHEAD frames earlier. clean is combed at the noisy signal's period.
    """
    noisy, clean = (np.ascontiguousarray(x, np.float32) for x in (noisy, clean))
    if noisy.shape != clean.shape or noisy.ndim != 1:
        raise BadAudio(f"noisy and clean must be of one length, not {noisy.shape} and {clean.shape}")
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
