"""`python -m experiments list | run | table`: variants of the system, compared on equal mixtures."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from percepnet.commands.running import help_without_command, run_app
from percepnet.commands.terminal import progress_bar, say

from .questions import experiments, find

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.callback(invoke_without_command=True)(help_without_command)
Name = Annotated[str, typer.Argument(help="The experiment; `list` shows them.")]
Data = Annotated[Path, typer.Option(resolve_path=True, help="Folder with manifest.csv and segments.csv.")]
Voices = Annotated[Path | None, typer.Option(resolve_path=True, help="Folder of synthesised voices.")]
Seed = Annotated[int, typer.Option(help="Another seed is another choice of clips.")]


@app.command(name="list")
def list_experiments():
    """Show the experiments and their arms."""
    for experiment in experiments().values():
        say(f"{experiment.name}: {experiment.about}")
        for arm in experiment.arms:
            say(f"  {arm.name}{': ' if arm.question else ''}{arm.question}")


@app.command()
def run(
    name: Name,
    data: Data,
    synthesised: Voices = None,
    seed: Seed = 1,
    commit: Annotated[str, typer.Option(help="The commit that variants are made from.")] = "HEAD",
):
    """Score every arm of an experiment and write docs/experiments/NAME.csv. Goes on where it was stopped."""
    from .run import Recipe, run_experiment
    from .variant import git

    experiment = find(name)
    commit = git("rev-parse", "--short", "--verify", commit).decode().strip()
    with_voices = " --synthesised VOICES" * any(arm.synthesised for arm in experiment.arms)
    command = f"python -m experiments run {name} --data DATA{with_voices} --seed {seed} --commit {commit}"
    with progress_bar() as progress:
        run_experiment(experiment, Recipe(data, synthesised, seed, commit), command, progress)
    say(f"wrote {experiment.results}: now write the decisions and run `python -m experiments table`")


@app.command(hidden=True)
def score(
    name: Name,
    arm: str,
    data: Data,
    out: Annotated[Path, typer.Option()],
    model: Annotated[Path, typer.Option()],
    run: Annotated[int, typer.Option()],
    seed: Seed = 1,
):
    """Score one arm with the code of this checkout: what `run` calls in each variant."""
    from .score import score_arm, write_rows

    experiment = find(name)
    write_rows(out, score_arm(experiment, experiment.arm(arm), model, run, data, seed))


@app.command()
def table(check: Annotated[bool, typer.Option("--check", help="Only say whether it is stale; exit 1 if so.")] = False):
    """Write the tables of docs/experiments.md from the results."""
    from .table import PAGE, is_stale, write_page

    if not is_stale():
        say(f"{PAGE.name} is up to date")
    elif check:
        say(f"{PAGE.name} is stale: run `python -m experiments table`")
        raise typer.Exit(1)
    else:
        write_page()
        say(f"wrote {PAGE}")


def main() -> None:
    """Runs the command line; a user's mistake is one line and exit status 2."""
    sys.exit(run_app(app, "python -m experiments"))


if __name__ == "__main__":
    main()
