"""The composite measures of Hu and Loizou (2008): predicted opinion of signal, background and overall quality.

Y. Hu and P. C. Loizou, "Evaluation of objective quality measures for speech enhancement", IEEE Trans. Audio, Speech,
Lang. Process. 16(1), 2008: linear combinations of PESQ, the log-likelihood ratio of linear prediction (LLR), the
weighted spectral slope (WSS, D. H. Klatt 1982) and the segmental SNR. With PESQ-WB at 16 kHz, as is usual for
VoiceBank+DEMAND. Frames in which the clean recording is digital silence are left out: they have no spectrum.
"""

import numpy as np

RATE = 16000
FRAME = 480  # 30 ms
HOP = 120
FFT_SIZE = 1024
PREDICTION_ORDER = 16
KEPT_SHARE = 0.95  # of the frames: the worst are left out
SILENCE = 1e-7  # of the loudest frame's energy: below the rounding of 16-bit audio
SNR_RANGE_DB = (-10.0, 35.0)
# Critical bands, Hz: each begins where the one before ends.
FIRST_CENTRE = 50.0
BANDWIDTHS = np.array(
    [70, 70, 70, 70, 70, 70, 70, 77.3724, 86.0056, 95.3398, 105.411, 116.256, 127.914, 140.423, 153.823, 168.154]
    + [183.457, 199.776, 217.153, 235.631, 255.255, 276.072, 298.126, 321.465, 346.136]
)
FILTER_FLOOR = np.exp(-30 / (2 * 2.303))
GLOBAL_PEAK_WEIGHT = 20.0
LOCAL_PEAK_WEIGHT = 1.0
EPSILON = np.finfo(np.float64).eps


def composite(clean: np.ndarray, processed: np.ndarray, pesq: float) -> dict[str, float]:
    """{CSIG, CBAK, COVL}, each 1..5, of (n,) at 16 kHz, aligned; pesq: their PESQ-WB (nan makes all nan)."""
    frames = sounding_frames(clean, processed)
    llr, wss, snr = (measure(*frames) for measure in (log_likelihood_ratio, weighted_slope, segmental_snr))
    values = {
        "CSIG": 3.093 - 1.029 * llr + 0.603 * pesq - 0.009 * wss,
        "CBAK": 1.634 + 0.478 * pesq - 0.007 * wss + 0.063 * snr,
        "COVL": 1.594 + 0.805 * pesq - 0.512 * llr - 0.007 * wss,
    }
    return {name: float(np.clip(value, 1, 5)) for name, value in values.items()}


def sounding_frames(clean: np.ndarray, processed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frames of both in which the clean one is not silent, (frames, FRAME) each."""
    clean, processed = windowed_frames(clean), windowed_frames(processed)
    energy = np.sum(clean**2, axis=1)
    sounding = energy > SILENCE * energy.max()
    return clean[sounding], processed[sounding]


def windowed_frames(x: np.ndarray) -> np.ndarray:
    """(frames, FRAME), Hann."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, FRAME + 1) / (FRAME + 1))
    x = np.asarray(x, np.float64) + EPSILON
    return np.lib.stride_tricks.sliding_window_view(x, FRAME)[::HOP][:-1] * window


def segmental_snr(clean: np.ndarray, processed: np.ndarray) -> float:
    """Mean over frames of the SNR within each, dB, each limited to SNR_RANGE_DB."""
    noise = np.sum((clean - processed) ** 2, axis=1)
    snr_db = 10 * np.log10(np.sum(clean**2, axis=1) / (noise + EPSILON) + EPSILON)
    return float(np.mean(np.clip(snr_db, *SNR_RANGE_DB)))


def log_likelihood_ratio(clean: np.ndarray, processed: np.ndarray) -> float:
    """How much worse the processed frames' predictors predict the clean frames, as a log ratio of energies."""
    correlation = autocorrelation(clean)
    own, other = predictor(correlation), predictor(autocorrelation(processed))
    index = np.abs(np.subtract.outer(np.arange(PREDICTION_ORDER + 1), np.arange(PREDICTION_ORDER + 1)))
    residuals = [np.einsum("fi,fij,fj->f", a, correlation[:, index], a) for a in (other, own)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(residuals[0] / residuals[1])
    return mean_of_best(np.nan_to_num(ratio, nan=np.inf, posinf=np.inf, neginf=np.inf))


def autocorrelation(frames: np.ndarray) -> np.ndarray:
    """(frames, PREDICTION_ORDER + 1)"""
    power = np.abs(np.fft.rfft(frames, 2 * FFT_SIZE, axis=1)) ** 2
    return np.fft.irfft(power, axis=1)[:, : PREDICTION_ORDER + 1]


def predictor(correlation: np.ndarray) -> np.ndarray:
    """(frames, PREDICTION_ORDER + 1), first 1: the filters that leave the least energy (Levinson and Durbin)."""
    a = np.zeros_like(correlation)
    a[:, 0] = 1
    error = correlation[:, 0] + EPSILON**2
    for order in range(1, PREDICTION_ORDER + 1):
        reflection = -np.sum(a[:, :order] * correlation[:, order:0:-1], axis=1) / error
        a[:, 1 : order + 1] += reflection[:, None] * a[:, order - 1 :: -1][:, :order]
        error = error * (1 - reflection**2)
    return a


def weighted_slope(clean: np.ndarray, processed: np.ndarray) -> float:
    """Difference of the slopes between neighbouring critical bands, weighted most near spectral peaks."""
    levels = [band_levels_db(frames) for frames in (clean, processed)]
    slopes = [np.diff(level, axis=1) for level in levels]
    weight = sum(slope_weights(level, slope) for level, slope in zip(levels, slopes, strict=True)) / 2
    distance = np.sum(weight * (slopes[0] - slopes[1]) ** 2, axis=1) / np.sum(weight, axis=1)
    return mean_of_best(distance)


def band_levels_db(frames: np.ndarray) -> np.ndarray:
    """(frames, bands)"""
    bins = np.arange(FFT_SIZE // 2)
    scale = FFT_SIZE / RATE
    centres = FIRST_CENTRE + np.concatenate([[0], np.cumsum(BANDWIDTHS[:-1])])
    offsets = (bins - np.floor(centres * scale)[:, None]) / (BANDWIDTHS * scale)[:, None]
    filters = np.exp(-11 * offsets**2) * (BANDWIDTHS[0] / BANDWIDTHS)[:, None]
    filters[filters <= FILTER_FLOOR] = 0
    power = np.abs(np.fft.rfft(frames, FFT_SIZE, axis=1)[:, : FFT_SIZE // 2]) ** 2
    return 10 * np.log10(np.maximum(power @ filters.T, 1e-10))


def slope_weights(levels: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """(frames, bands - 1): large where a band is near the loudest of all and near the next peak."""
    below = levels[:, :-1]
    from_loudest = GLOBAL_PEAK_WEIGHT / (GLOBAL_PEAK_WEIGHT + levels.max(axis=1, keepdims=True) - below)
    from_next = LOCAL_PEAK_WEIGHT / (LOCAL_PEAK_WEIGHT + nearest_peaks(levels, slopes) - below)
    return from_loudest * from_next


def nearest_peaks(levels: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """(frames, bands - 1): the level where a rising slope last rises, or a falling one first falls."""
    bands = slopes.shape[1]
    up, down = np.empty_like(slopes), np.empty_like(slopes)
    for band in reversed(range(bands)):
        goes_on = slopes[:, band + 1] > 0 if band + 1 < bands else False
        up[:, band] = np.where(goes_on, up[:, min(band + 1, bands - 1)], levels[:, band])
    for band in range(bands):
        goes_on = slopes[:, band - 1] <= 0 if band else False
        down[:, band] = np.where(goes_on, down[:, band - 1], levels[:, band])
    return np.where(slopes > 0, up, down)


def mean_of_best(distances: np.ndarray) -> float:
    """Mean without the worst 5 % of the frames."""
    kept = round(KEPT_SHARE * distances.size)
    return float(np.mean(np.sort(distances)[:kept]))
