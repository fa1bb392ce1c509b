"""The pictures of the staircase, each for a light and a dark page, readable on a phone."""

from dataclasses import dataclass

import numpy as np

from ..commands.figures import GAIN_RANGE_DB, HOP_S, draw_bands, draw_spectrogram, image, power_db
from ..commands.inspection import VOICED
from ..constants import (
    BAND_LIMIT_BIN,
    COMB_ORDER,
    FRAME_SIZE,
    NUM_BANDS,
    NUM_BINS,
    SAMPLE_RATE,
    WINDOW_SIZE,
)
from ..comb_filter import future_periods
from ..erb_bands import BINS as BAND_BINS
from ..erb_bands import WEIGHTS as BAND_WEIGHTS
from ..postfilter import warp
from ..tables import ANALYSIS_WINDOW, BAND_PEAKS, COMB_WEIGHTS
from ..web_page import figure_data
from .steps import BANDS, BINS, COMB, NETWORK, NOISY, POSTFILTER

INCHES, DPI = (4.6, 2.5), 200  # shown 330 to 560 pixels wide: the writing stays readable
QUALITY = 60  # of 100: spectrograms are all detail
INK = {"light": "#222222", "dark": "#dddddd"}
PITCH_TOP_KHZ = 1.5
HARMONICS = 4
PITCH_WINDOW = 4 * WINDOW_SIZE  # long enough that harmonics are lines
COMB_TOP_HZ = 3000
FINE_FFT = 8192  # draws what lies between the bins
LOUD_SHARE = 0.25  # of the frames: the loudest, among which the one with the comb is chosen


@dataclass(frozen=True)
class Picture:
    """light, dark: webp. text: what is to be seen, as caption and for those who do not see it. height: pixels."""

    light: bytes
    dark: bytes
    text: str
    height: int


def draw(text, fill, rows=1):
    """The Picture that fill(axes) draws, (rows,) axes one above the other, or one."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    height, drawn = INCHES[1] + 1.1 * (rows - 1), {}
    for theme, ink in INK.items():
        names = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
        with rc_context({name: ink for name in names} | {"font.size": 9, "legend.labelcolor": ink}):
            figure = Figure((INCHES[0], height), layout="constrained", facecolor="none")
            axes = figure.subplots(rows, 1, sharex=True)
            for each in np.atleast_1d(axes):
                each.set_facecolor("none")
            fill(axes)
            drawn[theme] = figure_data(figure, DPI, QUALITY)
    return Picture(**drawn, text=text, height=round(height * DPI))


def pictures_of(outcome, mixture, ideal):
    """The Pictures of one step. ideal: the Outcome with ideal gains and strengths."""
    own = EXPLAINED[outcome.step.kind](outcome, mixture, ideal)
    return [spectrogram(outcome.output, mixture, outcome.step.name), *own]


def spectrogram(samples, mixture, name):
    """Of any signal, on the scale of the mixture's."""
    loudest_db = power_db(mixture.noisy).max()

    def fill(axes):
        draw_spectrogram(axes, power_db(samples), "", loudest_db)
        axes.set_xlabel("time, s")

    return draw(f"Spectrogram: {name}.", fill)


def decibels(gains):
    return 20 * np.log10(np.maximum(gains, 1e-5))


def bin_gains(outcome):
    """|X| / |Y| as this step left it, (frames, bins up to 20 kHz)."""
    X, Y = (outcome.signals[name].reshape(len(outcome.signals[name]), -1, 2, NUM_BINS)[:, 0] for name in "XY")
    gains = np.hypot(X[:, 0], X[:, 1]) / np.maximum(np.hypot(Y[:, 0], Y[:, 1]), 1e-20)
    return gains[:, : BAND_LIMIT_BIN + 1]


def of_noisy(_, mixture, __):
    return [spectrogram(mixture.noisy - mixture.clean, mixture, "the noise alone")]


def of_bins(outcome, *_):
    def fill(axes):
        top_khz = BAND_LIMIT_BIN * SAMPLE_RATE / WINDOW_SIZE / 1000
        image(axes, decibels(bin_gains(outcome)).T, 0, top_khz, "dB", vmin=-GAIN_RANGE_DB, vmax=0, cmap="viridis")
        axes.set(xlabel="time, s", ylabel="kHz")

    return [draw("Gains over time: one for every bin, so that the gaps between a voice's harmonics are dark.", fill)]


def over_bands(values, label, text, vmin, vmax):
    """Values (frames, bands) over time."""

    def fill(axes):
        draw_bands(axes, values, "", label, vmin=vmin, vmax=vmax, cmap="viridis")
        axes.set_xlabel("time, s")

    return draw(text, fill)


def gains_over_time(outcome, text):
    return over_bands(decibels(outcome.signals["g_hat"]), "dB", text, -GAIN_RANGE_DB, 0)


def strengths_over_time(outcome, text):
    return over_bands(outcome.signals["r"], "strength", text, 0, 1)


def of_bands(outcome, *_):
    def fill(axes):
        hertz = np.arange(NUM_BINS) * SAMPLE_RATE / WINDOW_SIZE
        for b in range(NUM_BANDS):
            weights = np.zeros(NUM_BINS)
            np.add.at(weights, BAND_BINS[b], BAND_WEIGHTS[b])
            used = slice(max(0, np.flatnonzero(weights)[0] - 1), np.flatnonzero(weights)[-1] + 2)
            axes.plot(hertz[used] / 1000, weights[used], linewidth=1)
        axes.set(xlabel="kHz", ylabel="weight", xlim=(0, 20), ylim=(0, 1.05))
        axes.set_xscale("symlog", linthresh=1, linscale=1)
        axes.set_xticks([0, 0.5, 1, 2, 5, 10, 20], ["0", "0.5", "1", "2", "5", "10", "20"])
        axes.minorticks_off()

    triangles = draw(f"The {NUM_BANDS} bands: triangles that add up to 1, wider the higher they lie.", fill)
    return [triangles, gains_over_time(outcome, "Gains over time: one for every band.")]


def of_comb(outcome, mixture, _):
    strengths = strengths_over_time(outcome, "Comb strengths over time: high where the voice has a pitch.")
    frame = voiced_frame(outcome, mixture)
    return [pitch_path(outcome, mixture), strengths, *([] if frame is None else [comb_response(frame)])]


def pitch_path(outcome, mixture):
    """Where the comb's teeth lie: the pitch and some of its multiples over the noisy spectrogram."""
    pitch = SAMPLE_RATE / outcome.signals["period"] / 1000
    pitch[outcome.signals["correlation"] < VOICED] = np.nan
    levels = power_db(mixture.noisy, PITCH_WINDOW)[: int(PITCH_TOP_KHZ * 1000 * PITCH_WINDOW / SAMPLE_RATE) + 1]

    def fill(axes):
        loudest = levels.max()
        image(axes, levels, 0, PITCH_TOP_KHZ, "dBFS", vmin=loudest - 60, vmax=loudest, cmap="gray")
        times = np.arange(len(pitch)) * HOP_S
        for k in range(1, HARMONICS + 1):
            axes.plot(times, k * pitch, color="tab:orange", linewidth=2 if k == 1 else 0.7)
        axes.set(xlabel="time, s", ylabel="kHz", ylim=(0, PITCH_TOP_KHZ), xlim=(0, mixture.noisy.size / SAMPLE_RATE))

    return draw("Pitch path (thick) and multiples over the noisy spectrogram, where the pitch is clear.", fill)


@dataclass(frozen=True)
class VoicedFrame:
    """One window: its time in s, its pitch period in samples, strengths (bands,); noisy, combed, clean: (960,)."""

    time: float
    period: int
    r: np.ndarray
    noisy: np.ndarray
    combed: np.ndarray
    clean: np.ndarray


def voiced_frame(outcome, mixture):
    """Of the loudest frames of the speech the one that is most periodic and combed; None where no frame is."""
    signals, count = outcome.signals, len(outcome.signals["p"])
    padded = [np.pad(x, (FRAME_SIZE, (count + 1) * FRAME_SIZE - x.size)) for x in (mixture.noisy, mixture.clean)]
    noisy, clean = (np.lib.stride_tricks.sliding_window_view(x, WINDOW_SIZE)[::FRAME_SIZE][:count] for x in padded)
    power = np.sum(clean**2, axis=1)
    usable = (power >= np.quantile(power, 1 - LOUD_SHARE)) & (signals["correlation"][:, 0] >= VOICED)
    if not usable.any():
        return None
    at = int(np.argmax(np.where(usable, signals["correlation"][:, 0] * signals["r"].mean(axis=1), -1)))
    row = {name: signals[name][at] for name in ("period", "r", "p")}
    return VoicedFrame(at * HOP_S, int(row["period"][0]), row["r"], noisy[at], row["p"], clean[at])


def draw_lines(axes, hertz, lines):
    """{label: (complex values from 0 Hz on, style)} in dB, the legend above."""
    for label, (values, style) in lines.items():
        axes.plot(hertz, decibels(np.abs(values[: hertz.size])), label=label, **style)
    axes.set(ylabel="dB")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 0.97), ncols=3, fontsize="small", frameon=False)


def comb_response(frame):
    """What the comb does to one window: the response, and the spectra before, after and as they should be."""
    hertz = np.fft.rfftfreq(FINE_FFT, 1 / SAMPLE_RATE)
    shown = hertz <= COMB_TOP_HZ
    r = np.interp(hertz, BAND_PEAKS * SAMPLE_RATE / WINDOW_SIZE, frame.r)
    weights = COMB_WEIGHTS[int(future_periods(frame.period)) - 1]
    turns = np.outer(hertz, np.arange(-COMB_ORDER, COMB_ORDER + 1)) * frame.period / SAMPLE_RATE
    H = np.exp(-2j * np.pi * turns) @ weights
    noisy, combed, clean = (
        np.fft.rfft(x * ANALYSIS_WINDOW, FINE_FFT) for x in (frame.noisy, frame.combed, frame.clean)
    )
    mixed = noisy + r * (combed - noisy)

    def fill(axes):
        thin, thick = {"color": "tab:gray", "linewidth": 0.8}, {"color": "tab:blue"}
        dotted = {"color": "tab:orange", "linestyle": ":"}
        top = np.abs(noisy[shown]).max()
        lines = {"noisy": (noisy / top, thin), "combed": (mixed / top, thick), "clean": (clean / top, dotted)}
        draw_lines(axes[0], hertz[shown], {"comb alone": (H, thin), "at its strengths": (1 + r * (H - 1), thick)})
        draw_lines(axes[1], hertz[shown], lines)
        axes[0].set(ylim=(-32, 3))
        axes[1].set(ylim=(-50, 3), xlim=(0, COMB_TOP_HZ), xlabel="Hz")

    pitch = SAMPLE_RATE / frame.period
    text = f"The comb at {frame.time:.2f} s, pitch {pitch:.0f} Hz: its response, and the spectra of that window."
    return draw(text, fill, rows=2)


def of_postfilter(outcome, *_):
    def fill(axes):
        g = np.linspace(0, 1, 200)
        axes.plot(g, g, color="tab:gray", linewidth=0.8, label="unchanged")
        axes.plot(g, warp(g, outcome.step.postfilter), color="tab:blue", label=f"strength {outcome.step.postfilter:g}")
        axes.set(xlabel="gain", ylabel="gain after warping", xlim=(0, 1), ylim=(0, 1))
        axes.legend(loc="upper left", fontsize="small", frameon=False)

    warping = draw("The postfilter's curve: small gains become smaller, then the frame is made as loud again.", fill)
    return [warping, gains_over_time(outcome, "Gains over time, after the postfilter.")]


def of_network(outcome, mixture, ideal):
    far = np.abs(outcome.signals["g_hat"] - ideal.signals["g_hat"]).mean()
    return [
        gains_over_time(outcome, f"Gains that the network gives; on average {far:.2f} away from the ideal ones."),
        strengths_over_time(outcome, "Comb strengths that the network gives."),
    ]


EXPLAINED = {
    NOISY: of_noisy,
    BINS: of_bins,
    BANDS: of_bands,
    COMB: of_comb,
    POSTFILTER: of_postfilter,
    NETWORK: of_network,
}
