"""Rounds of measurements that take turns, so that what else the machine does hits all alike, and their statistics."""

from dataclasses import dataclass, field

import numpy as np

from ..constants import FRAME_SIZE

BLOCK = 8 * FRAME_SIZE  # samples: the least that holds whole frames of 480, render quanta of 128 and GTCRN's 768
TAIL = 99.9  # percentile of single calls


@dataclass
class Round:
    """What a timer found in one round, microseconds. us: per frame of 10 ms.

    calls: of single calls, empty where they are not timed. in_calls: per frame, by the calls alone, where us has more
    in it. stages: per frame, (STAGES,), or None.
    """

    us: float
    calls: np.ndarray = field(default_factory=lambda: np.empty(0))
    in_calls: float | None = None
    stages: np.ndarray | None = None


def per_frame(times, samples_per_call):
    """Microseconds per frame: the median over blocks of whole frames and calls. times: of calls, in order."""
    calls = BLOCK // samples_per_call
    blocks = len(times) // calls
    if not blocks:
        return float(np.mean(times)) * FRAME_SIZE / samples_per_call
    sums = np.asarray(times[: blocks * calls]).reshape(blocks, calls).sum(axis=1)
    return float(np.median(sums)) * FRAME_SIZE / BLOCK


def take_turns(timers, rounds, run, advance):
    """{key: [Round]} of `rounds` rounds after one that only warms up. run(timer) gives a Round.

    advance(number, key): called before each measurement.
    """
    found = {key: [] for key in timers}
    for number in range(rounds + 1):
        for key, timer in timers.items():
            advance(number, key)
            result = run(timer)
            if number:
                found[key].append(result)
    return found


def quartiles(values):
    """{"best", "q1", "median", "q3"} of some figures."""
    names = ("best", "q1", "median", "q3")
    return dict(zip(names, np.percentile(values, [0, 25, 50, 75]).tolist(), strict=True))


def call_figures(rounds):
    """{"count", "p999", "worst"} of all single calls of all rounds, microseconds; None where none was timed."""
    calls = np.concatenate([one.calls for one in rounds])
    if not calls.size:
        return None
    return {"count": int(calls.size), "p999": float(np.percentile(calls, TAIL)), "worst": float(calls.max())}


def paired_ratio(ours, theirs):
    """Quartiles of the ratios of figures of the same rounds; None where a disturbed one leaves nothing to divide by."""
    if min(theirs) <= 0:
        return None
    return quartiles([a / b for a, b in zip(ours, theirs, strict=True)])


def fastest(medians, prefix):
    """The key with the smallest figure among those that begin with `prefix`; None without any."""
    found = {key: value for key, value in medians.items() if key.startswith(prefix)}
    return min(found, key=found.get) if found else None
