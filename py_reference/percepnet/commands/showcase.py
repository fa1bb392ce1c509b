"""The main job: a real noisy recording through the built bundle in a real browser, and what came of it."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.table import Table

from ..audio_io import Audio, at_core_rate, check_folder, check_target, read_audio, write_audio
from ..engines.browser import DIST, Rendering, shared
from ..constants import FRAME_SIZE, LATENCY, SAMPLE_RATE
from ..errors import BadAudio
from .figures import comparison_figure, save_figure
from ..native import Enhancer
from ..quality import scores
from ..requirements import need
from .terminal import out, say
from ..benchmark.worklet_timing import BenchPage, our_timer

TIMINGS = 3  # the fastest counts: other programs can only make it slower
FRAME_MS = 1000 * FRAME_SIZE / SAMPLE_RATE


@dataclass(frozen=True)
class Result:
    """What the showcase found out. clean: (n,) or None. frame_us: microseconds of a frame in the worklet."""

    source: Path
    noisy: np.ndarray
    clean: np.ndarray | None
    rendering: Rendering
    frame_us: float
    is_native: bool
    engine: str
    model: Path
    wav: Path
    png: Path


def run_showcase(noisy_path, clean_path, folder, model):
    """Enhances one recording in the browser; writes the result and a figure to `folder`, prints a summary.

    Returns whether the browser gave the bits of the native library.
    """
    check_folder(folder)
    noisy, clean = read_recordings(noisy_path, clean_path)
    wav, png = (folder / f"{noisy_path.stem}_{name}" for name in ("enhanced.wav", "before_after.png"))
    need("matplotlib")
    browser = shared()  # both say what is missing before there is a folder
    folder.mkdir(parents=True, exist_ok=True)
    check_target(wav, [noisy_path])
    rendering = browser.render(noisy, model)
    is_native = np.array_equal(rendering.samples, Enhancer(model).enhance(noisy))
    with BenchPage() as page:
        timer = our_timer(page, model.stem, model.read_bytes(), rendering.variant)
        frame_us = min(timer.round(noisy).us for _ in range(TIMINGS))
    write_audio(wav, Audio(rendering.samples[:, None], SAMPLE_RATE, subtype="PCM_16"))
    signals = {"Noisy": noisy, "Enhanced": rendering.samples} | ({} if clean is None else {"Clean": clean})
    save_figure(comparison_figure(signals, f"{noisy_path.name}, {model.stem}"), png)
    engine = f"{browser.version}, {rendering.variant} module"
    show(Result(noisy_path, noisy, clean, rendering, frame_us, is_native, engine, model, wav, png))
    return is_native


def read_recordings(noisy_path, clean_path):
    """(noisy, clean or None), each (n,) at 48 kHz. Raises BadAudio where they are no pair to show."""
    noisy, clean = (first_channel(path) if path else None for path in (noisy_path, clean_path))
    if noisy.size < SAMPLE_RATE:
        raise BadAudio(f"{noisy_path} is shorter than a second: give a longer recording")
    if clean is not None and clean.size != noisy.size:
        raise BadAudio(f"{clean_path} is not as long as {noisy_path}: give the clean speech of that one")
    return noisy, clean


def first_channel(path):
    return np.ascontiguousarray(at_core_rate(read_audio(path)).samples[:, 0])


def show(result):
    """The summary, at most a screen."""
    out.print(run_table(result))
    if result.clean is not None:
        out.print(quality_table(result))
    say(f"listen: {result.wav}")
    say(f"look:   {result.png}")
    say("try it: `make demo` serves a page for this clip, your own files and your microphone")


def run_table(result):
    """What ran, how fast, and whether it is the C core bit for bit."""
    rendering, frame_us = result.rendering, result.frame_us
    sizes = ", ".join(f"{name} {size / 1024:.1f} KiB" for name, size in module_sizes().items())
    delays_ms = [1000 * delay / SAMPLE_RATE for delay in (LATENCY, rendering.latency)]
    title = f"{result.source.name}: {result.noisy.size / SAMPLE_RATE:.1f} s in an AudioWorklet"
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_row("engine", result.engine)
    table.add_row("modules", sizes)
    table.add_row("model", f"{result.model.stem}, {result.model.stat().st_size / 1024:.0f} KiB")
    share = frame_us / FRAME_MS / 1000
    table.add_row("speed", f"{frame_us:.0f} µs per {FRAME_MS:.0f} ms frame: {share:.1%} of one core")
    table.add_row("delay", f"{delays_ms[0]:.0f} ms algorithm, {delays_ms[1]:.1f} ms with the browser's framing")
    table.add_row("same bits as native C", "yes" if result.is_native else "[red]NO: run `percepnet verify`[/red]")
    return table


def module_sizes():
    """Bytes of each module in the bundle."""
    manifest = json.loads((DIST / "manifest.json").read_text())
    return {name: entry["bytes"] for name, entry in manifest["modules"].items()}


def quality_table(result):
    """Scores before and after."""
    before, after = (scores(result.clean, samples) for samples in (result.noisy, result.rendering.samples))
    table = Table("quality", "before", "after")
    for name, value in before.items():
        unit = " dB" if name == "SI-SDR" else ""
        table.add_row(name, f"{value:.2f}{unit}", f"{after[name]:.2f}{unit}")
    return table
