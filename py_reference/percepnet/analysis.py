"""Analysis: windowed spectra of the newest window and, by the same transform, of the comb-filtered one."""

from .constants import WINDOW_SIZE
from .fft import rfft
from .tables import ANALYSIS_WINDOW


def spectrum(x):
    """Spectrum (2, NUM_BINS) of a window of WINDOW_SIZE samples, scaled by 1/WINDOW_SIZE."""
    return rfft(x * ANALYSIS_WINDOW.astype(x.dtype))


def analysis(s):
    """history -> Y: the newest window's spectrum enters the delay line."""
    s.Y[:-1] = s.Y[1:]
    s.Y[-1] = spectrum(s.history[-WINDOW_SIZE:])


def comb_spectrum(s):
    """p -> P."""
    s.P[:] = spectrum(s.p)
