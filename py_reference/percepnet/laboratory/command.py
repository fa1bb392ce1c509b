"""`percepnet evaluate`: from what was asked for to scores, tables and the report."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from .. import quality, web_page
from ..audio_io import check_folder
from ..benchmark.machine import processor, system
from ..commands.models import find_model, list_models, named
from ..commands.terminal import out, progress_bar, say
from ..errors import PercepNetError
from ..requirements import need
from ..training.check import open_splits, shared
from ..workers import Workers

from . import mixes
from .measures import dnsmos
from .pairs import Pair, pairs_of_folders, pairs_of_table
from .peers import PEERS, choose
from .report import choose_examples, make_example, write_report
from .scoring import Row, score_pairs
from .summary import AXES, EVERYTHING, Mean, summarise, worse_than_input, write_scores, write_summary
from .systems import CEILINGS, Network, Other, System, Untouched, of_model
from .tables import by_class, console_tables, overall

MIXTURES = "mixtures"
SHOWN = "PESQ-WB"  # by class on the terminal; the report has more


@dataclass(frozen=True)
class Request:
    """What was asked for: one of table, clean and noisy, plan; the systems; where the results go."""

    target: Path
    table: Path | None = None
    clean: Path | None = None
    noisy: Path | None = None
    plan: mixes.Plan | None = None
    models: list[str] = field(default_factory=list)
    parts: bool = False
    ceilings: bool = True
    peers: str = "none"
    examples: int = 3
    workers: Workers = Workers()


def evaluate(request: Request) -> list[Row]:
    """Scores, writes scores.csv, summary.csv and report.html, prints the tables. Raises PercepNetError or OSError."""
    need(*quality.PACKAGES, *web_page.PACKAGES)
    systems, notes = choose_systems(request)
    check_folder(request.target)
    pairs = find_pairs(request)
    with_dnsmos = dnsmos.is_installed()
    if not with_dnsmos:
        notes.append(f"DNSMOS is not scored, it is not installed: run `{dnsmos.INSTALL}`")
    with progress_bar() as progress:
        each = progress_wrapper(progress, "scoring", len(pairs))
        rows = score_pairs(pairs, systems, request.workers, with_dnsmos=with_dnsmos, each=each)
    means = summarise(rows)
    request.target.mkdir(parents=True, exist_ok=True)
    write_scores(request.target / "scores.csv", rows)
    write_summary(request.target / "summary.csv", means)
    examples = [make_example(pair, systems) for pair in choose_examples(pairs, rows, request.examples)]
    write_report(request.target / "report.html", means, examples, facts(request, pairs), notes)
    print_results(means, systems, notes)
    say(f"every score: {request.target / 'scores.csv'}; to look at and listen to: {request.target / 'report.html'}")
    return rows


def choose_systems(request: Request) -> tuple[list[System], list[str]]:
    """(the input, models, peers, ceilings; lines on what is left out)."""
    chosen, missing = choose(PEERS, request.peers)
    models = named([find_model(name) for name in request.models] or list_models())
    systems: list[System] = [Untouched(), *(Other(peer.name) for peer in chosen)]
    for name, model in models.items():
        systems += of_model(name, model, request.parts)
    if request.ceilings:
        systems += CEILINGS
    return systems, [peer.advice for peer in missing]


def find_pairs(request: Request) -> list[Pair]:
    """The pairs that are there, or those of a new set of mixtures."""
    sources = [request.table, request.clean or request.noisy, request.plan]
    if sum(source is not None for source in sources) != 1:
        raise PercepNetError("give what to score: --pairs TABLE, or --clean and --noisy FOLDER, or --data FOLDER")
    if request.table:
        return pairs_of_table(request.table)
    if request.plan:
        return make_mixtures(request.plan, request.target / MIXTURES)
    if not (request.clean and request.noisy):
        raise PercepNetError("--clean and --noisy belong together: give both folders")
    return pairs_of_folders(request.clean, request.noisy)


def make_mixtures(plan: mixes.Plan, folder: Path) -> list[Pair]:
    """Renders the mixtures of a plan in place of earlier ones. Raises PercepNetError if the splits overlap."""
    if folder.exists() and not (folder / mixes.TABLE).is_file():
        raise PercepNetError(f"{folder} holds something else than mixtures: give another folder with --out")
    in_common = shared(open_splits(plan.data))
    if in_common:
        raise PercepNetError(f"{in_common[0]}: such a test would prove nothing; see `percepnet data check`")
    shutil.rmtree(folder, ignore_errors=True)
    with progress_bar() as progress:
        return mixes.render(plan, folder, progress_wrapper(progress, "mixing", plan.count))


def progress_wrapper(progress, name: str, total: int):
    """A function that passes items on and moves a bar."""
    return lambda items: progress.track(items, total=total, description=name)


def print_results(means: list[Mean], systems: list[System], notes: list[str]) -> None:
    """The most important tables, where one of our models is worse than its input, and what was left out."""
    for grid in (*overall(means), *(grid for axis in AXES if (grid := by_class(means, axis, SHOWN)))):
        out.print(*console_tables(grid))
    models = [one.name for one in systems if isinstance(one, Network)]
    below: dict[str, list[str]] = {}
    for mean, measure, difference in worse_than_input(means):
        if mean.system in models:
            where = "over all clips" if mean.axis == EVERYTHING else f"{AXES[mean.axis]} {mean.value}"
            below.setdefault(f"{mean.system}, {where}", []).append(f"{measure} {difference:.3f}")
    for where, measures in below.items():
        say(f"{where}: below the input in {', '.join(measures)}")
    for note in notes:
        say(note)


def facts(request: Request, pairs: list[Pair]) -> dict[str, str]:
    """What the report says of how it came about."""
    known = {"pairs": str(len(pairs)), "processor": processor(), "system": system()}
    plan = request.plan
    if plan:
        known["mixtures"] = (
            f"{plan.dry} dry and {plan.reverberant} reverberant of {plan.seconds:g} s at each of "
            f"{', '.join(map(str, plan.snr_db))} dB, seed {plan.seed}; speakers, noise classes and rooms "
            "of the test split, which no training hears"
        )
    chosen, _ = choose(PEERS, request.peers)
    return known | {peer.name: peer.about for peer in chosen}
