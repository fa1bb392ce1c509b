"""Designs the tables of the pipeline in float64; `make codegen` writes them out.

Needs scipy. Nothing at run time imports this: C, Python and TypeScript read the generated tables.
"""

from itertools import pairwise

import numpy as np
from scipy import signal

FFT_RADICES = (4, 4, 5, 3, 2)  # of the complex FFT of half a window; the small strides first, so that lanes fill soon


def window(c):
    """Vorbis power-complementary window, w(n)^2 + w(n + H)^2 = 1."""
    n = np.arange(c["window_size"])
    return np.sin(np.pi / 2 * np.sin(np.pi * (n + 0.5) / c["window_size"]) ** 2)


def fft_twiddles(c):
    """exp(-2 pi i k p / n) of every pass that needs them, as (cos, sin) with k outermost, passes concatenated."""
    n, rows = c["window_size"] // 2, []
    for radix in FFT_RADICES:
        m = n // radix
        if m > 1:
            k, p = np.meshgrid(np.arange(1, radix), np.arange(m), indexing="ij")
            rows.append(np.exp(-2j * np.pi * k * p / n).ravel())
        n = m
    return np.concatenate(rows)


def split_twiddles(c):
    """exp(-2 pi i k / N), k = 0..N/2: joins the FFTs of even and odd samples into one real FFT."""
    return np.exp(-2j * np.pi * np.arange(c["num_bins"]) / c["window_size"])


def bin_fractions(c, peaks):
    """For every bin up to the band limit: the band below it and the share f that goes to the band above."""
    below = np.zeros(c["band_limit_bin"] + 1, int)
    fraction = np.zeros(c["band_limit_bin"] + 1)
    for b, (low, high) in enumerate(pairwise(peaks)):
        k = np.arange(low, high)
        below[k], fraction[k] = b, (k - low) / (high - low)
    below[peaks[-1] :], fraction[peaks[-1] :] = c["num_bands"] - 2, 1.0
    return below, fraction


def band_weights(c, peaks):
    """First bin, number of four-bin groups and weights (0 beyond the triangle) of every band."""
    below, fraction = bin_fractions(c, peaks)
    first, groups, weights = [], [], []
    for b in range(c["num_bands"]):
        w = np.where(below == b, 1 - fraction, 0) + np.where(below + 1 == b, fraction, 0)
        used = np.flatnonzero(w)
        start, count = used[0], -(-(used[-1] + 1 - used[0]) // 4)
        padded = np.zeros(4 * count)
        padded[: used[-1] + 1 - start] = w[start : used[-1] + 1]
        first.append(start)
        groups.append(count)
        weights.append(padded)
    return np.array(first), np.array(groups), np.concatenate(weights)


def decimation_filter(c):
    """48 to 16 kHz low-pass (scipy.signal.firwin) with the pre-emphasis 1 - a z^-1 of 16 kHz folded in."""
    lowpass = signal.firwin(c["decimation_taps"] - c["decimation"], 7000, fs=c["sample_rate"], window=("kaiser", 5))
    return np.convolve(lowpass, [1, 0, 0, -c["pre_emphasis"]])


def lpc_window(c):
    """Hann window of the LPC analysis."""
    return signal.get_window("hann", c["window_16khz"])


def lag_window(c):
    """Gaussian lag window, 40 Hz at 16 kHz (LPCNet)."""
    return np.exp(-0.5 * (2 * np.pi * 0.0025 * np.arange(c["lpc_order"] + 1)) ** 2)


def lag_bias(c):
    """Falls by short_lag_bias from the shortest to the longest lag."""
    return 1 - c["short_lag_bias"] * np.arange(c["num_lags"]) / (c["num_lags"] - 1)


def comb_weights(c):
    """Hann taps for 1..M future periods, each row scaled to sum 1; and the power each lets through of white noise."""
    order = c["comb_order"]
    hann = 1 + np.cos(np.pi * np.arange(-order, order + 1) / (order + 1))
    rows = np.array([np.where(np.arange(-order, order + 1) < -future, 0, hann) for future in range(1, order + 1)])
    rows /= rows.sum(1, keepdims=True)
    return rows, (rows**2).sum(1)


def resampler_kernel(c):
    """Sinc under a Kaiser window, from its middle to three entries beyond its end; see resampler_steps."""
    t = np.arange(c["resampler_reach"] * c["resampler_steps"] + 3) / c["resampler_steps"]
    window = np.i0(c["resampler_beta"] * np.sqrt(np.maximum(0, 1 - (t / c["resampler_reach"]) ** 2)))
    inside = np.where(t <= c["resampler_reach"], window / np.i0(c["resampler_beta"]), 0)
    return c["resampler_cutoff"] * np.sinc(c["resampler_cutoff"] * t) * inside


def tables(c, peaks):
    """Every generated table: name -> (array, doc). Complex tables come as one (cos, sin) pair of tables."""
    w = window(c)
    first, groups, weights = band_weights(c, peaks)
    below, fraction = bin_fractions(c, peaks)
    twiddles, split = fft_twiddles(c), split_twiddles(c)
    comb, comb_noise = comb_weights(c)
    return {
        "synthesis_window": (w, window.__doc__),
        "analysis_window": (w / c["window_size"], "The same over the FFT size: spectra carry the factor 1/N."),
        "fft_cos": (twiddles.real, fft_twiddles.__doc__),
        "fft_sin": (twiddles.imag, "Its imaginary part."),
        "split_cos": (split.real, split_twiddles.__doc__),
        "split_sin": (split.imag, "Its imaginary part."),
        "bin_band": (below, "Band below each bin (the share 1 - bin_fraction goes there)."),
        "bin_fraction": (fraction, "Share of each bin that goes to the band above."),
        "band_first": (first, "First bin of each band."),
        "band_groups": (groups, "Groups of four bins of each band."),
        "band_weights": (weights, "Weights of those bins, bands concatenated."),
        "decimation_filter": (decimation_filter(c), decimation_filter.__doc__),
        "lpc_window": (lpc_window(c), lpc_window.__doc__),
        "lag_window": (lag_window(c), lag_window.__doc__),
        "lag_bias": (lag_bias(c), lag_bias.__doc__),
        "comb_weights": (comb, "Comb taps k = -M .. M (future first), one row per number of future periods 1..M."),
        "comb_noise": (comb_noise, "sigma_w^2: power each row lets through of white noise."),
        "resampler_kernel": (resampler_kernel(c), resampler_kernel.__doc__),
    }
