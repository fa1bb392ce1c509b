"""Whole recordings of any rate and number of channels, as arrays or as Audio."""

import operator
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .audio_io import MAX_RATE, MIN_RATE, Audio, at_core_rate, back_from_core_rate
from .constants import SAMPLE_RATE
from .errors import BadAudio, brief
from .native import Enhancer, NativeModel, Source
from .samples import as_samples

MOST_CHANNELS = 64  # more are samples: the array lies the wrong way round


def enhance(
    samples: ArrayLike, model: NativeModel | Source, rate: int = SAMPLE_RATE, **config: float
) -> NDArray[np.float32]:
    """Enhances a recording with the C core: (n,) or (n, channels) in +-1 at `rate` Hz -> the same shape, aligned.

    model and config: as for Enhancer. Each channel is enhanced by itself. Another rate than 48 kHz is resampled there
    and back. Raises BadAudio for samples or a rate that cannot be enhanced, and what Enhancer raises.
    """
    array = as_samples(samples, np.float32)
    rate = as_rate(rate)
    check_array(array)
    with Enhancer(model, None, **config) as stream:
        if not array.size:
            return array.copy()
        audio = Audio(array.reshape(len(array), -1), rate)
        return enhance_audio(audio, stream.enhance).samples.reshape(array.shape)


def as_rate(rate: int) -> int:
    """BadAudio for another rate than enhance takes."""
    try:
        number = operator.index(rate)
    except TypeError:
        number = 0
    if not MIN_RATE <= number <= MAX_RATE:
        raise BadAudio(f"the rate must be a whole number of {MIN_RATE} to {MAX_RATE} Hz, not {brief(rate)}")
    return number


def check_array(array: NDArray[np.float32]) -> None:
    """BadAudio for another shape or content than enhance takes."""
    if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[1] > MOST_CHANNELS):
        raise BadAudio(f"samples must be of shape (n,) or (n, channels), not {array.shape}")
    if not np.isfinite(array).all():
        raise BadAudio("the samples hold NaN or infinities: repair them, or feed frames to Enhancer, which zeroes them")


def enhance_audio(
    audio: Audio, enhance: Callable[..., NDArray[np.float32]], report: Callable[[float], object] | None = None
) -> Audio:
    """Audio of the same rate, length and format, each channel by itself. `report` hears the share done."""
    at_48k = at_core_rate(audio).samples
    out = np.empty_like(at_48k)
    for channel in range(audio.channels):

        def progress(done: int, total: int, channel: int = channel) -> None:
            if report:
                report((channel + done / total) / audio.channels)

        out[:, channel] = enhance(np.ascontiguousarray(at_48k[:, channel]), progress)
        progress(1, 1)
    return back_from_core_rate(out, audio)
