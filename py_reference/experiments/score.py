"""Scores one arm of an experiment; runs inside the arm's variant, on the variant's code."""

import csv
from functools import cache, partial
from pathlib import Path

import numpy as np

from percepnet import native, oracle
from percepnet.audio_io import atomic
from percepnet.constants import FRAME_SIZE, LATENCY
from percepnet.samples import pad
from percepnet.quality import scores
from percepnet.training.mix import Mixture

from .mixtures import Scene, validation_mixtures
from .questions import Arm, Experiment

MEASURES = ("PESQ-WB", "ESTOI", "SI-SDR")
COLUMNS = ("arm", "run", "speaker", "noise", "snr_db", *MEASURES)


def score_arm(experiment: Experiment, arm: Arm, model: Path, run: int, data: Path, seed: int) -> list[dict]:
    """One row of COLUMNS per mixture. model: file or run folder of the arm's network; run: which of its trainings."""
    system = SYSTEMS[arm.system]
    return [
        row(arm, run, scene, scores(mixture.clean, system(mixture, model, postfilter_strength(arm, scene))))
        for scene, mixture in validation_mixtures(data, seed, snrs_db=experiment.snrs_db)
    ]


def postfilter_strength(arm: Arm, scene: Scene) -> float:
    """The strength an arm asks for at the scene's signal-to-noise ratio."""
    if isinstance(arm.postfilter, list):
        return float(np.interp(scene.snr_db, *zip(*arm.postfilter, strict=True)))
    return arm.postfilter


def with_ideal_values(mixture: Mixture, model: Path, postfilter: float) -> np.ndarray:
    stream = partial(native.Inspector, native.any_model())
    return oracle.enhance(mixture.noisy, mixture.clean, make_stream=stream, postfilter=postfilter)


def with_core(mixture: Mixture, model: Path, postfilter: float) -> np.ndarray:
    return native.Enhancer(model, postfilter=postfilter).enhance(mixture.noisy)


def with_float_network(mixture: Mixture, model: Path, postfilter: float) -> np.ndarray:
    """Features and everything after the network by the C core, the network by torch in float32."""
    y = pad(mixture.noisy)
    values = float_forward(model, native.extract(y, y)["features"])
    stream, out = native.Inspector(native.any_model(), postfilter=postfilter), np.empty_like(y)
    for frame, (g, r) in enumerate(zip(*values, strict=True)):
        at = slice(frame * FRAME_SIZE, (frame + 1) * FRAME_SIZE)
        stream.signal("input")[:] = y[at]
        oracle.run(stream, oracle.BEFORE)
        stream.signal("g")[:], stream.signal("r")[:] = g, r
        oracle.run(stream, oracle.AFTER)
        out[at] = stream.signal("output")
    return out[LATENCY : LATENCY + len(mixture.noisy)]


def float_forward(model: Path, features: np.ndarray) -> list[np.ndarray]:
    """Gains and strengths (T, bands) for features (T, .) from a network's weights in float arithmetic."""
    import torch

    with torch.no_grad():
        return [x[:, 0].numpy() for x in float_network(model)(torch.from_numpy(features)[:, None])]


@cache
def float_network(model: Path):
    """The torch network of a model file or run folder."""
    from percepnet.training.warm_start import starting_network

    return starting_network(model)


SYSTEMS = {
    "noisy": lambda mixture, model, postfilter: mixture.noisy,
    "oracle": with_ideal_values,
    "core": with_core,
    "float": with_float_network,
}


def row(arm: Arm, run: int, scene: Scene, measured: dict) -> dict:
    """A row of COLUMNS."""
    numbers = {name: f"{measured[name]:.4f}" for name in MEASURES}
    place = {"speaker": scene.speaker, "noise": scene.noise, "snr_db": f"{scene.snr_db:g}"}
    return {"arm": arm.name, "run": str(run), **place, **numbers}


def write_rows(path: Path, rows: list[dict]) -> None:
    """Writes rows of COLUMNS as CSV, complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic(path) as part, open(part, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_rows(path: Path) -> list[dict]:
    """The rows of such a file, as they are."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
