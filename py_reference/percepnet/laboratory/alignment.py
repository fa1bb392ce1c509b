"""Removes a system's delay before its output is scored."""

import numpy as np
from scipy import signal

from ..constants import SAMPLE_RATE

LONGEST_DELAY = SAMPLE_RATE // 5  # no system known is later
MOST_LEAD = SAMPLE_RATE // 100  # one that takes its delay off by itself may take off too much


def delay_between(reference: np.ndarray, output: np.ndarray, least: int, most: int) -> int:
    """By how many samples, least..most, output is behind reference: where they correlate best. 0 for silence."""
    reference, output = (np.asarray(x, np.float64) for x in (reference, output))
    if not reference.any() or not output.any():
        return 0
    correlation = signal.correlate(output, reference, method="fft")
    lags = signal.correlation_lags(output.size, reference.size)
    near = (lags >= least) & (lags <= most)
    return int(lags[near][np.argmax(correlation[near])])


def align(reference: np.ndarray, output: np.ndarray) -> tuple[np.ndarray, int]:
    """(output without its delay, as long as reference; the delay in samples). Zeros where output ends early."""
    delay = delay_between(reference, output, -MOST_LEAD, LONGEST_DELAY)
    padded = np.concatenate([np.zeros(MOST_LEAD, output.dtype), output, np.zeros(reference.size, output.dtype)])
    return padded[MOST_LEAD + delay :][: reference.size], delay
