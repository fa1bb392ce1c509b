"""All measures of one output at once."""

import numpy as np

from ... import quality
from ...constants import SAMPLE_RATE
from ...quality import SPEECH_RATE, estoi, pesq_wb, si_sdr

from .composite import composite
from .dnsmos import CALIBRATION, dnsmos
from .high_band import high_band_loss_db

HIGH_BAND = "loss above 8 kHz"
INTRUSIVE = ("PESQ-WB", "ESTOI", "SI-SDR", "CSIG", "CBAK", "COVL")
MEASURES = (*INTRUSIVE, *CALIBRATION, HIGH_BAND)
DECIMALS = quality.DECIMALS | {HIGH_BAND: 1}  # others: 2
UNITS = quality.UNITS | {HIGH_BAND: "dB"}
HISS = 1e-5  # a third of the smallest step of 16-bit audio
LESS_IS_BETTER = (HIGH_BAND,)


def score(clean: np.ndarray, processed: np.ndarray, with_dnsmos: bool) -> dict[str, float]:
    """{measure: value} of (n,) at 48 kHz, aligned, a second or more; nan where clean holds no speech.

    A silent output is scored as the faintest hiss: it must count, and no measure is defined for silence.
    """
    import soxr

    if not processed.any():
        processed = HISS * np.random.default_rng(0).standard_normal(processed.size).astype(np.float32)
    pair = [soxr.resample(np.asarray(x, np.float32), SAMPLE_RATE, SPEECH_RATE) for x in (clean, processed)]
    pesq = pesq_wb(*pair)
    values = {"PESQ-WB": pesq, "ESTOI": estoi(*pair), "SI-SDR": si_sdr(clean, processed)}
    values |= composite(*pair, pesq)
    return values | dnsmos(pair[1]) if with_dnsmos else values


def score_clean(clean: np.ndarray, processed: np.ndarray) -> dict[str, float]:
    """The measures of what became of a clean recording."""
    return {HIGH_BAND: high_band_loss_db(clean, processed)}
