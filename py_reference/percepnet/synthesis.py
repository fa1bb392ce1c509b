"""Synthesis: inverse FFT, window, overlap-add."""

from .constants import FRAME_SIZE
from .fft import irfft
from .tables import SYNTHESIS_WINDOW
from .vec_math import flush


def synthesis(s):
    """X, overlap -> wet, overlap."""
    x = irfft(s.X) * SYNTHESIS_WINDOW.astype(s.X.dtype)
    s.wet[:] = flush(s.overlap + x[:FRAME_SIZE])
    s.overlap[:] = flush(x[FRAME_SIZE:])
