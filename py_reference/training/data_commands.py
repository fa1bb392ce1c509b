"""`percepnet data`: recordings for training, from a folder to a mixture."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from percepnet.commands.terminal import out as console, progress_bar, say

app = typer.Typer(no_args_is_help=True, help="Recordings for training: make, scan, check and mix them.")

Jobs = Annotated[int, typer.Option(min=1, help="Processes.")]
Seed = Annotated[int, typer.Option(help="Another seed is another choice.")]


class Engine(StrEnum):
    """Speech synthesisers."""

    espeak_ng = "espeak-ng"
    flite = "flite"
    festival = "festival"
    all = "all"


@app.command()
def synthesise(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="The data folder to make or to complete.")],
    hours: Annotated[float, typer.Option(min=0.001, help="Of speech, all voices together.")] = 1.0,
    engine: Annotated[Engine, typer.Option(help="Which synthesiser; all: every one that is installed.")] = Engine.all,
    seed: Seed = 1,
    jobs: Jobs = 2,
):
    """Make a data folder of synthesised voices, mostly low ones. Goes on where it was stopped."""
    from .summary import voices_table
    from .synthesise import synthesise as speak

    with progress_bar() as progress:
        rows = speak(folder, engine.value, hours, seed, jobs, progress)
    console.print(voices_table(rows, folder))
    say(f"{folder}: {len(rows)} files, {sum(float(row['seconds']) for row in rows) / 60:.1f} minutes")
