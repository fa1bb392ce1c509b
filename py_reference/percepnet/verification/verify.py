"""`percepnet verify`: every implementation against the reference, bit by bit, on real recordings."""

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from . import verify_report
from .. import web_page
from ..engines import browser
from ..audio_io import check_target
from .comparison import compare
from ..building.environment import ROOT
from ..errors import Missing
from ..benchmark.machine import describe_machine
from ..model_file import read_model
from ..requirements import need
from ..commands.models import find_model, list_models
from ..commands.terminal import out, progress_bar
from .checks import count_work, read_recordings, verify
from .verify_backends import choose

CLIPS = ROOT / "tests" / "audio"


def read_models(names):
    """{name: bytes} of the models named, or of all in models/. Raises Missing, BadModel or OSError."""
    paths = [find_model(name) for name in names] if names else list_models()
    if not paths:
        raise Missing("there is no model in models/: name a model file with --model")
    for path in paths:
        read_model(path)
    return {path.stem: path.read_bytes() for path in paths}


def describe(difference):
    """Where a Difference lies, in words."""
    if difference is None:
        return ""
    if difference.stage is None:
        return "around the stages, which agree one by one: loading, framing, or a build of other sources"
    values = f"{difference.got!r} for {difference.expected!r}"
    return f"{difference.stage}: {difference.signal}[{difference.index}] is {values}"


def decibels(value):
    return "exact" if value == float("inf") else f"{value:.1f}"


def verdict(results):
    """Table cell for the results of one group of backends: yes, or which are not bit-exact."""
    if not results:
        return "[yellow]not run"
    wrong = [r.backend.partition("-")[2] for r in results if not r.is_exact]
    return f"[red]no {' '.join(wrong)}".rstrip() if wrong else "[green]yes"


def matrix(verification, model):
    """A line per recording, a column per group of backends: what is bit-exact; and its own error."""
    groups = list(dict.fromkeys(name.partition("-")[0] for name in verification.backends))
    table = Table(title=f"{model}: the bits of the float32 reference?", box=box.SIMPLE_HEAD)
    for heading in ("recording", *groups, "error, LSB"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "recording")
    table.add_column("SNR, dB", justify="right", no_wrap=True)
    for (recording, name), (float32, float64) in verification.references.items():
        if name == model:
            found = [r for r in verification.results if (r.recording.name, r.model) == (recording, model)]
            cells = [verdict([r for r in found if r.backend.startswith(group)]) for group in groups]
            own = compare(float32, float32, float64)
            table.add_row(recording, *cells, f"{own.max_error_lsb:.2f}", decibels(own.snr_db))
    return table


def finding(result):
    """What is wrong with an output, in one line."""
    where = f"{result.recording.name}, {result.model}, {result.backend}"
    if result.error:
        return f"{where}: failed: {result.error}"
    comparison = result.comparison
    numbers = f"max error {comparison.max_error_lsb:.2f} LSB, SNR {decibels(comparison.snr_db)} dB"
    return f"{where}: from frame {result.difference.frame}, {describe(result.difference)} ({numbers})"


def print_verification(verification):
    for model in dict.fromkeys(model for _, model in verification.references):
        out.print(matrix(verification, model))
    out.print("Error and SNR are against the float64 reference, in steps of 16-bit audio.", style="dim")
    wrong = [result for result in verification.results if not result.is_exact]
    lines = [(finding(result), "red") for result in wrong]
    lines += [(f"{name} was not run: {advice}", "yellow") for name, advice in verification.missing.items()]
    for text, style in lines:
        out.print(text, style=style, markup=False, soft_wrap=True)
    count = len(verification.results)
    if wrong:
        out.print(f"{len(wrong)} of {count} outputs differ.", style="red")
    elif verification.exit_status == 0:
        out.print(f"All {count} outputs have the bits of the float32 reference.", style="green")


def run(recordings, models, backends):
    """verify with a progress bar."""
    with progress_bar() as bar:
        task = bar.add_task("starting", total=count_work(recordings, models, backends))

        def advance(what):
            bar.update(task, advance=1, description=what)

        return verify(recordings, models, backends, advance)


def command(
    folder: Annotated[Path, typer.Argument(help="Recordings: a folder or a file.", show_default="tests/audio")] = CLIPS,
    model: Annotated[
        list[str] | None, typer.Option(help="A model's name or file; may be repeated.", show_default="all")
    ] = None,
    backends: Annotated[
        str, typer.Option(help="Any of native, wasm, browser, or e.g. wasm-simd128, separated by commas.")
    ] = "native,wasm,browser",
    seconds: Annotated[float, typer.Option(min=0, help="Cut each recording after so many; 0 = never.")] = 10,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the results here.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write a report with plots here.")] = None,
):
    """Check that every implementation gives the bits of the reference; name the stage where one does not.

    Exit status: 0 if all bits are equal, 1 if some differ, 2 if something needed is missing.
    """
    if folder == CLIPS and not CLIPS.exists():
        raise Missing("there are no bundled recordings, as this is no checkout: give a folder of recordings")
    names = choose(backends)
    if html_file:
        need(*web_page.PACKAGES)
    for path in filter(None, (json_file, html_file)):
        check_target(path)
    models = read_models(model)
    recordings = read_recordings(folder, seconds)
    verification = run(recordings, models, names)
    uses_browser = any(result.backend.startswith("browser") for result in verification.results)
    machine = describe_machine(browser.shared().version if uses_browser else None)
    print_verification(verification)
    if json_file:
        verify_report.write_json(json_file, verification, machine)
    if html_file:
        verify_report.write_html(html_file, verification, machine)
    if verification.exit_status:
        raise typer.Exit(verification.exit_status)
