"""The steps, from the noisy signal to the networks: what each puts in the place of the network, and what comes out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from .. import oracle
from ..constants import BAND_LIMIT_BIN, LOOK_AHEAD, NUM_BANDS, NUM_BINS
from ..native import Inspector, any_model
from ..quality import scores

BINS, BANDS, COMB, POSTFILTER = "bins", "bands", "comb", "postfilter"
NOISY, NETWORK = "noisy", "network"
PER_FRAME = ("g_hat", "r", "period", "correlation")
ALSO_KEPT = {BINS: ("Y", "X"), COMB: ("p",)}  # for the pictures of these steps
AFTER_SPECTRUM = oracle.AFTER[oracle.AFTER.index("synthesis") :]


@dataclass(frozen=True)
class Step:
    """kind: one of the words above. model: a model file, for a network."""

    kind: str
    name: str
    model: Path | None = None
    postfilter: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """output: (n,), aligned with the clean signal. scores: {measure: value}. signals: a row per frame, as `inspect`."""

    step: Step
    output: np.ndarray
    scores: dict[str, float]
    signals: dict[str, np.ndarray] = field(default_factory=dict)


def all_steps(models, postfilter):
    """The whole staircase. models: {name: path}, the best first; postfilter: its strength in the last steps, 0..1."""
    return [
        Step(NOISY, "noisy"),
        Step(BINS, "ideal magnitude per bin"),
        Step(BANDS, f"ideal gain in {NUM_BANDS} bands"),
        Step(COMB, "with ideal comb strengths"),
        Step(POSTFILTER, "with postfilter", postfilter=postfilter),
        *(Step(NETWORK, name, model, postfilter) for name, model in models.items()),
    ]


def take(step, mixture):
    """The Outcome of one step on a Mixture."""
    if step.kind == NOISY:
        return Outcome(step, mixture.noisy, scores(mixture.clean, mixture.noisy))
    stream = Inspector(step.model or any_model(), postfilter=step.postfilter)
    clean_stream = Inspector(any_model())
    kept = {name: [] for name in (*PER_FRAME, *ALSO_KEPT.get(step.kind, ()))}

    def finish(g, r):
        FINISH[step.kind](stream, clean_stream, g, r)
        for name, rows in kept.items():
            rows.append(stream.signal(name).copy())

    output = oracle.walk(mixture.noisy, mixture.clean, stream, clean_stream, finish)
    signals = {name: np.stack(rows[LOOK_AHEAD:]) for name, rows in kept.items()}
    return Outcome(step, output, scores(mixture.clean, output), signals)


def with_magnitudes(stream, clean_stream, *_):
    """|X(k)| exp(j arg Y(k)) up to 20 kHz: the clean magnitude of every bin, the noisy phase."""
    Y, X = (one.signal("Y").reshape(-1, 2, NUM_BINS)[0] for one in (stream, clean_stream))
    gain = np.hypot(*X) / np.maximum(np.hypot(*Y), np.float32(1e-20))
    gain[BAND_LIMIT_BIN + 1 :] = 0
    stream.set_signal("X", gain * Y)
    oracle.run(stream, AFTER_SPECTRUM)


def with_ideal(stream, _, g, r, *, strengths):
    """Ideal gains per band; ideal strengths or none."""
    stream.set_signal("g", g)
    stream.set_signal("r", r if strengths else 0)
    oracle.run(stream, oracle.AFTER)


def with_network(stream, *_):
    """What the model says."""
    oracle.run(stream, ["nnet", *oracle.AFTER])


FINISH: dict[str, Callable] = {
    BINS: with_magnitudes,
    BANDS: partial(with_ideal, strengths=False),
    COMB: partial(with_ideal, strengths=True),
    POSTFILTER: partial(with_ideal, strengths=True),
    NETWORK: with_network,
}
