"""What a recording really holds: bandwidth, signal-to-noise ratio, pitch, clipped samples."""

import numpy as np

from ..constants import FRAME_SIZE, SAMPLE_RATE

from .augment import ACTIVE_RANGE_DB, SILENT, active_power, frame_power

SPECTRUM_SIZE = 2 * FRAME_SIZE  # bins of 50 Hz
SMOOTHING_BINS = 5
BAND_RANGE_DB = 70.0  # what lies further below the strongest 250 Hz counts as empty
ABOVE_FLOOR_DB = 3.0  # what speech adds to the noise of its pauses
CLIFF_DB = 14.0  # a fall within 1 kHz that no voice has: a codec's or a microphone's cut, with its own noise above
CLIFF_FROM_HZ = 11000  # lower cuts are resamplers', which leave nothing above
CLEANEST_DB = 90.0  # pauses of digital silence: 16 bits hold no more
PAUSES = 0.02  # least share of frames that pauses make up
PITCH_RANGE_HZ = (60.0, 450.0)
PITCH_RATE = 8000
PITCH_SMOOTHING = 6  # samples: periods are rarely whole, which high harmonics do not forgive
VOICED = 0.6  # least normalised autocorrelation at the pitch period


def bandwidth_hz(samples: np.ndarray) -> float:
    """Where the content of a 48 kHz recording ends, to 250 Hz; 0 for silence.

    Content: within 70 dB of the strongest band, more of it while the signal is active than in its pauses (if it has
    any), and below any cliff, so that hiss above a codec's cut does not count.
    """
    powers, spectra = _frame_spectra(samples)
    active = powers > max(powers.max(initial=0.0) * 10 ** (-ACTIVE_RANGE_DB / 10), SILENT)
    if not active.any():
        return 0.0
    level = _smoothed_db(spectra[active])
    content = level > level.max() - BAND_RANGE_DB
    pauses = powers < np.quantile(powers[active], 0.5) * 10 ** (-ACTIVE_RANGE_DB / 10)
    if pauses.sum() >= 5:
        content &= level > _smoothed_db(spectra[pauses]) + ABOVE_FLOOR_DB
    content[_cliff(level) :] = False
    last = np.flatnonzero(content)[-1] if content.any() else 0
    return float(round(last * SAMPLE_RATE / SPECTRUM_SIZE / 250) * 250)


def snr_db(samples: np.ndarray) -> float:
    """Active level over the 5th percentile of the frames' levels: an estimate that needs pauses; at most 90.

    Frames of zeros, which were cut in between, do not count as pauses unless there are no others.
    """
    power = frame_power(samples)
    level = active_power(samples)
    if level == 0:
        return 0.0
    sounding = power[power > 0]
    snr = 10 * float(np.log10(level / np.quantile(sounding, 0.05)))
    silent_pauses = len(sounding) < (1 - PAUSES) * len(power) and snr < ACTIVE_RANGE_DB
    return CLEANEST_DB if silent_pauses else min(CLEANEST_DB, snr)


def pitch_hz(samples: np.ndarray, seconds: float = 10.0) -> float:
    """Median pitch of the voiced frames of up to `seconds` of a 48 kHz recording; 0 where nothing is voiced."""
    import soxr

    low = soxr.resample(samples[: int(seconds * SAMPLE_RATE)], SAMPLE_RATE, PITCH_RATE, quality="MQ")
    low = np.convolve(low, np.ones(PITCH_SMOOTHING) / PITCH_SMOOTHING, mode="same")
    size, longest = PITCH_RATE // 25, int(PITCH_RATE / PITCH_RANGE_HZ[0])
    starts = range(0, len(low) - size - longest, size)
    pitches = [pitch for start in starts if (pitch := _frame_pitch(low[start : start + size + longest], size))]
    return float(np.median(pitches)) if pitches else 0.0


def clipped_share(samples: np.ndarray) -> float:
    """Share of samples at the recording's own largest magnitude, where that is near full scale; else 0."""
    peak = float(np.abs(samples).max(initial=0.0))
    return float(np.mean(np.abs(samples) >= peak * 0.9999)) if peak > 0.9 else 0.0


def _frame_spectra(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean square and power spectrum of overlapping 20 ms frames."""
    if len(samples) < SPECTRUM_SIZE:
        samples = np.pad(samples, (0, SPECTRUM_SIZE - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(samples, SPECTRUM_SIZE)[::FRAME_SIZE]
    spectra = np.abs(np.fft.rfft(frames * np.hanning(SPECTRUM_SIZE).astype(np.float32), axis=1)) ** 2
    return np.mean(frames.astype(np.float64) ** 2, axis=1), spectra


def _smoothed_db(spectra: np.ndarray) -> np.ndarray:
    kernel = np.ones(SMOOTHING_BINS) / SMOOTHING_BINS
    return 10 * np.log10(np.convolve(spectra.mean(axis=0), kernel, mode="same") + 1e-20)


def _cliff(level: np.ndarray) -> int:
    """The bin of a fall of CLIFF_DB within 1 kHz after which the level stays down; the number of bins without one."""
    step = 1000 * SPECTRUM_SIZE // SAMPLE_RATE
    loudest_above = np.maximum.accumulate(level[::-1])[::-1]
    fall = level[:-step] - loudest_above[step:]
    first = CLIFF_FROM_HZ * SPECTRUM_SIZE // SAMPLE_RATE
    found = first + np.flatnonzero(fall[first:] >= CLIFF_DB)
    if not len(found):
        return len(level)
    after = level[found[0] + SMOOTHING_BINS :][:step]
    steepness = level[found[0] :][: len(after)] - after
    return int(found[0] + np.argmax(steepness) + SMOOTHING_BINS // 2)


def _frame_pitch(x: np.ndarray, size: int) -> float:
    """Pitch of the first `size` samples of x, which is longer by the longest period; 0 if unvoiced."""
    frame = x[:size] - x[:size].mean()
    energy = float(np.sum(frame**2))
    if energy < size * SILENT * 100:
        return 0.0
    shortest = int(PITCH_RATE / PITCH_RANGE_HZ[1])
    lags = np.lib.stride_tricks.sliding_window_view(x, size)[shortest:]
    correlation = lags @ frame / np.sqrt(energy * (np.sum(lags**2, axis=1) + 1e-12))
    strongest = correlation.max()
    if strongest < VOICED:
        return 0.0
    first = np.flatnonzero(correlation > 0.9 * strongest)  # the first period, not its double
    run = first[: np.argmax(np.diff(first, append=len(x)) > 1) + 1]
    return PITCH_RATE / (shortest + run[np.argmax(correlation[run])])
