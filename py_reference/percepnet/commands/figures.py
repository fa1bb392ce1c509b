"""Figures: spectrograms before and after, and everything that `percepnet inspect` collects."""

from pathlib import Path

import numpy as np

from ..audio_io import atomic, check_target
from ..constants import FRAME_SIZE, NUM_BANDS, PITCH_MAX_LAG, PITCH_MIN_LAG, SAMPLE_RATE, WINDOW_SIZE
from ..errors import PercepNetError
from ..requirements import need
from ..tables import BAND_PEAKS

FORMATS = (".png", ".svg", ".pdf")
DPI = 100
RANGE_DB = 80  # of a spectrogram, below its loudest point
GAIN_RANGE_DB = 40
TOP_KHZ = 20
LAG_RATE_KHZ = 16  # the pitch analysis runs at 16 kHz
LAG_LIMITS_MS = (PITCH_MIN_LAG / LAG_RATE_KHZ, PITCH_MAX_LAG / LAG_RATE_KHZ)
HOP_S = FRAME_SIZE / SAMPLE_RATE


def check_figure(path, sources=()):
    """PercepNetError where a figure cannot be drawn or written."""
    need("matplotlib")
    if Path(path).suffix.lower() not in FORMATS:
        raise PercepNetError(f"{path}: cannot draw this type of file: use {', '.join(FORMATS)}")
    check_target(path, sources)


def save_figure(figure, path):
    """Writes a figure, whole or not at all."""
    check_figure(path)
    with atomic(path) as part:
        figure.savefig(part, format=Path(path).suffix[1:].lower(), dpi=DPI)


def power_db(samples, size=WINDOW_SIZE):
    """Spectrogram in dB relative to a full-scale sine, (bins, frames), `size` samples every FRAME_SIZE samples."""
    window = np.hanning(size)
    padded = np.pad(np.asarray(samples, np.float64), size // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::FRAME_SIZE]
    amplitude = np.abs(np.fft.rfft(frames * window, axis=1)).T * 2 / window.sum()
    return 20 * np.log10(np.maximum(amplitude, 1e-10))


def image(axes, values, bottom, top, label, **style):
    """values (rows, frames) over time, rows from bottom to top, with a colour bar."""
    extent = (-HOP_S / 2, (values.shape[1] - 0.5) * HOP_S, bottom, top)
    style = {"aspect": "auto", "origin": "lower", "interpolation": "nearest"} | style
    drawn = axes.imshow(values, extent=extent, **style)
    axes.figure.colorbar(drawn, ax=axes, label=label, pad=0.01, fraction=0.03)


def draw_spectrogram(axes, decibels, title, loudest_db):
    """A spectrogram up to TOP_KHZ; one loudest_db for all that are compared."""
    rows = int(TOP_KHZ * 1000 * WINDOW_SIZE / SAMPLE_RATE)
    style = {"vmin": loudest_db - RANGE_DB, "vmax": loudest_db, "cmap": "magma"}
    image(axes, decibels[: rows + 1], 0, TOP_KHZ, "dBFS", **style)
    axes.set_title(title, loc="left")
    axes.set_ylabel("kHz")


def draw_correlogram(axes, inspection):
    """Residual correlation per lag, and over it the path of the pitch."""
    signals = inspection.signals
    darkest = max(np.percentile(signals["xc"], 99.8), 0.1)
    image(axes, signals["xc"].T, *LAG_LIMITS_MS, "correlation", cmap="gray_r", vmin=0, vmax=darkest)
    times = np.arange(len(signals["period"])) * HOP_S
    period_ms = signals["period"] * 1000 / SAMPLE_RATE
    axes.plot(times, period_ms, color="tab:blue", linewidth=0.6, alpha=0.6, label="pitch path")
    track = np.where(inspection.voiced, period_ms, np.nan)
    axes.plot(times, track, color="tab:orange", linewidth=2, label="pitch path, voiced")
    axes.set_ylim(*LAG_LIMITS_MS)
    axes.legend(loc="upper right", ncols=2, fontsize="small")
    axes.set_title("Residual correlation and pitch", loc="left")
    axes.set_ylabel("period, ms")


def draw_bands(axes, values, title, label, **style):
    """values (frames, bands), the bands labelled with their centres."""
    image(axes, values.T, -0.5, NUM_BANDS - 0.5, label, **style)
    ticks = range(1, NUM_BANDS, 6)
    kilohertz = BAND_PEAKS[list(ticks)] * SAMPLE_RATE / WINDOW_SIZE / 1000
    axes.set_yticks(list(ticks), [f"{value:.2g}" for value in kilohertz])
    axes.set_title(title, loc="left")
    axes.set_ylabel("band, kHz")


def make_axes(rows, width, height):
    """(figure, axes) one above the other, over one time axis."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, 1, sharex=True)
    axes[-1].set_xlabel("time, s")
    return figure, axes


def comparison_figure(signals, title):
    """Spectrograms of {name: samples (n,) at 48 kHz} on one scale."""
    figure, axes = make_axes(len(signals), 12, 3 * len(signals) + 0.5)
    spectrograms = {name: power_db(samples) for name, samples in signals.items()}
    loudest_db = max(decibels.max() for decibels in spectrograms.values())
    for row, (name, decibels) in zip(axes, spectrograms.items(), strict=True):
        draw_spectrogram(row, decibels, name, loudest_db)
    figure.suptitle(title)
    return figure


def inspection_figure(inspection, title):
    """Spectrograms, correlogram with pitch, gains and strengths of an Inspection."""
    figure, axes = make_axes(5, 13, 14)
    noisy, enhanced = power_db(inspection.noisy), power_db(inspection.enhanced)
    draw_spectrogram(axes[0], noisy, "Noisy", noisy.max())
    draw_spectrogram(axes[1], enhanced, "Enhanced", noisy.max())
    draw_correlogram(axes[2], inspection)
    gains_db = 20 * np.log10(np.maximum(inspection.signals["g_hat"], 1e-5))
    draw_bands(axes[3], gains_db, "Band gains", "dB", vmin=-GAIN_RANGE_DB, vmax=0, cmap="viridis")
    draw_bands(axes[4], inspection.signals["r"], "Comb strengths", "0..1", vmin=0, vmax=1, cmap="viridis")
    axes[4].set_xlim(0, max(inspection.noisy.size / SAMPLE_RATE, HOP_S))
    figure.suptitle(title)
    return figure
