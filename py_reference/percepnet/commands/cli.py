"""The command `percepnet`: what can be typed, and how it fails; the modules it imports do the work."""

import signal
import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from . import checkout
from ..benchmark import bench
from ..staircase import command as staircase
from ..verification import verify
from ..constants import CONFIG
from ..errors import PercepNetError
from ..training.data_commands import app as data_app
from ..workers import Workers, default_jobs
from .running import run_app
from .terminal import out, say


app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Takes noise and reverberation out of 48 kHz speech.",
)


class Backend(StrEnum):
    """Which of the implementations does the work; all give the same bits."""

    native = "native"
    reference = "reference"
    wasm = "wasm"
    browser = "browser"


def option(name):
    """A typer option for a field of the configuration, with the range that the specification gives it."""
    field = CONFIG[name]
    return typer.Option(min=field["min"], max=field["max"], help=field["doc"])


Attenuation = Annotated[float, option("max_attenuation_db")]
Postfilter = Annotated[float, option("postfilter")]
ModelName = Annotated[
    str | None, typer.Option("--model", help="A model file, or a name or width as in `percepnet models`.")
]
NO_LIMIT = CONFIG["max_attenuation_db"]["default"]
DEFAULT_POSTFILTER = CONFIG["postfilter"]["default"]


def show_version(wanted: bool):
    if wanted:
        from .. import __version__

        say(f"percepnet {__version__}")
        raise typer.Exit()


@app.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version.")
    ] = False,
):
    if context.invoked_subcommand is None:
        say(context.get_help())


@app.command()
def enhance(
    source: Annotated[Path, typer.Argument(metavar="IN", help="An audio file, or a folder of them.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="The result: a file for a file, a folder for a folder.")
    ],
    backend: Annotated[Backend, typer.Option(help="The implementation to use.")] = Backend.native,
    model: ModelName = None,
    max_attenuation_db: Attenuation = NO_LIMIT,
    postfilter: Postfilter = DEFAULT_POSTFILTER,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="With a folder: processes. Default: one for each core.")
    ] = None,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="With a folder: the workers of this Dask scheduler instead.")
    ] = None,
):
    """Enhance a recording, or a folder of recordings, of any rate and number of channels.

    The result is aligned with the input and has its length, rate, channels and, where the file type allows,
    sample format.
    """
    from .backends import IN_ONE_PROCESS, make_enhance
    from .enhance_report import report_file, report_folder
    from .models import find_model

    if not source.exists():
        raise PercepNetError(f"{source} does not exist: give an audio file or a folder")
    config = {"max_attenuation_db": max_attenuation_db, "postfilter": postfilter}
    make = partial(make_enhance, str(backend), find_model(model).absolute(), **config)
    function = make()  # says what is wrong with the model now, not for every file
    if not source.is_dir():
        if jobs or dask:
            raise PercepNetError(f"--jobs and --dask are for a folder, and {source} is a file: leave them out")
        raise typer.Exit(report_file(source, target, function))
    is_alone = backend in IN_ONE_PROCESS
    if is_alone and (dask or (jobs or 1) > 1):
        raise PercepNetError(f"--backend {backend} works in one process: leave --jobs and --dask out")
    raise typer.Exit(report_folder(source, target, make, Workers(jobs or (1 if is_alone else default_jobs()), dask)))


@app.command()
def oracle(
    clean: Annotated[Path, typer.Argument(metavar="CLEAN", help="Clean speech.")],
    noise: Annotated[Path, typer.Argument(metavar="NOISE", help="Noise; repeated or cut to the length of the speech.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The enhanced mixture.")],
    snr: Annotated[float, typer.Option(min=-60, max=60, help="Signal-to-noise ratio of the mixture, dB.")] = 5.0,
    mixture: Annotated[Path | None, typer.Option(help="Also write the noisy mixture to this file.")] = None,
    gains: Annotated[bool, typer.Option("--gains/--no-gains", help="Ideal band gains, or none.")] = True,
    strengths: Annotated[
        bool, typer.Option("--strengths/--no-strengths", help="Ideal comb strengths, or none.")
    ] = True,
    max_attenuation_db: Attenuation = NO_LIMIT,
    postfilter: Postfilter = DEFAULT_POSTFILTER,
):
    """Mix speech and noise and enhance the mixture with ideal gains: the most a network could do."""
    from .oracle_files import run_oracle

    config = {"max_attenuation_db": max_attenuation_db, "postfilter": postfilter}
    before, after = run_oracle(clean, noise, target, snr, mixture, gains=gains, strengths=strengths, **config)
    say(f"SI-SDR {before:.2f} dB before, {after:.2f} dB after: {target}")


@app.command()
def inspect(
    source: Annotated[Path, typer.Argument(metavar="IN", help="An audio file; its first channel is shown.")],
    plot: Annotated[Path | None, typer.Option(help="Write the figure to this file (.png, .svg or .pdf).")] = None,
    model: ModelName = None,
    max_attenuation_db: Attenuation = NO_LIMIT,
    postfilter: Postfilter = DEFAULT_POSTFILTER,
):
    """Show what the pipeline sees and decides: spectrograms, pitch, gains, strengths."""
    from ..audio_io import read_audio
    from .inspection import inspect_audio, summary_table
    from .models import find_model

    config = {"max_attenuation_db": max_attenuation_db, "postfilter": postfilter}
    if plot:
        from .figures import check_figure, inspection_figure, save_figure

        check_figure(plot, [source])
    inspection = inspect_audio(read_audio(source), find_model(model), **config)
    out.print(summary_table(inspection, source.name))
    if plot:
        save_figure(inspection_figure(inspection, source.name), plot)
        say(f"figure: {plot}")


@app.command()
def showcase(
    clip: Annotated[Path | None, typer.Option(help="A noisy recording instead of the bundled one.")] = None,
    clean: Annotated[Path | None, typer.Option(help="Its clean speech, to score against.")] = None,
    folder: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("build/showcase"),
    model: ModelName = None,
):
    """Clean a noisy recording in a real browser with the built bundle, and show before and after."""
    from .models import find_model
    from .showcase import run_showcase

    checkout.need_checkout("web")
    if clean and not clip:
        raise PercepNetError("--clean is the clean speech of a recording: give that with --clip")
    pair = (clip, clean) if clip else checkout.BUNDLED
    raise typer.Exit(0 if run_showcase(*pair, folder, find_model(model)) else 1)


@app.command()
def evaluate(
    pairs: Annotated[
        Path | None, typer.Option(metavar="CSV", help="A table of pairs: columns clean, noisy and any labels.")
    ] = None,
    clean: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Clean recordings...")] = None,
    noisy: Annotated[Path | None, typer.Option(metavar="FOLDER", help="...and noisy ones of the same names.")] = None,
    data: Annotated[
        list[Path] | None,
        typer.Option(metavar="FOLDER", help="A data folder whose test split is mixed afresh; may be given again."),
    ] = None,
    target: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("build/evaluation"),
    model: Annotated[
        list[str] | None, typer.Option("--model", help="As often as wanted: a file, name or width. Default: all.")
    ] = None,
    peers: Annotated[
        str, typer.Option(help="Others to score beside: all, none, or names such as rnnoise,gtcrn.")
    ] = "none",
    ceilings: Annotated[bool, typer.Option("--ceilings/--no-ceilings", help="Also ideal gains and strengths.")] = True,
    parts: Annotated[bool, typer.Option("--parts", help="Also models with ideal or no gains or strengths.")] = False,
    mixtures: Annotated[int, typer.Option(min=1, help="With --data: dry mixtures per SNR class.")] = 24,
    reverberant: Annotated[int, typer.Option(min=0, help="With --data: reverberant mixtures per SNR class.")] = 8,
    seconds: Annotated[float, typer.Option(min=2, max=60, help="With --data: length of a mixture.")] = 7.0,
    seed: Annotated[int, typer.Option(min=0, help="With --data: another number, other mixtures.")] = 7,
    snr: Annotated[
        list[int] | None,
        typer.Option(min=-20, max=60, help="With --data: an SNR class in dB, as often as wanted. Default: 0 to 20."),
    ] = None,
    examples: Annotated[int, typer.Option(min=0, max=12, help="Clips in the report to listen to.")] = 3,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = default_jobs(),
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Use the workers of this Dask scheduler instead.")
    ] = None,
):
    """Score models, other noise suppressors and the ideal on pairs of clean and noisy recordings."""
    from ..laboratory import command
    from ..laboratory.mixes import SNR_CLASSES_DB, Plan

    classes = tuple(snr or SNR_CLASSES_DB)
    plan = Plan(tuple(data), mixtures, reverberant, seconds, seed, classes) if data else None
    command.evaluate(
        command.Request(
            target=target,
            table=pairs,
            clean=clean,
            noisy=noisy,
            plan=plan,
            models=model or [],
            parts=parts,
            ceilings=ceilings,
            peers=peers,
            examples=examples,
            workers=Workers(jobs, dask),
        )
    )


app.command("verify")(verify.command)
app.command("bench")(bench.command)
app.command("staircase")(staircase.command)
app.add_typer(data_app, name="data")
for command in checkout.COMMANDS:
    app.command()(command)


def run(arguments=None):
    """Runs one command line and returns its exit status."""
    return run_app(app, "percepnet", arguments, label="percepnet")


def main():
    """Entry point of the command `percepnet`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that `finally` tidies up
    sys.exit(run())
