"""`python -m percepnet.training extract | train | export | card | speed`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..commands.running import help_without_command, run_app
from ..commands.terminal import say
from ..workers import default_jobs

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.callback(invoke_without_command=True)(help_without_command)
Data = Annotated[list[Path], typer.Option(help="Folder with manifest.csv and segments.csv; may be given again.")]
Run = Annotated[Path, typer.Option(help="Folder of the run: checkpoint, log, curves.")]
CORES = default_jobs()
Jobs = Annotated[int, typer.Option(min=1, help="Processes.")]


@app.command()
def extract(
    data: Data,
    out: Annotated[Path, typer.Option(help="Folder for the shards.")],
    hours: Annotated[float, typer.Option(min=0.01, help="Of mixtures; one takes 0.8 GB.")] = 10.0,
    split: Annotated[str, typer.Option(help="train, validation or test: whose voices and noises.")] = "train",
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other mixtures.")] = 1,
    jobs: Jobs = CORES,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Use the workers of this Dask scheduler instead.")
    ] = None,
    no_gpl: Annotated[bool, typer.Option("--no-gpl", help="Leave out voices under the GPL.")] = False,
):
    """Mix speech and noise and store features, targets and loss weights. Goes on where it was stopped."""
    from .extract_features import extract_shards
    from .recipe import Recipe
    from ..workers import Workers

    recipe = Recipe(tuple(folder.absolute() for folder in data), out.absolute(), split, seed, no_gpl)
    shards = extract_shards(recipe, hours, Workers(jobs, dask))
    say(f"{shards} shards in {out}")


@app.command()
def train(
    config: Annotated[Path, typer.Option(help="The run's TOML file; there is one per width in training/configs.")],
    features: Annotated[list[Path], typer.Option(help="Shards of the train split; may be given again.")],
    validation: Annotated[list[Path], typer.Option(help="Shards of the validation split; may be given again.")],
    run: Run,
    start_from: Annotated[Path | None, typer.Option(help="Run folder or model file to begin with.")] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto: a GPU where there is one.")] = "auto",
    threads: Annotated[int, typer.Option(min=1, help="Threads of this process on the CPU.")] = 1,
):
    """Train, or go on with the run in RUN. Shards that appear meanwhile are used."""
    from .train import train as run_training

    run_training(config, features, validation, run, start_from=start_from, device=device, threads=threads)


@app.command()
def speed(
    width: Annotated[list[int] | None, typer.Option(help="Width of a network; may be given again.")] = None,
    batch: Annotated[int, typer.Option(min=1, help="Sequences in an update.")] = 24,
    frames: Annotated[int, typer.Option(min=1, help="Frames in a sequence.")] = 400,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto: a GPU where there is one.")] = "auto",
):
    """Measure how many seconds of audio a second of training takes in, on one core or on a GPU."""
    from ..model_file import SIZES
    from .speed import update_speeds

    widths = width or list(SIZES)
    if set(widths) - set(SIZES):
        raise typer.BadParameter(f"the widths are {', '.join(map(str, SIZES))}", param_hint="--width")
    for row in update_speeds(widths, batch, frames, device):
        print(", ".join(f"{name} {value}" for name, value in row.items()))


@app.command()
def export(
    run: Run,
    model: Annotated[Path, typer.Option(help="The model file to write.")],
    data: Data,
    features: Annotated[list[Path], typer.Option(help="Shards that were trained on: their hours go on the card.")],
    validation: Annotated[list[Path], typer.Option(help="Shards whose features prove the export.")],
    no_gpl: Annotated[bool, typer.Option("--no-gpl", help="The run was made without GPL voices.")] = False,
    note: Annotated[str, typer.Option(help="For the card: what was unusual about this run.")] = "",
):
    """Write the averaged weights as a model file, prove that torch, reference and C agree, and begin its card."""
    from ..audio_io import atomic

    from .card import data_summary, write_card
    from .export import export as write, prove
    from .feature_store import FeatureStore, split_columns

    proof_features = split_columns(next(FeatureStore(*validation).mixtures()))[0]
    hours = FeatureStore(*features).num_frames / 360000
    summary = data_summary(data, no_gpl)
    model.parent.mkdir(parents=True, exist_ok=True)
    with atomic(model) as part:
        write(run, part, summary, hours, note)
        values = prove(run, part, proof_features)
    say(f"{model}: {model.stat().st_size} bytes; torch, reference and C agree in all of {values} values")
    say(f"{write_card(model)}: its card, without scores")


@app.command()
def card(
    model: Annotated[Path, typer.Option(help="Model file.")],
    summary: Annotated[Path, typer.Option(help="The summary.csv that `percepnet evaluate` wrote for it.")],
    out: Annotated[Path | None, typer.Option(help="The card to write; by default beside the model, as .md.")] = None,
):
    """Write the model card: what the file says of its training, and its scores on speakers it never heard."""
    from ..laboratory.summary import read_summary
    from ..laboratory.tables import short_markdown

    from .card import write_card

    say(f"{write_card(model, short_markdown(read_summary(summary)), out)}")


def main() -> None:
    """Runs the command line; a user's mistake is one line and exit status 2."""
    sys.exit(run_app(app, "python -m percepnet.training"))


if __name__ == "__main__":
    main()
