"""Scores of a model on speakers and noises unheard in training, beside the noisy input and ideal gains."""

import csv
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from rich.progress import track

from percepnet import native, oracle
from percepnet.constants import FRAME_SIZE, LATENCY
from percepnet.enhancer import pad
from percepnet.quality import scores

from .corpus import Corpus
from .mix import Mixture, make_test_mixture

METRICS = ("SI-SDR", "PESQ-WB", "ESTOI")
SNR_CLASSES_DB = (0, 5, 10, 15)
COLUMNS = ("snr_db", "mixture", "system", *METRICS)


def network(mixture: Mixture, model: Path, postfilter: float) -> np.ndarray:
    """The noisy signal enhanced by the C core."""
    return native.Enhancer(model, postfilter=postfilter).enhance(mixture.noisy)


def with_parts(mixture: Mixture, model: Path, g: str, r: str) -> np.ndarray:
    """The C core's output with "ideal", "network" or "no" gains and strengths, without postfilter."""
    stream, clean = native.Inspector(model, postfilter=0.0), native.Inspector(model)
    y, x = pad(mixture.noisy), pad(mixture.clean)
    out = np.empty_like(y)
    for at in range(0, y.size, FRAME_SIZE):
        frame = slice(at, at + FRAME_SIZE)
        stream.signal("input")[:], clean.signal("input")[:] = y[frame], x[frame]
        oracle.run(stream, oracle.BEFORE)
        oracle.run(clean, oracle.HEARING)
        ideal = dict(zip("gr", oracle.ideal_frame(stream, clean), strict=True))
        stream.run_stage("nnet")
        for name, kind, nothing in (("g", g, 1), ("r", r, 0)):
            if kind != "network":
                stream.signal(name)[:] = ideal[name] if kind == "ideal" else nothing
        oracle.run(stream, oracle.AFTER)
        out[frame] = stream.signal("output")
    return out[LATENCY : LATENCY + mixture.noisy.size]


SYSTEMS: dict[str, Callable[[Mixture, Path], np.ndarray]] = {
    "noisy": lambda mixture, model: mixture.noisy,
    "no network: g = 1, r = 0": partial(with_parts, g="no", r="no"),
    "network": partial(network, postfilter=0.0),
    "network + postfilter": partial(network, postfilter=1.0),
    "network, r = 0": partial(with_parts, g="network", r="no"),
    "network's g, ideal r": partial(with_parts, g="network", r="ideal"),
    "ideal g, network's r": partial(with_parts, g="ideal", r="network"),
    "ideal g, r = 0": partial(with_parts, g="ideal", r="no"),
    "ideal g and r": partial(with_parts, g="ideal", r="ideal"),
}


def evaluate(model: Path, data: Path, *, mixtures: int, seed: int, jobs: int) -> list[dict]:
    """One row per SNR class, mixture and system; the same for the same arguments, whatever `jobs` is."""
    tasks = [(model, data, seed, index, snr_db) for snr_db in SNR_CLASSES_DB for index in range(mixtures)]
    with ProcessPoolExecutor(jobs) as pool:
        results = track(pool.map(_rows_of_mixture, *zip(*tasks, strict=True)), "scoring", total=len(tasks))
        return [row for rows in results for row in rows]


def _rows_of_mixture(model: Path, data: Path, seed: int, index: int, snr_db: float) -> list[dict]:
    mixture = make_test_mixture(_test_corpus(data), seed, index, snr_db)
    return [
        {
            "snr_db": snr_db,
            "mixture": mixture.kind,
            "system": name,
            **scores(mixture.clean, system(mixture, model)),
        }
        for name, system in SYSTEMS.items()
    ]


_corpora: dict[Path, Corpus] = {}


def _test_corpus(data: Path) -> Corpus:
    if data not in _corpora:
        _corpora[data] = Corpus(data, "test")
    return _corpora[data]


def mean_scores(rows: list[dict]) -> dict[tuple[float, str], dict[str, float]]:
    """Means over the mixtures of every SNR class and system."""
    groups: dict[tuple[float, str], list[dict]] = {}
    for row in rows:
        groups.setdefault((row["snr_db"], row["system"]), []).append(row)
    return {
        key: {metric: float(np.mean([row[metric] for row in group])) for metric in METRICS}
        for key, group in groups.items()
    }


def markdown_table(rows: list[dict]) -> str:
    """Systems by SNR class, one table cell per metric."""
    means = mean_scores(rows)
    lines = [
        "| system | " + " | ".join(f"{snr} dB" for snr in SNR_CLASSES_DB) + " |",
        "|---|" + "---|" * len(SNR_CLASSES_DB),
    ]
    for system in SYSTEMS:
        cells = [means[snr, system] for snr in SNR_CLASSES_DB]
        lines.append(
            f"| {system} | "
            + " | ".join(f"{cell['SI-SDR']:.1f} dB / {cell['PESQ-WB']:.2f} / {cell['ESTOI']:.3f}" for cell in cells)
            + " |"
        )
    return "SI-SDR / PESQ-WB / ESTOI, means per SNR class:\n\n" + "\n".join(lines) + "\n"


def beats_input(rows: list[dict], system: str = "network") -> bool:
    """Whether a system has better mean SI-SDR and PESQ-WB than the noisy input in every SNR class."""
    means = mean_scores(rows)
    return all(
        means[snr, system][metric] > means[snr, "noisy"][metric]
        for snr in SNR_CLASSES_DB
        for metric in ("SI-SDR", "PESQ-WB")
    )


def write_scores(path: Path, rows: list[dict]) -> None:
    """Writes every single score as CSV, complete or not at all."""
    unfinished = path.with_suffix(".partial")
    with open(unfinished, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    os.replace(unfinished, path)
