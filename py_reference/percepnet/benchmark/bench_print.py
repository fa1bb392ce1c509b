"""The tables of `percepnet bench` on a terminal."""

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as RichTable

from ..commands.terminal import out

LIMIT = 1000  # columns: a table may be wider than the terminal, for a figure that is cut off is none


def print_report(machine, tables):
    """The machine, and Tables one after another."""
    facts = RichTable(box=None, show_header=False)
    for what, name in machine.items():
        facts.add_row(what, name)
    print_whole(facts)
    for table in tables:
        print_whole(rich_table(table))
        if table.note:
            out.print(f"{table.note}\n", style="dim", markup=False)


def print_whole(table):
    """Prints a table as wide as it is."""
    wide = Console(highlight=False, width=LIMIT)
    width = Measurement.get(wide, wide.options, table).maximum
    Console(highlight=False, width=max(width, out.width)).print(table)


def rich_table(table):
    """A Table as rich draws it: the first column text, the others numbers."""
    drawn = RichTable(title=table.title, box=box.SIMPLE_HEAD, title_justify="left")
    for number, heading in enumerate(table.headings):
        drawn.add_column(str(heading), justify="right" if number else "left", no_wrap=True)
    for row in table.rows:
        drawn.add_row(*row)
    return drawn
