"""Envelope postfilter: deepens the valleys between formants and makes up the loudness, then the attenuation limit."""

import numpy as np

from .constants import ENERGY_FLOOR, POSTFILTER_BETA
from .lane_sum import ordered_sum
from .vec_math import vec_sin_half_pi


def warp(g, strength):
    """g_w = g + s (g sin(pi/2 g) - g): the paper's warped gain at strength 1, g itself at 0."""
    return g + strength * (g * vec_sin_half_pi(g) - g)


def postfilter(s, strength, min_gain):
    """Ey, g -> g_hat = max(G g_w, min_gain), G = sqrt((1 + beta) R / (1 + beta R^2)), R = E0 / E1.

    E0 and E1 are the frame's energies after g and g_w. strength: 0..1; min_gain: 0..1, linear.
    """
    beta = s.g.dtype.type(POSTFILTER_BETA)
    gw = warp(s.g, strength)
    E0, E1 = ordered_sum(s.g * s.g * s.Ey[0]), ordered_sum(gw * gw * s.Ey[0])
    R = (E0 + s.g.dtype.type(ENERGY_FLOOR)) / (E1 + s.g.dtype.type(ENERGY_FLOOR))
    G = np.sqrt((1 + beta) * R / (1 + beta * (R * R)))
    s.g_hat[:] = np.maximum(G * gw, min_gain)
