"""Pitch filter: noisy and comb-filtered spectrum mixed by the strength of each band."""

from .constants import BAND_LIMIT_BIN
from .erb_bands import interpolate_bands


def pitch_filter(s):
    """Y, P, r -> Z(k) = Y(k) + r(k) (P(k) - Y(k)); 0 above the last band."""
    used = slice(BAND_LIMIT_BIN + 1)
    s.Z[:, BAND_LIMIT_BIN + 1 :] = 0
    s.Z[:, used] = s.Y[0][:, used] + interpolate_bands(s.r) * (s.P[:, used] - s.Y[0][:, used])
