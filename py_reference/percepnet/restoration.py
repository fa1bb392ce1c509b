"""Restoration: every band of Z is scaled to the energy the gains ask for."""

import numpy as np

from .constants import BAND_LIMIT_BIN, ENERGY_FLOOR, MAX_RESTORATION
from .erb_bands import energies, interpolate_bands


def restoration(s):
    """Ey, Z, g_hat -> X = h Z with h = g_hat sqrt(Ey / Ez) per band, at most MAX_RESTORATION."""
    h = s.g_hat * np.sqrt(s.Ey[0] / (energies(s.Z) + ENERGY_FLOOR))
    s.X[:] = 0
    s.X[:, : BAND_LIMIT_BIN + 1] = interpolate_bands(np.minimum(h, MAX_RESTORATION)) * s.Z[:, : BAND_LIMIT_BIN + 1]
