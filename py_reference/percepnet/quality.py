"""How close a processed signal is to the clean one: SI-SDR and, if installed, PESQ-WB and ESTOI."""

import math

import numpy as np

from .constants import SAMPLE_RATE

SPEECH_RATE = 16000  # PESQ-WB and ESTOI are defined up to 8 kHz
DECIMALS = {"PESQ-WB": 2, "ESTOI": 3, "SI-SDR": 1}
UNITS = {"SI-SDR": "dB"}
PACKAGES = ("pesq", "pystoi")  # that all measures need


def si_sdr(clean, processed):
    """Scale-invariant signal-to-distortion ratio, dB. Both (n,), aligned; nan if one of them is constant."""
    clean, processed = (np.asarray(x, np.float64) - np.mean(x, dtype=np.float64) for x in (clean, processed))
    if not clean.any() or not processed.any():
        return float("nan")
    target = clean * (clean @ processed) / (clean @ clean)
    error = processed - target
    return float(10 * np.log10((target @ target) / max(error @ error, 1e-20)))


def scores(clean, processed):
    """{measure: value} of (n,) at 48 kHz, aligned, a second or more. What has no package is left out."""
    import soxr

    pair = [soxr.resample(np.asarray(x, np.float32), SAMPLE_RATE, SPEECH_RATE) for x in (clean, processed)]
    measures = {}
    for name, measure in (("PESQ-WB", pesq_wb), ("ESTOI", estoi)):
        try:
            measures[name] = measure(*pair)
        except ImportError:
            continue
    return measures | {"SI-SDR": si_sdr(clean, processed)}


def pesq_wb(clean, processed):
    """Wide-band PESQ, 1..4.64; nan where it finds no speech."""
    from pesq import PesqError, pesq

    try:
        return float(pesq(SPEECH_RATE, clean, processed, "wb"))
    except PesqError:
        return float("nan")


def estoi(clean, processed):
    """Extended short-time objective intelligibility, about 0..1."""
    from pystoi import stoi

    return float(stoi(clean, processed, SPEECH_RATE, extended=True))


def number(value, decimals, sign=""):
    """A score as it is shown; "-" where there is none. sign: "+" for a difference."""
    return "-" if math.isnan(value) else f"{round(value, decimals) + 0.0:{sign}.{decimals}f}"  # + 0.0: no "-0.0"
