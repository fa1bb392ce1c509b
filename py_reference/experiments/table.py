"""docs/experiments.md: its text is written by hand, its tables are made from the results."""

import json

import numpy as np

from percepnet.audio_io import atomic

from .paired import difference, values
from .questions import Arm, Experiment, experiments
from .score import MEASURES, read_rows
from .variant import ROOT, VariantError

PAGE = ROOT / "docs" / "experiments.md"
BEGIN, END = "<!-- begin: made by `python -m experiments table` -->\n", "<!-- end -->\n"
DIGITS = {"PESQ-WB": 2, "ESTOI": 3, "SI-SDR": 1}


def is_stale() -> bool:
    """Whether the page's tables are not those of the results."""
    return PAGE.read_text(encoding="utf-8") != page()


def write_page() -> None:
    """Writes the page, complete or not at all."""
    text = page()
    with atomic(PAGE) as part:
        part.write_text(text, encoding="utf-8")


def page() -> str:
    """The page as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise VariantError(f"{PAGE} lacks the lines between which the tables go: {BEGIN.strip()} and {END.strip()}")
    before, rest = text.split(BEGIN)
    sections = "\n".join(section(experiment) for experiment in experiments().values())
    return f"{before}{BEGIN}\n{sections}\n{END}{rest.split(END)[1]}"


def section(experiment: Experiment) -> str:
    """Heading, command, cost and table of an experiment."""
    heading = f"## {experiment.name}\n\n{experiment.about}\n\n"
    if not experiment.results.exists():
        return heading + "Not run yet.\n"
    rows, record = read_rows(experiment.results), json.loads(experiment.record.read_text(encoding="utf-8"))
    mixtures = len(values(rows, experiment.arms[0].name, "PESQ-WB")) // record["runs"]
    runs = f", {record['runs']} trainings each" if record["runs"] > 1 else ""
    cost = f"{mixtures} mixtures{runs}; {record['cpu_minutes']:g} minutes of one core, {record['machine']}."
    return f"{heading}```sh\n{record['command']}\n```\n\n{cost}\n\n{results_table(experiment, rows)}\n"


def results_table(experiment: Experiment, rows: list[dict]) -> str:
    """One line per arm: means of the first, differences of the others."""
    snrs = sorted({float(row["snr_db"]) for row in rows})
    at_snrs = f"PESQ-WB at {', '.join(f'{snr:g}' for snr in snrs)} dB"
    lines = [f"| | PESQ-WB | {at_snrs} | ESTOI | SI-SDR, dB | |", "|---|---|---|---|---|---|"]
    base = experiment.arms[0]
    whole, *by_snr = ({m: f"{mean(rows, base, m, snr):.{DIGITS[m]}f}" for m in MEASURES} for snr in (None, *snrs))
    lines.append(line(f"**{base.name}**", whole, [cells["PESQ-WB"] for cells in by_snr], "compared with"))
    for arm in experiment.arms[1:]:
        used = [row for row in rows if row["noise"] not in arm.without_noises]
        cells = {measure: difference_cell(used, base, arm, measure) for measure in MEASURES}
        gains = [f"{difference(used, base.name, arm.name, 'PESQ-WB', snr).mean:+.2f}" for snr in snrs]
        lines.append(line(f"**{arm.name}**: {arm.question}", cells, gains, arm.decision))
    return "\n".join(lines)


def line(name: str, cells: dict[str, str], pesq_by_snr: list[str], decision: str) -> str:
    """A line of the table."""
    pesq, *others = cells.values()
    return f"| {' | '.join([name, pesq, ' '.join(pesq_by_snr), *others, decision])} |"


def mean(rows: list[dict], arm: Arm, measure: str, snr_db: float | None) -> float:
    return float(np.mean(list(values(rows, arm.name, measure, snr_db).values())))


def difference_cell(rows: list[dict], base: Arm, arm: Arm, measure: str) -> str:
    """Mean difference and standard error, bold where it is clear; that of each run, if there are several."""
    found, digits = difference(rows, base.name, arm.name, measure), DIGITS[measure] + 1
    text = f"{found.mean:+.{digits}f} ± {found.error:.{digits}f}"
    text = f"**{text}**" if found.is_clear else text
    return text + (f" ({', '.join(f'{run:+.{digits}f}' for run in found.per_run)})" if len(found.per_run) > 1 else "")
