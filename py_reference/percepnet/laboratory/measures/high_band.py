"""Consonants: how much of clean speech above 8 kHz a system takes away."""

import numpy as np

from ...constants import FRAME_SIZE, SAMPLE_RATE

BAND_HZ = (8000.0, 20000.0)
ACTIVE_RANGE_DB = 20.0  # frames this close to the loudest in the band count
LEAST_SHARE = 1e-5  # of a recording's energy: with less above 8 kHz there is nothing to lose
MOST_LOSS_DB = 60.0  # a band gone altogether counts as this


def high_band_loss_db(clean: np.ndarray, processed: np.ndarray) -> float:
    """Mean loss in dB over the active frames of (n,) at 48 kHz, aligned; processed: what became of clean.

    nan for a recording without anything above 8 kHz.
    """
    before, after = band_energies(clean), band_energies(processed)
    if before.sum() <= LEAST_SHARE * np.sum(np.square(clean, dtype=np.float64)) * FRAME_SIZE:
        return float("nan")
    active = before >= before.max() * 10 ** (-ACTIVE_RANGE_DB / 10)
    loss_db = 10 * np.log10(before[active] / np.maximum(after[active], before[active] * 10 ** (-MOST_LOSS_DB / 10)))
    return float(np.mean(loss_db))


def band_energies(x: np.ndarray) -> np.ndarray:
    """Energy within BAND_HZ of every frame of 20 ms, half overlapping; over all bins FRAME_SIZE times the samples'."""
    window = np.hanning(2 * FRAME_SIZE + 1)[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(np.asarray(x, np.float64), window.size)[::FRAME_SIZE] * window
    frequencies = np.fft.rfftfreq(window.size, 1 / SAMPLE_RATE)
    in_band = (frequencies >= BAND_HZ[0]) & (frequencies <= BAND_HZ[1])
    return np.sum(np.abs(np.fft.rfft(frames, axis=1)[:, in_band]) ** 2, axis=1)
