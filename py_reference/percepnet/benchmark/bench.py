"""`percepnet bench`: what we cost and what others cost, in turns in one run; and what the machine could do."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from . import bench_print, bench_tables
from .. import __version__, web_page
from ..audio_io import atomic, check_target
from ..building.environment import ROOT
from ..commands.checkout import need_checkout
from ..commands.models import find_model, list_models
from ..commands.terminal import complain, progress_bar, say
from ..constants import FRAME_SIZE, STAGES
from ..engines.wasm_node import VARIANTS
from ..errors import PercepNetError
from ..model_file import SIZES
from ..requirements import need
from ..verification.checks import read_recordings
from ..verification.verify_backends import choose
from .competitors import busy_note, competitors, wait_until_calm
from .machine import describe_machine
from .pinning import may_go_first, measuring_core, pinned
from .ratios import find_rivals, ratio, ratio_to_native
from .rounds import call_figures, quartiles, take_turns
from .sizes import read_modules

SPEECH = ROOT / "tests" / "audio" / "noisy_speech.wav"
LEAST_FRAMES = 10
DEFAULT_BACKENDS = "reference,native,wasm,browser"


@dataclass(frozen=True)
class Effort:
    """rounds beyond the first, frames in each; visits for each cold start."""

    rounds: int
    frames: int
    visits: int


THOROUGH, QUICK = Effort(rounds=15, frames=300, visits=5), Effort(rounds=3, frames=100, visits=2)


@dataclass(frozen=True)
class Request:
    """What to measure. models: {name: bytes}. backends: "reference" and names of verify_backends.NAMES."""

    models: dict
    backends: list
    packages: list
    libraries: list
    effort: Effort
    spreads: tuple = ()
    instructions: bool = False
    roofline: bool = True
    cold_start: bool = True
    sizes: bool = False

    @property
    def places(self):
        kinds = {"native": "native", "wasm": "node", "browser": "browser"}
        return {kinds[kind] for name in self.backends if (kind := name.partition("-")[0]) in kinds}

    @property
    def variants(self):
        """Of our modules, those that a WASM or browser backend asks for."""
        return [v for v in VARIANTS if any(name.endswith(f"-{v}") for name in self.backends)]

    def smallest_and_largest(self):
        names = sorted(self.models, key=lambda name: len(self.models[name]))
        return {name: self.models[name] for name in dict.fromkeys([names[0], names[-1]])}


def excerpt(samples, timer, frames):
    """The samples that a timer is given in one round: slow ones get fewer."""
    wanted = max(LEAST_FRAMES, round(timer.pace * frames)) * FRAME_SIZE
    return np.resize(samples, wanted)


def measure_times(request, page, core, missing, steps):
    """({Key: timer}, {Key: [Round]}) of everything that could be opened; what could not be goes into `missing`."""
    from .subjects import open_ours, open_peers, pin_all

    samples = read_recordings(SPEECH)[0].samples
    steps.say("starting")
    ours, lacking = open_ours(request.backends, request.models, page, request.spreads)
    missing |= lacking
    others, lacking = open_peers(request.packages, request.libraries, request.places, page)
    missing |= lacking
    timers, effort = ours | others, request.effort
    pin_all(timers, core)
    steps.say("waiting until everything has started")
    wait_until_calm()
    steps.expect((effort.rounds + 1) * len(timers))

    def run(timer):
        return timer.round(excerpt(samples, timer, effort.frames))

    def advance(number, key):
        steps.advance(f"round {number} of {effort.rounds}: {key.place}, {key.label}")

    with pinned(core):
        return timers, take_turns(timers, effort.rounds, run, advance)


def summarise(timers, found):
    """The list of results as tables and JSON show them, and {place: the fastest RNNoise there}."""
    rivals, quickest = find_rivals(found), find_rivals(found, by_calls=True)
    natives = [key for key in found if key.place == "native" and key.is_ours]
    best = {key.system: key for key in natives if not key.variant}
    baselines = {key.system: key for key in natives if key.variant}
    results = []
    for key, rounds in found.items():
        in_calls = [one.in_calls for one in rounds if one.in_calls is not None]
        entry = {
            "place": key.place,
            "system": key.system,
            "variant": key.variant,
            "is_ours": key.is_ours,
            "us_per_frame": quartiles([one.us for one in rounds]),
            "us_in_calls": quartiles(in_calls) if in_calls else None,
            "calls": call_figures(rounds) if key.place != "reference" else None,
            "us_per_stage": stage_figures(rounds),
            "times_rnnoise": ratio(found, key, rivals.get(key.place)),
            "times_rnnoise_in_calls": ratio(found, key, quickest.get(key.place), by_calls=True),
            "times_native": ratio_to_native(found, key, best.get(key.system)),
            "times_baseline": ratio_to_native(found, key, baselines.get(key.system)),
        }
        known = ("state_size", "memory_size", "kernel")
        results.append(entry | {name: getattr(timers[key], name) for name in known if hasattr(timers[key], name)})
    fastest = rivals | quickest  # in the browser by calls, which have less in them that is not the suppressor's
    return results, {place: key.system for place, key in fastest.items()}


def stage_figures(rounds):
    """{stage: quartiles}, or None where stages were not timed."""
    if any(one.stages is None for one in rounds):
        return None
    columns = np.array([one.stages for one in rounds]).T
    return {stage: quartiles(column) for stage, column in zip(STAGES, columns, strict=True)}


class Steps:
    """The progress bar, whose length grows as it becomes known what there is to do."""

    def __init__(self, bar):
        self.bar, self.task = bar, bar.add_task("starting", total=None)

    def expect(self, count):
        self.bar.update(self.task, total=(self.bar.tasks[0].total or 0) + count)

    def say(self, what):
        self.bar.update(self.task, description=what)

    def advance(self, what):
        self.bar.update(self.task, advance=1, description=what)


def attempt(name, work, missing, empty):
    """work(), or `empty` where something that it needs is missing, which goes into `missing`."""
    try:
        return work()
    except PercepNetError as error:
        missing[name] = str(error)
        return empty


def measure_roofline(request, page, core):
    from .roofline import measure_roofline as measure

    with pinned(core):
        return measure([v for v in request.variants if v != "scalar"], page() if "browser" in request.places else None)


def measure_starts(request, steps):
    from .cold_start import measure_cold_starts

    models, variants = request.smallest_and_largest(), [v for v in request.variants if v != "scalar"]
    steps.expect(len(models) * len(variants) * request.effort.visits)
    return measure_cold_starts(models, variants, request.effort.visits, steps.advance)


def count_all(request):
    from .instructions import FRAMES, count_instructions

    samples = np.resize(read_recordings(SPEECH)[0].samples, FRAMES * FRAME_SIZE)
    return {name: count_instructions(data, samples) for name, data in request.models.items()}


def size_models(steps):
    from .sizes import model_sizes

    paths = list_models()
    steps.expect(len(paths))
    sizes = {}
    for path in paths:
        steps.advance(f"compressing {path.stem}, slow")
        sizes[path.stem] = model_sizes(path.read_bytes())
    return sizes


def size_packages(request):
    from .sizes import package_sizes

    return {package.name: package_sizes(package) for package in request.packages if package.is_installed()}


def bench(request, busy=None):
    """Measures and returns everything as JSON takes it. busy: what competitors.busy_note said."""
    from .worklet_timing import BenchPage

    core, missing, opened = measuring_core(), {}, []

    @cache
    def page():
        opened.append(BenchPage(core=core))
        return opened[0]

    try:
        with progress_bar() as bar:
            steps = Steps(bar)
            timers, found = measure_times(request, page, core, missing, steps)
            results, rivals = summarise(timers, found)
            report = {
                "version": __version__,
                "machine": describe_machine(opened[0].version if opened else None),
                "busy": busy,
                "core": core,
                "goes_first": may_go_first(),
                "rounds": request.effort.rounds,
                "frames": request.effort.frames,
                "results": results,
                "fastest_rnnoise": rivals,
                "clock": opened[0].clock_quality() if opened else None,
                "modules": read_modules(),
                "models": {name: len(data) for name, data in request.models.items()},
            }
            report |= further(request, page, core, missing, steps)
    finally:
        for one in opened:
            one.close()
    return report | {"missing": missing}


def further(request, page, core, missing, steps):
    """The sections that are measured on their own, behind the rounds; empty ones where they were not asked for."""
    sections = {"roofline": None, "cold_starts": [], "instructions": {}, "model_sizes": {}, "package_sizes": {}}
    work = {
        "roofline": lambda: measure_roofline(request, page, core),
        "cold_starts": lambda: measure_starts(request, steps),
        "instructions": lambda: count_all(request),
        "model_sizes": lambda: size_models(steps),
        "package_sizes": lambda: size_packages(request),
    }
    wanted = {
        "roofline": request.roofline and request.places & {"native", "node"},
        "cold_starts": request.cold_start and "browser" in request.places and "browser" not in missing,
        "instructions": request.instructions,
        "model_sizes": request.sizes,
        "package_sizes": request.sizes,
    }
    for name in filter(wanted.get, sections):
        steps.say(name.replace("_", " "))
        sections[name] = attempt(name.replace("_", " "), work[name], missing, sections[name])
    return sections


def make_request(width, density, model, backends, peers, effort, **sections):
    """A Request from what was typed. Raises PercepNetError."""
    from .subjects import choose_packages, our_models

    widths = sorted(set(width or ([] if model else SIZES)))
    if set(widths) - set(SIZES):
        raise typer.BadParameter(f"the widths are {', '.join(map(str, SIZES))}", param_hint="--width")
    words = [word.strip() for word in backends.split(",")]
    others = ",".join(word for word in words if word != "reference")
    names = ["reference"] * ("reference" in words) + (choose(others) if others else [])
    packages, libraries = choose_packages(peers)
    models = our_models(widths, density or [], [find_model(name) for name in model or []])
    return Request(models, names, packages, libraries, effort, **sections)


def command(
    width: Annotated[
        list[int] | None, typer.Option(help="Width of a network of random weights; may be repeated. Default: all.")
    ] = None,
    density: Annotated[
        list[float] | None,
        typer.Option(min=0.01, max=0.99, help="Also these widths with that share of their weights' blocks, e.g. 0.25."),
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="A trained model, file or name, beside or instead of widths.")
    ] = None,
    backends: Annotated[
        str, typer.Option(help="Any of reference, native, wasm (in Node), browser; or e.g. browser-relaxed.")
    ] = DEFAULT_BACKENDS,
    spread: Annotated[
        list[int] | None,
        typer.Option(min=1, max=3, help="Also the browser with a frame's work spread over that many calls more."),
    ] = None,
    peers: Annotated[
        str, typer.Option(help="Other noise suppressors beside ours: all, none, or names such as rnnoise,gtcrn.")
    ] = "all",
    quick: Annotated[bool, typer.Option("--quick", help="Fewer and shorter rounds, no cold starts.")] = False,
    rounds: Annotated[int | None, typer.Option(min=1, help="How often everything takes its turn.")] = None,
    roofline: Annotated[
        bool, typer.Option(help="The int8 product against the machine's peak and bandwidth; needs a C compiler.")
    ] = True,
    cold_start: Annotated[
        bool | None,
        typer.Option(help="Visits with empty caches and with full ones. Default: unless --quick.", show_default=False),
    ] = None,
    instructions: Annotated[
        bool, typer.Option("--instructions", help="Also count native instructions with valgrind: no noise at all.")
    ] = False,
    sizes: Annotated[
        bool, typer.Option("--sizes", help="Also compress models and packages, and estimate an entropy coder; slow.")
    ] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write pictures and tables here, one file.")] = None,
    markdown_file: Annotated[
        Path | None, typer.Option("--markdown", help="Write the machine and a table of all widths here, for a README.")
    ] = None,
):
    """Measure what a frame of 10 ms costs, ours and other noise suppressors in turns, and what the machine could do.

    In native code, WebAssembly in Node and a browser's AudioWorklet; with stages, single calls, cold starts, sizes and
    memory. docs/benchmark.md says how. Close other programs first.
    """
    need_checkout("tests")
    effort = QUICK if quick else THOROUGH
    effort = Effort(rounds or effort.rounds, effort.frames, effort.visits)
    cold_start = not quick if cold_start is None else cold_start
    sections = {"roofline": roofline, "cold_start": cold_start, "instructions": instructions, "sizes": sizes}
    sections["spreads"] = tuple(sorted(set(spread or [])))
    request = make_request(width, density, model, backends, peers, effort, **sections)
    if html_file:
        need(*web_page.PACKAGES)
    for path in filter(None, (json_file, html_file, markdown_file)):
        check_target(path)
    note = busy_note(competitors())
    if note:
        complain(note, "note")
    report = bench(request, note)
    bench_print.print_report(report["machine"], bench_tables.tables(report))
    for name, advice in report["missing"].items():
        say(f"{name} was not measured: {advice}")
    write_files(report, json_file, html_file, markdown_file)
    if any(name in DEFAULT_BACKENDS.split(",") or name in request.backends for name in report["missing"]):
        raise typer.Exit(2)


def write_files(report, json_file, html_file, markdown_file):
    """The report as JSON, as a page and as Markdown, where they are wanted."""
    if json_file:
        with atomic(json_file) as part:
            part.write_text(json.dumps(report, indent=2) + "\n")
    if html_file:
        from .bench_report import write_html

        write_html(html_file, report)
        say(f"look: {html_file}")
    if markdown_file:
        from .bench_markdown import write_markdown

        write_markdown(markdown_file, report)
