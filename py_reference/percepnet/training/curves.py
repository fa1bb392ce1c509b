"""The picture of a run: what was trained on and what validation says, over the steps."""

import math
from pathlib import Path

from ..audio_io import atomic

PANELS = (
    ("signal loss", ("train_signal", "validation_signal")),
    ("gain loss", ("train_gain", "validation_gain")),
    ("strength loss", ("train_strength", "validation_strength")),
    ("PESQ-WB", ("PESQ-WB",)),
    ("ESTOI", ("ESTOI",)),
    ("SI-SDR, dB", ("SI-SDR",)),
)


def draw_curves(log: list[dict], picture: Path) -> None:
    """Draws the columns of PANELS, where the log has them; a line stands where a stage begins."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4 * len(PANELS), 4), layout="constrained")
    steps = [row["step"] for row in log]
    borders = [row["step"] for before, row in zip(log, log[1:], strict=False) if row["stage"] != before["stage"]]
    for axes, (title, columns) in zip(figure.subplots(1, len(PANELS)), PANELS, strict=True):
        for column in columns:
            axes.plot(steps, [row.get(column, math.nan) for row in log], label=column)
        for border in borders:
            axes.axvline(border, color="grey", linewidth=0.8)
        axes.set(title=title, xlabel="step")
        axes.grid(alpha=0.3)
        if len(columns) > 1:
            axes.legend()
    with atomic(picture) as part:
        figure.savefig(part, format="png", dpi=90)
