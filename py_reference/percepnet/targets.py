"""Ideal gains and strengths from clean and noisy speech: what the network is trained to say, and the oracle says."""

import numpy as np

from .comb_filter import future_periods
from .constants import REVERB_EARLY_MS, REVERB_TARGET_S, SAMPLE_RATE, STRENGTH_NOISE
from .tables import COMB_NOISE


def ideal_gains(Ey, Ex, qy, qx, period):
    """Target gains and strengths per band (PercepNet sec. 3, in a form without 0/0).

    Ey, Ex: band energies of noisy and clean, (..., bands); qy, qx: their pitch coherences at the noisy period (...,).
    Returns (g, r), each (..., bands) in 0..1. Where even r = 1 leaves the band noisier than the clean one, g is
    lowered so that the noise between the harmonics is masked as it would be (at most 15.4 dB).
    """
    Ey, Ex, qy, qx = (np.asarray(v, float) for v in (Ey, Ex, qy, qx))
    qy, qx = np.clip(qy, 0, 1), np.clip(qx, 0, 1)
    noise = COMB_NOISE[future_periods(np.asarray(period)) - 1][..., None]
    qp = qy / np.sqrt((1 - noise) * qy**2 + noise)
    a, b, e = qp**2 - qx**2, qp * qy * (1 - qx**2), qx**2 - qy**2
    alpha = e / (b + np.sqrt(np.maximum(0, b**2 + a * e)) + 1e-9)
    too_noisy = qp < qx
    r = np.where(e <= 0, 0, np.where(too_noisy, 1, alpha / (1 + alpha)))
    attenuation = np.sqrt((1 + STRENGTH_NOISE - qx**2) / (1 + STRENGTH_NOISE - qp**2))
    g = np.minimum(1, np.sqrt(Ex / np.maximum(Ey, 1e-30)))
    return g * np.where(too_noisy & (e > 0), np.minimum(1, attenuation), 1), r


def dereverberated(response, t60):
    """The room response a target is made with (sec. 8): the early part as it is, the tail falling with REVERB_TARGET_S.

    response: (n,) at 48 kHz, direct path where |response| is largest; t60: its reverberation time, s.
    """
    response = np.asarray(response, float)
    if t60 <= REVERB_TARGET_S:
        return response
    late = (np.arange(response.size) - np.argmax(np.abs(response))) / SAMPLE_RATE - REVERB_EARLY_MS / 1000
    return response * 10 ** (-3 * np.maximum(late, 0) * (1 / REVERB_TARGET_S - 1 / t60))
