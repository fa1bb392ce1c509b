"""Samples as every implementation takes them: real numbers in +-1, in frames of FRAME_SIZE or as one signal."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .constants import FRAME_SIZE, LATENCY
from .errors import BadAudio


def as_samples(samples: ArrayLike, dtype: DTypeLike) -> NDArray[Any]:
    """A contiguous array of this type, of any shape. Raises BadAudio for what is no sound.

    Whole numbers beyond +-1 are refused, as they are PCM that was not scaled. What is not finite stays; the core zeroes
    it.
    """
    try:
        array = np.asarray(samples)
    except (TypeError, ValueError) as error:
        raise BadAudio(f"samples must be an array of numbers ({error})") from None
    if array.dtype == dtype:
        return np.asarray(array, order="C")
    if array.dtype.kind not in "fiu":
        raise BadAudio(f"samples must be real numbers in +-1, not {array.dtype}")
    if array.dtype.kind in "iu" and array.size and max(int(array.max()), -int(array.min())) > 1:
        raise BadAudio(f"samples must be in +-1, and these are whole numbers ({array.dtype}): divide PCM by full scale")
    with np.errstate(over="ignore"):
        return np.asarray(array, dtype, order="C")


def as_frame(samples: ArrayLike, dtype: DTypeLike) -> NDArray[Any]:
    """FRAME_SIZE samples. Raises BadAudio for another shape."""
    frame = as_samples(samples, dtype)
    if frame.shape != (FRAME_SIZE,):
        raise BadAudio(f"a frame is {FRAME_SIZE} samples, not of shape {frame.shape}")
    return frame


def pad(samples: NDArray[Any]) -> NDArray[Any]:
    """A signal (n,) with enough zeros behind it that whole frames carry all of the delayed output."""
    if samples.ndim != 1:
        raise BadAudio(f"a signal is one-dimensional (mono), not of shape {samples.shape}")
    total = -(-(samples.size + LATENCY) // FRAME_SIZE) * FRAME_SIZE
    return np.concatenate([samples, np.zeros(total - samples.size, samples.dtype)])
