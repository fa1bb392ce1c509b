"""How close a processed signal is to the clean one: SI-SDR, PESQ-WB, ESTOI."""

import numpy as np
import soxr
from pesq import pesq
from pystoi import stoi

from percepnet.constants import SAMPLE_RATE

PESQ_RATE = 16000
METRICS = ("SI-SDR", "PESQ-WB", "ESTOI")


def si_sdr(clean: np.ndarray, processed: np.ndarray) -> float:
    """Scale-invariant signal-to-distortion ratio in dB at 48 kHz; both signals aligned and equally long."""
    clean, processed = (x.astype(np.float64) - x.mean(dtype=np.float64) for x in (clean, processed))
    target = clean * (clean @ processed) / (clean @ clean)
    return float(10 * np.log10(target @ target / ((processed - target) @ (processed - target) + 1e-20)))


def scores(clean: np.ndarray, processed: np.ndarray) -> dict[str, float]:
    """All METRICS of a processed signal (48 kHz, aligned with clean)."""
    clean_16, processed_16 = (
        soxr.resample(x.astype(np.float32), SAMPLE_RATE, PESQ_RATE) for x in (clean, processed)
    )
    return {
        "SI-SDR": si_sdr(clean, processed),
        "PESQ-WB": float(pesq(PESQ_RATE, clean_16, processed_16, "wb")),
        "ESTOI": float(stoi(clean_16, processed_16, PESQ_RATE, extended=True)),
    }
