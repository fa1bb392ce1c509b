"""Transparency: bands in which hardly anything has been noise for seconds are let through as they are."""

import numpy as np

from .constants import (
    DB_PER_LOG2,
    ENERGY_FLOOR,
    TRANSPARENCY_FRAMES,
    TRANSPARENCY_RANGE_DB,
    TRANSPARENCY_SNR_DB,
)
from .lane_sum import ordered_sum
from .vec_math import vec_log2


def transparency(s):
    """Ey, g, r -> g, r: 1 - g becomes (1 - g)^9 and r becomes 0 as far as the band is open.

    A band opens from TRANSPARENCY_SNR_DB on and is open TRANSPARENCY_RANGE_DB above that; the ratio is of two slow
    means, of Ey and of (1 - g)^6 Ey: gains near 1, where networks are least exact, say next to nothing about noise.
    The band's own ratio and that of all bands together count half each, in dB: soft sounds of a clean voice, which
    networks take for noise, stand in bands of their own.
    """
    kind = s.g.dtype.type
    closed = 1 - s.g
    cubed = closed * closed * closed
    s.frames_heard[0] = min(s.frames_heard[0] + 1, kind(TRANSPARENCY_FRAMES))
    weight, floor = 1 / s.frames_heard[0], kind(ENERGY_FLOOR)
    s.mean_energy += weight * (s.Ey[0] + floor - s.mean_energy)
    s.mean_noise += weight * (cubed * cubed * s.Ey[0] + floor - s.mean_noise)
    whole = ordered_sum(s.mean_energy) / ordered_sum(s.mean_noise)
    snr_db = DB_PER_LOG2 / 2 * (vec_log2(s.mean_energy / s.mean_noise) + vec_log2(np.array([whole])))
    opened = np.clip((snr_db - TRANSPARENCY_SNR_DB) / TRANSPARENCY_RANGE_DB, 0, 1)
    s.g += opened * (closed - cubed * cubed * cubed)
    s.r -= opened * s.r
