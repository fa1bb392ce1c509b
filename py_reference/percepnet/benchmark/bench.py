"""`percepnet bench`: microseconds per 10 ms frame, by implementation, network width and stage; and sizes."""

import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from . import bench_tables
from .. import __version__
from ..audio_io import atomic, check_target
from ..constants import FRAME_SIZE, STAGES
from ..building.environment import ROOT
from ..errors import Missing
from .machine import describe_machine
from ..model_file import SIZES, encode_model, random_weights
from ..commands.terminal import out, progress_bar, say
from .timing import browser_version, make_timer
from ..verification.checks import read_recordings
from ..verification.verify_backends import choose

SPEECH = ROOT / "tests" / "audio" / "noisy_speech.wav"
ROUNDS, FRAMES, STAGE_FRAMES = 9, 300, 60
QUICK_ROUNDS, QUICK_FRAMES = 3, 100
LEAST_FRAMES = 5


def open_timers(names, models):
    """({(backend, width): timer}, {backend: what to build or install}). models: {width: bytes}."""
    timers, missing = {}, {}
    for name in names:
        try:
            timers |= {(name, width): make_timer(name, model) for width, model in models.items()}
        except Missing as error:
            missing[name] = str(error)
    return timers, missing


def excerpt(samples, timer, frames):
    """The samples that a timer is given in one round: slow ones get fewer."""
    return samples[: max(LEAST_FRAMES, round(timer.pace * frames)) * FRAME_SIZE]


def measure(timers, samples, rounds, frames, advance):
    """One round after another of all timers in turn, so that what else the machine does hits all alike.

    The first round only warms up. A round's figure is the median of its frames. Returns, by key, lists of
    each round's microseconds, arrays (rounds, stages), and lists of each round's slowest frame.
    """
    totals, stages, worst = ({key: [] for key in timers} for _ in range(3))
    for number in range(rounds + 1):
        for key, timer in timers.items():
            advance(f"round {number} of {rounds}: {key[0]}, width {key[1]}")
            times = timer.frames(excerpt(samples, timer, frames))
            by_stage = None
            if hasattr(timer, "stages"):
                by_stage = np.median(timer.stages(excerpt(samples, timer, min(frames, STAGE_FRAMES))), axis=0)
            if number == 0:
                continue
            totals[key].append(float(np.median(times)))
            worst[key].append(float(times.max()))
            if by_stage is not None:
                stages[key].append(by_stage)
    return totals, {key: np.array(rows) for key, rows in stages.items() if rows}, worst


def quartiles(values):
    """{"best", "q1", "median", "q3"} of some figures."""
    names = ("best", "q1", "median", "q3")
    return dict(zip(names, np.percentile(values, [0, 25, 50, 75]).tolist(), strict=True))


def summarise(timers, totals, stages, worst):
    """The list of results as the tables and the JSON file show them."""
    results = []
    for (backend, width), figures in totals.items():
        entry = {"backend": backend, "width": width, "us_per_frame": quartiles(figures)}
        entry["core_share"] = entry["us_per_frame"]["median"] / 10_000
        if (native := totals.get(("native", width))):
            entry["times_native"] = entry["us_per_frame"]["median"] / float(np.median(native))
        if (backend, width) in stages:
            entry["slowest_frame_us"] = max(worst[backend, width])
            columns = stages[backend, width].T
            entry["us_per_stage"] = {s: quartiles(column) for s, column in zip(STAGES, columns, strict=True)}
        for size in ("state_size", "memory_size"):
            if hasattr(timers[backend, width], size):
                entry[size] = getattr(timers[backend, width], size)
        results.append(entry)
    return results


def read_modules():
    """{variant: {"bytes", "gzip", "brotli"}} of the release modules; {} before they are built."""
    manifest = ROOT / "build/wasm/manifest.json"
    modules = json.loads(manifest.read_text())["modules"] if manifest.exists() else {}
    return {name: {key: entry[key] for key in ("bytes", "gzip", "brotli")} for name, entry in modules.items()}


def bench(names, widths, rounds, frames):
    """Measures and returns everything as JSON takes it. names: "reference" or verify_backends.NAMES."""
    models = {width: encode_model(random_weights(width, 1), {}) for width in widths}
    samples = read_recordings(SPEECH)[0].samples
    timers, missing = open_timers(names, models)
    with progress_bar() as bar:
        task = bar.add_task("starting", total=(rounds + 1) * len(timers))

        def advance(what):
            bar.update(task, advance=1, description=what)

        totals, stages, worst = measure(timers, samples, rounds, frames, advance)
    uses_browser = any(name.startswith("browser") for name, _ in timers)
    return {
        "version": __version__,
        "machine": describe_machine(browser_version() if uses_browser else None),
        "rounds": rounds,
        "frames": frames,
        "results": summarise(timers, totals, stages, worst),
        "modules": read_modules(),
        "models": {width: len(data) for width, data in models.items()},
        "missing": missing,
    }


def command(
    width: Annotated[list[int] | None, typer.Option(help="Width of the network; may be repeated.")] = None,
    backends: Annotated[
        str, typer.Option(help="Any of reference, native, wasm, browser, or e.g. wasm-simd128.")
    ] = "reference,native,wasm,browser",
    quick: Annotated[bool, typer.Option("--quick", help="Fewer and shorter rounds.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here.")] = None,
):
    """Measure microseconds per 10 ms frame, by implementation, network width and stage; sizes and memory."""
    widths = sorted(set(width or SIZES))
    if set(widths) - set(SIZES):
        raise typer.BadParameter(f"the widths are {', '.join(map(str, SIZES))}", param_hint="--width")
    words = [word.strip() for word in backends.split(",")]
    others = ",".join(word for word in words if word != "reference")
    names = ["reference"] * ("reference" in words) + (choose(others) if others else [])
    if json_file:
        check_target(json_file)
    report = bench(names, widths, *((QUICK_ROUNDS, QUICK_FRAMES) if quick else (ROUNDS, FRAMES)))
    for table in bench_tables.tables(report):
        out.print(table)
    for name, advice in report["missing"].items():
        say(f"{name} was not measured: {advice}")
    if json_file:
        with atomic(json_file) as part:
            part.write_text(json.dumps(report, indent=2) + "\n")
    if report["missing"]:
        raise typer.Exit(2)
