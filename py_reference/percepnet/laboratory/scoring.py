"""Scores systems on pairs: every output without its delay, every score in a row of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..errors import PercepNetError
from ..workers import Workers

from .alignment import LONGEST_DELAY, align
from .measures.scores import score, score_clean
from .pairs import Pair
from .systems import System


@dataclass(frozen=True)
class Row:
    """One system on one pair. delay: samples. scores: {measure: value}, nan where there is none."""

    clip: str
    labels: dict[str, str]
    system: str
    delay: int
    scores: dict[str, float]


def score_pairs(
    pairs: list[Pair], systems: list[System], workers: Workers, *, with_dnsmos: bool = False, each=iter
) -> list[Row]:
    """Rows of every pair and system, in this order, whatever the workers. each: wraps results, for a progress bar."""
    job = partial(score_pair, systems=systems, with_dnsmos=with_dnsmos)
    found = dict(each(workers.run(job, pairs)))
    return [row for position in range(len(pairs)) for row in found[position]]


def score_pair(pair: Pair, systems: Iterable[System], with_dnsmos: bool) -> list[Row]:
    """The rows of one pair."""
    clean, noisy = pair.read()
    rows = []
    for system in systems:
        output, delay = aligned_output(system, noisy, clean)
        of_clean, _ = aligned_output(system, clean, clean)
        scores = score(clean, output, with_dnsmos) | score_clean(clean, of_clean)
        rows.append(Row(pair.name, pair.labels, system.name, delay, scores))
    return rows


def aligned_output(system: System, noisy: np.ndarray, clean: np.ndarray) -> tuple[np.ndarray, int]:
    """(what a system makes of noisy, as long and in time with clean; the delay that was taken off, samples).

    Raises PercepNetError for an output that is no sound.
    """
    silence = np.zeros(LONGEST_DELAY, np.float32)  # so that what is delayed still comes out
    output = system.enhance(np.concatenate([noisy, silence]), np.concatenate([clean, silence]))
    if not np.isfinite(output).all():
        raise PercepNetError(f"{system.name} puts out NaN or infinite samples: leave it out")
    return align(clean, output)
