"""ERB bands: energies and correlations of bins in triangular bands, and bands back to bins."""

import numpy as np

from .constants import BAND_LIMIT_BIN, COHERENCE_FLOOR, POWER_FLUSH
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


def correlate(A, B):
    """Re(conj(A) B) per band of spectra (2, NUM_BINS)."""
    x = A[0] * B[0] + A[1] * B[1]
    return band_sum(np.where(np.abs(x) < POWER_FLUSH, x.dtype.type(0), x))


def energies(X):
    """Band energies of a spectrum (2, NUM_BINS)."""
    return correlate(X, X)


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
    s.q[:] = correlate(s.P, s.Y[0]) / np.sqrt(energies(s.P) * s.Ey[0] + COHERENCE_FLOOR)
