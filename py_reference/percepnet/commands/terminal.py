"""What the commands print on: results on stdout, trouble and progress on stderr."""

from contextlib import contextmanager

from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def say(text):
    """A line of result, as it is: neither wrapped nor read as markup."""
    out.print(text, soft_wrap=True, markup=False)


def complain(text, label="percepnet"):
    """A line of trouble."""
    err.print(f"{label}: {text}", style="red", soft_wrap=True, markup=False)


@contextmanager
def progress_bar():
    """A rich Progress on a terminal, nothing elsewhere; it vanishes when done."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    name, percent = TextColumn("{task.description}"), TextColumn("{task.percentage:3.0f} %")
    columns = (name, BarColumn(), percent, TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        yield progress
