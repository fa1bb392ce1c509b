"""Tables in CSV files that anybody may have made: what cannot be used as one is refused, with the reason."""

import csv
from collections.abc import Iterable
from pathlib import Path

from .errors import PercepNetError


def read_table(
    path: Path, columns: Iterable[str], advice: str, error: type[PercepNetError] = PercepNetError
) -> list[dict[str, str]]:
    """The rows of a file that has these columns, and may have more and no rows. Raises `error`, which ends with advice.

    OSError for a file that cannot be read.
    """
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:  # spreadsheets write a mark before the first column
            reader = csv.DictReader(file)
            names, rows = reader.fieldnames or (), list(reader)
    except (UnicodeDecodeError, csv.Error) as trouble:
        raise error(f"{path} is no CSV file in UTF-8 ({trouble}): {advice}") from None
    missing = [name for name in columns if name not in names]
    if missing:
        raise error(f"{path} has no column {missing[0]}: {advice}")
    for number, row in enumerate(rows, 1):
        if None in row or None in row.values():
            raise error(f"{path} has more or fewer values in row {number} than columns: {advice}")
    return rows
