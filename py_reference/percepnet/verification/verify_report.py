"""What `percepnet verify` writes: the results as JSON, and a web page in one file with plots."""

import json
import math
from pathlib import Path

import numpy as np

from .. import __version__
from ..audio_io import atomic
from .comparison import LSB, compare
from ..constants import FRAME_SIZE, SAMPLE_RATE
from ..web_page import figure_url, write_page

TEMPLATE = Path(__file__).with_name("verify_report.html")
DPI = 80


def finite(value):
    """JSON has no infinities: null instead."""
    return value if value is None or math.isfinite(value) else None


def row(result):
    """A Result as JSON takes it."""
    comparison, difference = result.comparison, result.difference
    entry = {
        "recording": result.recording.name,
        "model": result.model,
        "backend": result.backend,
        "bit_exact": result.is_exact,
        "error": result.error,
    }
    if comparison:
        entry["first_sample"] = comparison.first
        numbers = ("max_error_lsb", "snr_db", "max_difference_lsb")
        entry |= {name: finite(getattr(comparison, name)) for name in numbers}
    if difference:
        entry["difference"] = {
            "frame": difference.frame,
            "seconds": difference.frame * FRAME_SIZE / SAMPLE_RATE,
            "stage": difference.stage,
            "signal": difference.signal,
            "index": difference.index,
            "expected": finite(difference.expected),
            "got": finite(difference.got),
        }
    return entry


def as_dict(verification, machine):
    """A Verification as JSON takes it."""
    references = []
    for (recording, model), (float32, float64) in verification.references.items():
        own = compare(float32, float32, float64)
        numbers = {"max_error_lsb": finite(own.max_error_lsb), "snr_db": finite(own.snr_db)}
        references.append({"recording": recording, "model": model, "samples": int(float32.size), **numbers})
    return {
        "version": __version__,
        "machine": machine,
        "passed": verification.exit_status == 0,
        "missing": verification.missing,
        "reference": references,
        "results": [row(result) for result in verification.results],
    }


def write_json(path, verification, machine):
    """Writes the results, whole or not at all."""
    with atomic(path) as part:
        part.write_text(json.dumps(as_dict(verification, machine), indent=2, allow_nan=False) + "\n")


def frame_errors(error):
    """Largest magnitude per frame, in steps of 16-bit audio, at least 1e-6 so that it can be drawn."""
    whole = error[: error.size // FRAME_SIZE * FRAME_SIZE].reshape(-1, FRAME_SIZE)
    return np.maximum(np.abs(whole).max(axis=1, initial=0) / LSB, 1e-6)


def draw_errors(axes, results, float32, float64):
    """Error over time: of the float32 reference against float64, and of every output that differs from it."""
    own = frame_errors(float32 - float64)
    seconds = np.arange(own.size) * FRAME_SIZE / SAMPLE_RATE
    label = "float32 - float64, any bit-exact backend"
    axes.semilogy(seconds, own, color="tab:blue", linewidth=0.9, label=label)
    for result in results:
        if result.output is not None and not result.is_exact:
            error = frame_errors(result.output - float32)
            axes.semilogy(seconds[: error.size], error, linewidth=0.9, label=f"{result.backend} - float32")
    axes.set(xlabel="seconds", ylabel="16-bit LSB", xlim=(0, own.size * FRAME_SIZE / SAMPLE_RATE))
    axes.set_title("Largest error in each frame")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")


def draw_spectrogram(axes, samples, title):
    padded = np.concatenate([samples, np.zeros(max(0, 2 * FRAME_SIZE - samples.size))])
    tiny = 1e-9 * np.resize([1, -1, -1], padded.size)  # digital silence has no logarithm
    settings = {"NFFT": 2 * FRAME_SIZE, "noverlap": FRAME_SIZE, "Fs": SAMPLE_RATE}
    axes.specgram(padded + tiny, **settings, scale="dB", vmin=-160, vmax=-60)
    axes.set(ylabel="kHz", ylim=(0, 20_000), title=title, xticks=[], xlim=(0, padded.size / SAMPLE_RATE))
    axes.set_yticks(range(0, 20_001, 5000), range(0, 21, 5))


def plot(recording, results, float32, float64):
    """The plots of one recording and model, a picture as a data: URL."""
    from matplotlib.figure import Figure

    figure = Figure((10, 7), layout="constrained")
    noisy, enhanced, errors = figure.subplots(3)
    draw_spectrogram(noisy, recording.samples, "Input")
    draw_spectrogram(enhanced, float64, "Reference")
    draw_errors(errors, results, float32, float64)
    return figure_url(figure, DPI)


def sections(verification):
    """For each recording and model: its numbers, the rows of its table, its plots."""
    for (name, model), (float32, float64) in verification.references.items():
        results = [r for r in verification.results if (r.recording.name, r.model) == (name, model)]
        if results:
            own = compare(float32, float32, float64)
            image = plot(results[0].recording, results, float32.astype(np.float64), float64)
            yield {"recording": name, "model": model, "reference": own, "results": results, "image": image}


def write_html(path, verification, machine):
    """Writes a page that needs no other file, whole or not at all."""
    write_page(path, TEMPLATE, verification=verification, machine=machine, sections=list(sections(verification)))
