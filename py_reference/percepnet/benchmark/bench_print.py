"""The tables of `percepnet bench` on a terminal."""

from rich import box
from rich.console import Console
from rich.table import Table as RichTable

from ..commands.terminal import out

WIDTH = 132  # columns, even where the terminal has fewer: a figure that is cut off is none


def print_report(machine, tables):
    """The machine, and Tables one after another."""
    console = Console(highlight=False, width=max(out.width, WIDTH))
    facts = RichTable(box=None, show_header=False)
    for what, name in machine.items():
        facts.add_row(what, name)
    console.print(facts)
    for table in tables:
        console.print(rich_table(table))
        if table.note:
            console.print(f"{table.note}\n", style="dim", markup=False)


def rich_table(table):
    """A Table as rich draws it: the first column text, the others numbers."""
    drawn = RichTable(title=table.title, box=box.SIMPLE_HEAD, title_justify="left")
    for number, heading in enumerate(table.headings):
        drawn.add_column(str(heading), justify="right" if number else "left", no_wrap=True)
    for row in table.rows:
        drawn.add_row(*row)
    return drawn
