"""What came out of a call, brought back to the time of what went in."""

import numpy as np
from percepnet.laboratory.alignment import delay_between

PIECE = 12000  # samples: a quarter of a second
REACH = 1200  # by which a jitter buffer may move one piece against the one before
QUIET = 0.02  # of the loudest piece's energy: below that a piece tells no delay


def straighten(received: np.ndarray, clean: np.ndarray) -> np.ndarray:
    """`received` as long as `clean` and aligned with it, piece by piece: a jitter buffer stretches what comes late.

    Both (n,) at the same rate; `clean` whole pieces.
    """
    delay = delay_between(clean, received, 0, received.size - clean.size)
    pieces = clean.reshape(-1, PIECE)
    energies = np.sum(np.square(pieces, dtype=np.float64), axis=1)
    straight = []
    for start, piece, energy in zip(range(0, clean.size, PIECE), pieces, energies, strict=True):
        if energy > QUIET * energies.max():
            begin = max(0, start + delay - REACH)
            near = received[begin:][: PIECE + 2 * REACH]
            delay = begin - start + delay_between(piece, near, 0, near.size - PIECE)
        straight.append(np.resize(received[max(0, start + delay) :][:PIECE], PIECE))
    return np.concatenate(straight)
