"""`percepnet staircase`: from two recordings to a table and a page."""

from pathlib import Path
from typing import Annotated

import typer

from ..audio_io import check_target
from ..commands.terminal import out, progress_bar, say
from ..constants import CONFIG
from ..requirements import need

DEFAULT_SNR_DB = 5.0
DEFAULT_SECONDS, MOST_SECONDS = 20, 120


def command(
    clean: Annotated[
        Path | None,
        typer.Argument(metavar="[CLEAN]", help="Clean speech, a second or more.", show_default="the bundled clip"),
    ] = None,
    noise: Annotated[
        Path | None, typer.Argument(metavar="[NOISE]", help="Noise; repeated or cut to the length of the speech.")
    ] = None,
    snr: Annotated[
        float, typer.Option(min=-60, max=60, help="Signal-to-noise ratio of the mixture, dB.")
    ] = DEFAULT_SNR_DB,
    model: Annotated[
        list[str] | None, typer.Option("--model", help="As often as wanted: a file, name or width. Default: all.")
    ] = None,
    postfilter: Annotated[
        float, typer.Option(min=CONFIG["postfilter"]["min"], max=CONFIG["postfilter"]["max"], help="In the last steps.")
    ] = CONFIG["postfilter"]["default"],
    seconds: Annotated[
        float, typer.Option(min=1, max=MOST_SECONDS, help="Use at most so much of the speech, from its start.")
    ] = DEFAULT_SECONDS,
    html_file: Annotated[Path | None, typer.Option("--html", help="Write a page to hear and see it all.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write the scores here.")] = None,
):
    """Show what each part of the system adds, from ideal magnitudes to the networks.

    Every step is run on the same mixture: ideal magnitudes per bin, ideal gains per band, ideal comb strengths,
    the postfilter, then the networks; each is scored, and with --html also to hear and to see.
    """
    from .. import quality, web_page
    from .mixture import read_mixture
    from .steps import all_steps
    from .table import console_table, write_csv

    need(*quality.PACKAGES, *(web_page.PACKAGES if html_file else ()))
    for path in filter(None, (html_file, csv_file)):
        check_target(path, [source for source in (clean, noise) if source])
    steps = all_steps(chosen_models(model), postfilter)
    mixture = read_mixture(clean, noise, snr, seconds)
    outcomes = climb(steps, mixture)
    out.print(console_table(outcomes))
    for line in conclusions(outcomes):
        say(line)
    if csv_file:
        write_csv(csv_file, outcomes)
        say(f"scores: {csv_file}")
    if html_file:
        write_with_progress(html_file, mixture, outcomes)
        say(f"to hear and to see: {html_file}")


def chosen_models(names):
    """{name: path}: those asked for, in their order; else all of the checkout, the largest first."""
    from ..commands.models import find_model, named, need_models

    if names:
        return named([find_model(name) for name in names])
    return named(sorted(need_models(), key=lambda path: path.stat().st_size, reverse=True))


def climb(steps, mixture):
    """The Outcomes of all steps, with a progress bar."""
    from .steps import take

    outcomes = []
    with progress_bar() as progress:
        task = progress.add_task("", total=len(steps))
        for step in steps:
            progress.update(task, description=step.name)
            outcomes.append(take(step, mixture))
            progress.advance(task)
    return outcomes


def conclusions(outcomes):
    """A line per measure on the article's claim."""
    from .ordering import orderings, verdict
    from .table import score_text

    return [
        f"{name}: {verdict(one, lambda value, name=name: score_text(name, value))}"
        for name, one in orderings(outcomes).items()
    ]


def write_with_progress(path, mixture, outcomes):
    from .page import write_page_of

    with progress_bar() as progress:
        write_page_of(path, mixture, outcomes, lambda items: progress.track(items, description="drawing"))
