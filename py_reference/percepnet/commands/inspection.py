"""What the pipeline sees and decides in a recording, frame by frame."""

from dataclasses import dataclass

import numpy as np
from rich.table import Table

from ..audio_io import at_core_rate
from ..constants import FRAME_SIZE, LATENCY, LOOK_AHEAD, SAMPLE_RATE
from ..native import Inspector
from ..samples import pad

VOICED = 0.5  # pitch correlation from which a frame is drawn and counted as voiced
SCALARS = ("period", "correlation", "voice", "snr_db", "repaired")
VECTORS = ("g", "r", "g_hat")


@dataclass(frozen=True)
class Inspection:
    """noisy, enhanced: (n,) at 48 kHz. signals: one row per frame, named as in the specification.

    Row i describes the window centred on sample i * FRAME_SIZE.
    """

    noisy: np.ndarray
    enhanced: np.ndarray
    signals: dict

    @property
    def voiced(self):
        return self.signals["correlation"] >= VOICED

    @property
    def pitch_hz(self):
        return SAMPLE_RATE / self.signals["period"]


def inspect_audio(audio, model, **config):
    """Inspection of the first channel by the C core's testing library."""
    noisy = np.ascontiguousarray(at_core_rate(audio).samples[:, 0])
    stream, padded = Inspector(model, **config), pad(noisy)
    views = {name: stream.signal(name) for name in ("xc", *VECTORS, *SCALARS)}
    rows = {name: [] for name in views}
    out = np.empty_like(padded)
    for at in range(0, padded.size, FRAME_SIZE):
        out[at : at + FRAME_SIZE], _ = stream.process_frame(padded[at : at + FRAME_SIZE])
        for name, view in views.items():
            rows[name].append(view.copy())
    frames = padded.size // FRAME_SIZE - LOOK_AHEAD
    return Inspection(noisy, out[LATENCY : LATENCY + noisy.size], {n: align(n, r, frames) for n, r in rows.items()})


def align(name, rows, frames):
    """Rows per step -> per frame: xc and repaired are the newest frame's, the rest LOOK_AHEAD older."""
    rows = np.stack(rows)
    rows = rows[:frames] if name in ("xc", "repaired") else rows[LOOK_AHEAD:]
    return rows[:, 0] if name in SCALARS else rows


def level_db(samples):
    """Mean power in dB relative to a square wave of full scale."""
    return 10 * np.log10(max(np.mean(np.square(samples, dtype=np.float64)), 1e-20))


def summary_table(inspection, title):
    """A rich Table of what can be said in numbers."""
    s, voiced = inspection.signals, inspection.voiced
    pitch = inspection.pitch_hz[voiced]
    low, median, high = np.percentile(pitch, [5, 50, 95]) if pitch.size else (np.nan,) * 3
    before, after = level_db(inspection.noisy), level_db(inspection.enhanced)
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_row("length", f"{inspection.noisy.size / SAMPLE_RATE:.2f} s, {len(s['g'])} frames")
    table.add_row("level", f"{before:.1f} dBFS before, {after:.1f} dBFS after")
    table.add_row("voiced", f"{100 * voiced.mean():.0f} % of the frames (pitch correlation at least {VOICED})")
    table.add_row("pitch when voiced", f"{median:.0f} Hz (5 %..95 %: {low:.0f}..{high:.0f} Hz)" if pitch.size else "-")
    table.add_row("speech presence", f"{100 * s['voice'].mean():.0f} % on average")
    table.add_row("estimated SNR", f"{np.median(s['snr_db']):.1f} dB (median)")
    table.add_row("gain", f"{np.mean(20 * np.log10(np.maximum(s['g_hat'], 1e-5))):.1f} dB (mean over bands and frames)")
    table.add_row(
        "comb strength",
        f"{s['r'].mean():.2f} on average, {s['r'][voiced].mean() if voiced.any() else 0:.2f} when voiced",
    )
    table.add_row("repaired samples", f"{int(s['repaired'].sum())}")
    return table
