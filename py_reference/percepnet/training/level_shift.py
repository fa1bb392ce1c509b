"""Random equalisation of features: new voices and microphones at no cost."""

import numpy as np

from ..constants import LEVEL_SCALE, NUM_BANDS

SPREAD_DB = (6.0, 5.0, 4.0, 3.0)  # standard deviations of level, tilt, curvature and twist over the bands


def shift_levels(rows: np.ndarray, rng: np.random.Generator) -> None:
    """Adds a smooth random curve to the levels of each sequence of rows (frames, batch, NUM_COLUMNS), in place.

    A filter changes noisy and clean speech alike, so gains, strengths and coherences, and with them all targets, stay.
    """
    curves = np.polynomial.chebyshev.chebvander(np.linspace(-1, 1, NUM_BANDS), len(SPREAD_DB) - 1).T
    shift_db = rng.normal(0, SPREAD_DB, (rows.shape[1], len(SPREAD_DB))) @ curves
    rows[:, :, :NUM_BANDS] += (LEVEL_SCALE / 10 * shift_db).astype(rows.dtype)
