"""The means as tables: systems down, measures or classes across."""

import math
from dataclasses import dataclass

from .. import quality

from .measures.scores import DECIMALS, HIGH_BAND, LESS_IS_BETTER, UNITS
from .summary import AXES, EVERYTHING, Mean

INPUT = "noisy"
BEYOND = (
    "ideal"  # in the names of systems that are told the answer: the best of a column is looked for among the others
)
OVERALL = (
    ("PESQ-WB", "ESTOI", "SI-SDR", HIGH_BAND),
    ("CSIG", "CBAK", "COVL", "DNSMOS SIG", "DNSMOS BAK", "DNSMOS OVRL"),
)
MOST_COLUMNS = 6
SHORT = ("PESQ-WB", "ESTOI", "SI-SDR")
BY_CLASS = ("PESQ-WB", "ESTOI", "SI-SDR", "COVL", "DNSMOS OVRL")


@dataclass(frozen=True)
class Cell:
    """text: a mean. is_best: of its column. is_worse: than the untouched input."""

    text: str
    is_best: bool = False
    is_worse: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: its columns' heads with the number of clips behind them, and (system, cells) rows."""

    title: str
    measure: str | None
    heads: list[str]
    rows: list[tuple[str, list[Cell]]]


def overall(means: list[Mean]) -> list[Grid]:
    """All measures over all clips, in two tables that fit a terminal."""
    own = [mean for mean in means if mean.axis == EVERYTHING]
    grids = []
    for wanted in OVERALL:
        measures = [measure for measure in wanted if measure in own[0].scores]
        if not measures:
            continue
        columns = [column({mean.system: mean for mean in own}, measure) for measure in measures]
        heads = [f"{measure}, {UNITS[measure]}" if measure in UNITS else measure for measure in measures]
        grids.append(_grid(f"Means over all {own[0].clips} clips", None, heads, columns))
    return grids


def by_class(means: list[Mean], axis: str, measure: str) -> Grid | None:
    """One measure over the classes of an axis; None where there are fewer than two classes."""
    own = [mean for mean in means if mean.axis == axis and measure in mean.scores]
    values = list(dict.fromkeys(mean.value for mean in own))
    if len(values) < 2:
        return None
    columns, heads = [], []
    for value in values:
        members = {mean.system: mean for mean in own if mean.value == value}
        columns.append(column(members, measure))
        heads.append(f"{value} ({next(iter(members.values())).clips})")
    unit = f", {UNITS[measure]}" if measure in UNITS else ""
    return _grid(f"{measure}{unit} by {AXES[axis]} (clips)", measure, heads, columns)


def all_by_class(means: list[Mean]) -> list[Grid]:
    """The grids of the measures in BY_CLASS over all axes."""
    grids = (by_class(means, axis, measure) for axis in AXES for measure in BY_CLASS)
    return [grid for grid in grids if grid]


def short_markdown(means: list[Mean]) -> str:
    """SHORT measures of every SNR class and of the reverberant clips in one Markdown table, for a model card."""
    wanted = [mean for mean in means if mean.axis == "snr_db" or (mean.axis, mean.value) == ("reverberant", "yes")]
    names = {(mean.axis, mean.value): f"{mean.value} dB" if mean.axis == "snr_db" else "in a room" for mean in wanted}
    cells = {
        (mean.axis, mean.value, mean.system): " / ".join(number(mean.scores[measure], measure) for measure in SHORT)
        for mean in wanted
    }
    systems = list(dict.fromkeys(mean.system for mean in wanted))
    rows = [(system, [Cell(cells[*where, system]) for where in names]) for system in systems]
    return f"{' / '.join(SHORT)}, means:\n\n{markdown(Grid('', None, list(names.values()), rows))}"


def column(members: dict[str, Mean], measure: str) -> dict[str, Cell]:
    """{system: cell} of one measure in one class."""
    sign = -1 if measure in LESS_IS_BETTER else 1
    values = {system: mean.scores[measure] for system, mean in members.items()}
    contenders = [sign * v for s, v in values.items() if BEYOND not in s and s != INPUT and not math.isnan(v)]
    best = max(contenders, default=math.inf)
    before = values.get(INPUT, math.nan)
    return {
        system: Cell(
            number(value, measure),
            is_best=sign * value == best and system != INPUT,
            is_worse=sign > 0 and value < before,
        )
        for system, value in values.items()
    }


def number(value: float, measure: str) -> str:
    return quality.number(value, DECIMALS.get(measure, 2))


def console_tables(grid: Grid) -> list:
    """rich Tables narrow enough for a terminal; the best of each column bold, what is worse than the input red."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    tables = []
    for first in range(0, len(grid.heads), MOST_COLUMNS):
        part = slice(first, first + MOST_COLUMNS)
        table = Table(title=grid.title, title_justify="left", box=SIMPLE_HEAD)
        table.add_column("system", no_wrap=True)
        for head in grid.heads[part]:
            table.add_column(head, justify="right")
        for system, cells in grid.rows:
            table.add_row(system, *map(_styled, cells[part]))
        tables.append(table)
    return tables


def markdown(grid: Grid) -> str:
    """The same as Markdown, without marks."""
    lines = ["| " + " | ".join(["system", *grid.heads]) + " |", "|---" * (len(grid.heads) + 1) + "|"]
    lines += ["| " + " | ".join([system, *(cell.text for cell in cells)]) + " |" for system, cells in grid.rows]
    return "\n".join(lines) + "\n"


def _styled(cell: Cell) -> str:
    style = "bold" if cell.is_best else "red" if cell.is_worse else ""
    return f"[{style}]{cell.text}[/]" if style else cell.text


def _grid(title: str, measure: str | None, heads: list[str], columns: list[dict[str, Cell]]) -> Grid:
    systems = list(dict.fromkeys(system for column in columns for system in column))
    rows = [(system, [column.get(system, Cell("-")) for column in columns]) for system in systems]
    return Grid(title, measure, heads, rows)
