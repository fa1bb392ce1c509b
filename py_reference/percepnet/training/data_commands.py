"""`percepnet data`: recordings for training, from a folder to a mixture."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..commands.running import help_without_command
from ..commands.terminal import out as console, progress_bar, say
from ..workers import default_jobs

app = typer.Typer(help="Recordings for training: make, scan, check and mix them.")
app.callback(invoke_without_command=True)(help_without_command)

CORES = default_jobs()
Jobs = Annotated[int, typer.Option(min=1, help="Processes.")]
Seed = Annotated[int, typer.Option(min=0, help="Another seed is another choice.")]
Folders = Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="Data folders, taken as one.")]
NoGpl = Annotated[bool, typer.Option("--no-gpl", help="Leave out voices under the GPL.")]


class Split(StrEnum):
    """Parts of the data."""

    train = "train"
    validation = "validation"
    test = "test"


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
    jobs: Jobs = CORES,
):
    """Make a data folder of synthesised voices, mostly low ones. Goes on where it was stopped."""
    from .summary import voices_table
    from .synthesise import synthesise as speak

    with progress_bar() as progress:
        rows = speak(folder, engine.value, hours, seed, jobs, progress)
    console.print(voices_table(rows))
    say(f"{folder}: {len(rows)} files, {sum(float(row['seconds']) for row in rows) / 60:.1f} minutes")


@app.command()
def debian(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="The data folder to make or to complete.")],
    package: Annotated[list[str] | None, typer.Option(help="Only this one of the list; may be given again.")] = None,
    show: Annotated[bool, typer.Option("--list", help="Only show what would be taken from which packages.")] = False,
    packages: Annotated[
        Path | None, typer.Option(help="Another list of packages than the one that is built in.")
    ] = None,
    debs: Annotated[Path | None, typer.Option(help="Folder of .deb files; what it lacks is fetched into it.")] = None,
    jobs: Jobs = CORES,
):
    """Make a data folder of the recordings in Debian packages: noises, some voices. Goes on where it was stopped.

    Packages are fetched with apt-get, not installed. On a package that is there already nothing is done, unless its
    entry in the list has changed.
    """
    from .packaged import PACKAGES, collect, recipes
    from .summary import packages_table, scan_table

    chosen = recipes(packages or PACKAGES, package or [])
    if show:
        console.print(packages_table(chosen))
        return
    with progress_bar() as progress:
        rows, left_out = collect(folder, chosen, debs, jobs, progress)
    console.print(scan_table([row | {"source": "Debian"} for row in rows]))
    for reason, count in left_out.most_common():
        say(f"{count} files left out {reason}")
    say(f"{folder}: {len(rows)} files, {sum(float(row['seconds']) for row in rows) / 3600:.2f} hours")


@app.command()
def scan(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A corpus as it was downloaded, or your own.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the tables, if not FOLDER.")] = None,
    licence: Annotated[str, typer.Option(help="Licence of recordings whose layout names none.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite tables that are there already.")] = False,
    jobs: Jobs = CORES,
):
    """Make a data folder of recordings: write manifest.csv and segments.csv from what paths say and files hold.

    Knows DNS-Challenge 4 and 5 (full band), VCTK, VoiceBank+DEMAND, DEMAND, LibriTTS(-R), and folders with
    speech/SPEAKER, noise/CLASS and rir/ROOM.
    """
    from .manifest import CorpusError, write_tables
    from .scan import scan as measure
    from .summary import scan_table, warnings

    out = (out or folder).resolve()
    if (out / "manifest.csv").exists() and not replace:
        raise CorpusError(f"{out / 'manifest.csv'} is there already: use it, or say --replace")
    with progress_bar() as progress:
        found = measure(folder, out, licence, jobs, progress)
    out.mkdir(parents=True, exist_ok=True)
    write_tables(out, found.manifest, found.segments)
    console.print(scan_table(found.manifest))
    for (kind, group), split in found.moves.items():
        say(f"{kind} of {group} is kept for {split}, which had none")
    for text in [*_left_out(found), *warnings(found.manifest)]:
        say(f"warning: {text}")
    say(f"wrote {out / 'manifest.csv'} ({len(found.manifest)} files) and segments.csv ({len(found.segments)} clips)")


def _left_out(found) -> list[str]:
    """One line for each reason why files of a scan were left out."""
    reasons = {
        "cannot be read": found.unreadable,
        "have a path that no layout knows": found.unknown,
        "are mixtures, second microphones or test sets": found.unwanted,
    }
    return [f"{len(files)} files left out that {why}; the first: {files[0]}" for why, files in reasons.items() if files]


@app.command()
def check(folders: Folders, no_gpl: NoGpl = False):
    """Show what training, validation and test hold, and prove that they share nothing; status 1 if they do."""
    from .check import open_splits, shared, sizes_table, speech_tables

    splits = open_splits(folders, no_gpl=no_gpl)
    for table in [sizes_table(splits), *speech_tables(splits)]:
        console.print(table)
    problems = shared(splits)
    for problem in problems:
        say(problem)
    if not problems:
        say("No speaker, noise class, room or recording is in two splits.")
    raise typer.Exit(1 if problems else 0)


@app.command()
def mix(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The data folder.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for the WAV files and pictures.")],
    data: Annotated[list[Path] | None, typer.Option(help="A further data folder; may be given again.")] = None,
    split: Annotated[Split, typer.Option(help="Whose voices and noises.")] = Split.train,
    index: Annotated[int, typer.Option("--id", min=0, help="Number of the mixture.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the extraction that the mixture belongs to.")] = 1,
    count: Annotated[int, typer.Option(min=1, help="How many, from that number on.")] = 1,
    no_gpl: NoGpl = False,
):
    """Make training mixtures again from seed and number, to listen to: noisy, target, and a picture."""
    from .corpus import Corpus
    from .listen import describe, write_mixture

    corpus = Corpus([folder, *(data or [])], split.value, no_gpl=no_gpl)
    for number in range(index, index + count):
        mixture, paths = write_mixture(corpus, seed, number, out)
        say(f"{paths[-1].with_suffix('')}: {describe(mixture)}")


@app.command()
def throughput(
    folders: Folders,
    mixtures: Annotated[int, typer.Option(min=1, help="How many to make.")] = 20,
    jobs: Jobs = CORES,
):
    """Measure how many seconds of mixtures this machine makes in a second."""
    from .listen import throughput as measure

    say(f"{measure(folders, mixtures, jobs):.1f} audio-seconds per second with {jobs} processes")
