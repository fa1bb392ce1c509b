"""ERB bands: energies and correlations of bins in triangular bands, and bands back to bins."""

import numpy as np

from .constants import BAND_LIMIT_BIN, COHERENCE_FLOOR, NUM_BANDS
from .lane_sum import lane_sum
from .tables import BAND_FIRST, BAND_GROUPS, BAND_WEIGHTS, BIN_BAND, BIN_FRACTION


def _padded_bands():
    """Bin numbers and weights of every band, (NUM_BANDS, longest); weight 0 beyond a band's own bins."""
    bins = BAND_FIRST[:, None] + np.arange(4 * BAND_GROUPS.max())
    weights, at = np.zeros(bins.shape), 0
    for b, n in enumerate(4 * BAND_GROUPS):
        weights[b, :n] = BAND_WEIGHTS[at : at + n]
        at += n
    return np.minimum(bins, BAND_LIMIT_BIN), weights


BINS, WEIGHTS = _padded_bands()


def band_sum(x):
    """sum_k W(b, k) x(k) per band: (NUM_BINS,) -> (NUM_BANDS,)."""
    return lane_sum(WEIGHTS.astype(x.dtype) * x[BINS])


def energies(X):
    """Band energies of a spectrum (2, NUM_BINS)."""
    return band_sum(X[0] * X[0] + X[1] * X[1])


def interpolate_bands(values):
    """Band values at bins 0..BAND_LIMIT_BIN, linear between the peaks."""
    f = BIN_FRACTION.astype(values.dtype)
    return (1 - f) * values[BIN_BAND] + f * values[BIN_BAND + 1]


def band_energy(s):
    """Y -> Ey of the newest window."""
    s.Ey[:-1] = s.Ey[1:]
    s.Ey[-1] = energies(s.Y[-1])


def coherence(s):
    """Y, Ey, P -> q = <P, Y> / sqrt(<P, P> <Y, Y>) per band of window l, about 0..1."""
    Y = s.Y[0]
    Epy = band_sum(s.P[0] * Y[0] + s.P[1] * Y[1])
    s.q[:] = Epy / np.sqrt(energies(s.P) * s.Ey[0] + COHERENCE_FLOOR)


assert NUM_BANDS == len(BAND_FIRST)
