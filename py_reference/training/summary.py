"""Tables that say what a data folder holds."""

from pathlib import Path

from rich.table import Table


def voices_table(rows: list[dict], folder: Path) -> Table:
    """Synthesised voices by engine: files, speakers, languages, minutes, measured pitch and bandwidth."""
    table = Table("engine", "files", "speakers", "languages", "minutes", "pitch Hz", "bandwidth kHz", title=str(folder))
    for engine in sorted({row["source"].split()[0] for row in rows}):
        mine = [row for row in rows if row["source"].split()[0] == engine]
        table.add_row(
            engine,
            str(len(mine)),
            str(len({row["speaker_or_class"] for row in mine})),
            str(len({row["language"] for row in mine})),
            f"{sum(float(row['seconds']) for row in mine) / 60:.1f}",
            _span([float(row["f0_hz"]) for row in mine], ".0f"),
            _span([float(row["bw_hz"]) / 1000 for row in mine], ".1f"),
        )
    return table


def _span(values: list[float], form: str) -> str:
    return f"{min(values):{form}} - {max(values):{form}}"
