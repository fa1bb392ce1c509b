"""The results as one web page that needs no other file: tables, and a few examples to look at and listen to."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import __version__
from ..constants import SAMPLE_RATE
from ..web_page import data_url, sound_url, write_page

from .pairs import Pair
from .scoring import Row, aligned_output
from .summary import Mean
from .systems import System
from .tables import Grid, all_by_class, overall

TEMPLATE = Path(__file__).with_name("report.html")
EXAMPLE_SECONDS = 4.0
EXAMPLE_START_SECONDS = 2.0  # systems have settled by then
PICTURE = (320, 120)  # pixels: time, frequency
TOP_HZ = 16000
SHADES_DB = (-100.0, -30.0)  # of full scale: black, bright
FFT_SIZE = 2048
COLOURS = 64


@dataclass(frozen=True)
class Sound:
    """One line of an example: a picture and a recording as data: URLs."""

    title: str
    picture: str
    audio: str


@dataclass(frozen=True)
class Example:
    """A few seconds of one clip, as it is and as the systems make it."""

    name: str
    labels: str
    sounds: list[Sound]


def write_report(
    path: Path, means: list[Mean], examples: list[Example], facts: dict[str, str], notes: list[str]
) -> None:
    """Writes the page. facts: what was done, on what machine; notes: what was not done, and why."""
    write_page(
        path,
        TEMPLATE,
        facts={"percepnet": __version__, **facts},
        notes=notes,
        overall=overall(means),
        sections=sections(all_by_class(means)),
        examples=examples,
    )


def sections(grids: list[Grid]) -> dict[str, list[Grid]]:
    """{measure: its grids}"""
    return {measure: [g for g in grids if g.measure == measure] for measure in dict.fromkeys(g.measure for g in grids)}


def choose_examples(pairs: list[Pair], rows: list[Row], count: int) -> list[Pair]:
    """Pairs from the noisiest to the cleanest, evenly spaced by the input's PESQ-WB."""
    scores = {row.clip: row.scores["PESQ-WB"] for row in rows[:: len(rows) // len(pairs)]}
    ordered = sorted(pairs, key=lambda pair: np.nan_to_num(scores[pair.name]))
    positions = np.linspace(0, len(ordered) - 1, min(count, len(ordered)) + 2)[1:-1]
    return [ordered[round(position)] for position in positions]


def make_example(pair: Pair, systems: Iterable[System]) -> Example:
    """Runs the systems on one pair once more and keeps a few seconds."""
    clean, noisy = pair.read()
    start = min(int(EXAMPLE_START_SECONDS * SAMPLE_RATE), max(0, clean.size - int(EXAMPLE_SECONDS * SAMPLE_RATE)))
    cut = slice(start, start + int(EXAMPLE_SECONDS * SAMPLE_RATE))
    outputs = {"clean": clean} | {system.name: aligned_output(system, noisy, clean)[0] for system in systems}
    scale = 0.9 / max(1e-9, *(np.abs(output[cut]).max() for output in outputs.values()))
    sounds = [Sound(name, picture(output[cut]), sound_url(output[cut] * scale)) for name, output in outputs.items()]
    labels = ", ".join(f"{name} {value}" for name, value in pair.labels.items() if value)
    return Example(pair.name, labels, sounds)


def picture(samples: np.ndarray) -> str:
    """A spectrogram up to TOP_HZ, as PNG."""
    from matplotlib import colormaps
    from PIL import Image

    width, height = PICTURE
    window = np.hanning(FFT_SIZE) / (FFT_SIZE / 4)  # a full-scale sine gives 0 dB
    hop = max(1, samples.size // width)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, FFT_SIZE // 2), FFT_SIZE)[::hop][:width]
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    edges = np.linspace(0, TOP_HZ / SAMPLE_RATE * FFT_SIZE, height + 1).astype(int)
    level_db = 10 * np.log10(np.maximum.reduceat(power, edges[:-1], axis=1) + 1e-12)
    shades = np.clip((level_db - SHADES_DB[0]) / (SHADES_DB[1] - SHADES_DB[0]), 0, 1)
    image = Image.fromarray((shades.T[::-1] * (COLOURS - 1)).astype(np.uint8), "P")
    palette = colormaps["magma"](np.arange(COLOURS) / (COLOURS - 1))[:, :3]
    image.putpalette((palette * 255).astype(np.uint8).tobytes())
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data_url("image/png", data.getvalue())
