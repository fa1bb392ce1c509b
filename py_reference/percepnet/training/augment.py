"""Ways in which one voice or noise becomes many: filters, levels, clipping, rounding, codecs, expansion."""

import io

import numpy as np
import soundfile
from scipy import signal

from ..constants import FRAME_SIZE, SAMPLE_RATE

SILENT = 1e-8  # mean square below this is digital silence (-80 dBFS)
ACTIVE_RANGE_DB = 30.0  # frames this close to the loud ones count as active
RUMBLE_HZ = 50.0  # below every voice


def frame_power(x: np.ndarray) -> np.ndarray:
    """Mean square per 10 ms frame."""
    usable = len(x) // FRAME_SIZE * FRAME_SIZE
    return np.mean(x[:usable].reshape(-1, FRAME_SIZE).astype(np.float64) ** 2, axis=1)


def active_power(x: np.ndarray) -> float:
    """Mean square over the frames that hold signal; 0 for silence."""
    power = frame_power(x)
    loud = np.quantile(power, 0.95) if len(power) else 0.0
    active = power[power > max(loud * 10 ** (-ACTIVE_RANGE_DB / 10), SILENT)]
    return float(active.mean()) if len(active) else 0.0


def random_spectral_shape(rng: np.random.Generator, radius: float = 0.375) -> tuple[np.ndarray, np.ndarray]:
    """Second-order filter with random coefficients near 0: gentle tilts and bumps."""
    b1, b2, a1, a2 = rng.uniform(-radius, radius, 4)
    return np.array([1, b1, b2]), np.array([1, a1, a2])


def low_pass(cutoff_hz: float) -> np.ndarray:
    """Steep low-pass as second-order sections."""
    return signal.ellip(8, 0.2, 70, cutoff_hz, fs=SAMPLE_RATE, output="sos")


def without_rumble(x: np.ndarray) -> np.ndarray:
    """x without what lies below speech (often more than the voice itself), its phase untouched."""
    return signal.sosfiltfilt(signal.butter(2, RUMBLE_HZ, "high", fs=SAMPLE_RATE, output="sos"), x).astype(np.float32)


def expand_downwards(x: np.ndarray, below_db: float = 32.0, most_db: float = 15.0) -> np.ndarray:
    """Lowers what lies more than below_db under the active level, twice as far and by at most most_db.

    A volunteer's recording has a floor; as a target that floor must not become speech.
    """
    power = np.convolve(frame_power(x), np.ones(5) / 5, mode="same")
    reference = active_power(x) * 10 ** (-below_db / 10)
    if reference == 0:
        return x
    shortfall_db = 10 * np.log10(np.maximum(reference / (power + 1e-12), 1))
    centres = np.arange(len(power)) * FRAME_SIZE + FRAME_SIZE / 2
    gain_db = np.interp(np.arange(len(x)), centres, -np.minimum(shortfall_db, most_db))
    return (x * 10 ** (gain_db / 20)).astype(np.float32)


def clip_peaks(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An overdriven microphone: peaks cut at 30-90 % of the largest."""
    limit = np.abs(x).max() * rng.uniform(0.3, 0.9)
    return np.clip(x, -limit, limit)


def round_to_16_bit(x: np.ndarray) -> np.ndarray:
    """What a 16-bit file keeps."""
    return (np.round(np.clip(x, -1, 32767 / 32768) * 32768) / 32768).astype(np.float32)


def through_codec(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What a lossy codec at a low rate leaves of x: a recorder, a headset's link, an earlier call.

    Both codecs give the samples back in their place. Opus keeps 4 to 20 kHz, by its rate.
    """
    file = io.BytesIO()
    subtype, least = ("OPUS", 0.3) if rng.random() < 0.5 else ("VORBIS", 0.6)
    level = float(rng.uniform(least, 0.99))
    peak = max(float(np.abs(x).max()), 1e-9)
    soundfile.write(file, x / peak * 0.9, SAMPLE_RATE, format="OGG", subtype=subtype, compression_level=level)
    file.seek(0)
    decoded = soundfile.read(file, dtype="float32")[0][: len(x)]
    return np.pad(decoded, (0, len(x) - len(decoded))) * np.float32(peak / 0.9)
