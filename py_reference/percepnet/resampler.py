"""Brings sound to another rate by a windowed sinc whose zeros are those of the lower rate (spec/pipeline.md).

With from / to = a / b in lowest terms, output j lies at input (j a - offset) / b - reach; the b fractions of that
have a row of coefficients each. Beyond RESAMPLER_PHASES of them, two neighbouring rows are interpolated.
"""

from math import gcd

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .constants import (
    ONE_SIXTH,
    ONE_THIRD,
    RESAMPLER_MARGIN,
    RESAMPLER_MAX_RATE,
    RESAMPLER_MIN_RATE,
    RESAMPLER_PHASES,
    RESAMPLER_REACH,
    RESAMPLER_STEPS,
)
from .errors import BadOption
from .lane_sum import lane_sum
from .tables import RESAMPLER_KERNEL
from .vec_math import flush


class Resampler:
    """One mono stream from a rate in Hz to another, in float32 (the bits of the C core) or float64.

    Output j is the input at (j a - offset) / b - reach samples, where a / b is from_rate / to_rate in lowest terms and
    0 <= offset < RESAMPLER_MARGIN b. Raises BadOption for rates that are not whole Hz from 8000 to 192000.
    """

    def __init__(self, from_rate: int, to_rate: int, offset: int = 0, dtype: DTypeLike = np.float32) -> None:
        for rate in (from_rate, to_rate):
            if rate != int(rate) or not RESAMPLER_MIN_RATE <= rate <= RESAMPLER_MAX_RATE:
                raise BadOption(
                    f"the rate is {rate} Hz: give whole Hz from {RESAMPLER_MIN_RATE} to {RESAMPLER_MAX_RATE}"
                )
        divisor = gcd(from_rate, to_rate)
        self.a, self.b = from_rate // divisor, to_rate // divisor
        if not 0 <= offset < RESAMPLER_MARGIN * self.b:
            raise BadOption(f"the offset is {offset}: give 0 to {RESAMPLER_MARGIN * self.b - 1}")
        self.offset = offset
        self.reach = reach(from_rate, to_rate)
        self.phases = min(self.b, RESAMPLER_PHASES)
        self.rows = rows(self.a, self.b, self.reach, self.phases, np.dtype(dtype))
        self.reset()

    def reset(self) -> None:
        """Forgets the past."""
        self.kept = np.zeros(2 * self.reach + RESAMPLER_MARGIN - 1, self.rows.dtype)
        self.at, self.fraction = RESAMPLER_MARGIN - -(-self.offset // self.b), -self.offset % self.b

    def process(self, samples: ArrayLike, room: int | None = None) -> NDArray[np.floating]:
        """Takes all samples; gives the output that they make possible, at most `room` samples of it."""
        used = min(self.at, len(self.kept))
        self.kept = np.concatenate([self.kept[used:], flush(np.asarray(samples, self.rows.dtype))])
        self.at -= used
        steps = self.fraction + self.a * np.arange(self.possible(room), dtype=np.int64)
        windows = np.lib.stride_tricks.sliding_window_view(self.kept, 2 * self.reach)
        out = self.interpolate(windows[self.at + steps // self.b], steps % self.b)
        end = self.fraction + self.a * len(steps)
        self.at, self.fraction = self.at + end // self.b, end % self.b
        return flush(out)

    def possible(self, room: int | None) -> int:
        """How many outputs the samples kept make possible, at most `room`."""
        spare = len(self.kept) - 2 * self.reach - self.at  # samples beyond the next output's window
        count = max(0, (spare * self.b + self.b - 1 - self.fraction) // self.a + 1)
        return count if room is None else min(room, count)

    def interpolate(self, windows, fractions):
        positions = fractions * self.phases
        row, rest = positions // self.b, positions % self.b
        here = lane_sum(self.rows[row] * windows)
        share = rest.astype(here.dtype) / here.dtype.type(self.b)
        between = here + share * (lane_sum(self.rows[row + 1] * windows) - here)
        return np.where(rest == 0, here, between)


def reach(from_rate: int, to_rate: int) -> int:
    """Half the window in input samples; even, so that the window is whole groups of four."""
    if from_rate <= to_rate:
        return RESAMPLER_REACH
    return 2 * -(-RESAMPLER_REACH * from_rate // (2 * to_rate))


def rows(a: int, b: int, half: int, phases: int, dtype: np.dtype) -> NDArray[np.floating]:
    """Coefficient [p, k] weighs the sample that lies k + 1 - reach - p / phases input samples after the output."""
    narrow = a > b  # the output's zeros lie further apart than the input's samples
    gain = dtype.type(b) / dtype.type(a) if narrow else dtype.type(1)
    unit = phases * (a if narrow else 1)
    p, k = np.arange(phases + 1, dtype=np.int64)[:, None], np.arange(2 * half, dtype=np.int64)
    steps = np.abs((k + 1 - half) * phases - p) * RESAMPLER_STEPS * (b if narrow else 1)
    return gain * kernel(steps // unit, (steps % unit).astype(dtype) / dtype.type(unit))


def kernel(steps, rest):
    """The kernel at `steps` + `rest` steps of its table from the middle, by the cubic through four entries."""
    h, number = RESAMPLER_KERNEL.astype(rest.dtype), rest.dtype.type
    inside = steps < RESAMPLER_REACH * RESAMPLER_STEPS
    steps = np.where(inside, steps, 0)
    before, here, following, after = h[np.abs(steps - 1)], h[steps], h[steps + 1], h[steps + 2]
    half, third, sixth = number(0.5), number(ONE_THIRD), number(ONE_SIXTH)
    c1 = ((following - here * half) - before * third) - after * sixth
    c2 = (before + following) * half - here
    c3 = (after - before) * sixth + (here - following) * half
    return np.where(inside, here + rest * (c1 + rest * (c2 + rest * c3)), number(0))
