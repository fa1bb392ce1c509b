"""Samples as every implementation takes them: real numbers in +-1, in frames of FRAME_SIZE or as one signal."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .constants import FRAME_SIZE, LATENCY
from .errors import BadAudio


def as_samples(samples: ArrayLike, dtype: DTypeLike) -> NDArray[Any]:
    """A contiguous, aligned array of this type, of any shape. Raises BadAudio for what is no sound.

    Whole numbers beyond +-1 are refused, as they are PCM that was not scaled. What is not finite stays; the core zeroes
    it.
    """
    return converted(real_array(samples), dtype)


def as_frame(samples: ArrayLike, dtype: DTypeLike) -> NDArray[Any]:
    """FRAME_SIZE samples. Raises BadAudio for another shape."""
    array = real_array(samples)
    if array.shape != (FRAME_SIZE,):
        raise BadAudio(f"a frame is {FRAME_SIZE} samples, not of shape {array.shape}")
    return converted(array, dtype)


def real_array(samples: ArrayLike) -> NDArray[Any]:
    """An array of real numbers of any type, copied only if it was none. Raises BadAudio."""
    try:
        array = np.asarray(samples)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadAudio(f"samples must be an array of numbers ({error})") from None
    if array.dtype.kind not in "fiu":
        raise BadAudio(f"samples must be real numbers in +-1, not {array.dtype}")
    return array


def converted(array: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """The array itself if C can read it as it is."""
    if array.dtype == dtype and array.flags.c_contiguous and array.flags.aligned:
        return array
    if array.dtype.kind in "iu" and array.size and max(int(array.max()), -int(array.min())) > 1:
        raise BadAudio(f"samples must be in +-1, and these are whole numbers ({array.dtype}): divide PCM by full scale")
    with np.errstate(over="ignore"):
        return np.array(array, dtype, order="C")


def pad(samples: NDArray[Any]) -> NDArray[Any]:
    """A signal (n,) with enough zeros behind it that whole frames carry all of the delayed output."""
    if samples.ndim != 1:
        raise BadAudio(f"a signal is one-dimensional (mono), not of shape {samples.shape}")
    total = -(-(samples.size + LATENCY) // FRAME_SIZE) * FRAME_SIZE
    return np.concatenate([samples, np.zeros(total - samples.size, samples.dtype)])
