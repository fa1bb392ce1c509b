"""What can be scored: the input itself, our models, ideal gains and strengths, other noise suppressors."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from .. import native, oracle
from ..constants import CONFIG

from .peers import PEERS


class System(Protocol):
    """Something that enhances; small, because it travels to other processes."""

    name: str

    def enhance(self, noisy: np.ndarray, clean: np.ndarray) -> np.ndarray:
        """(n,) at 48 kHz -> (n,), possibly late. clean is for systems that are told the answer."""


@dataclass(frozen=True)
class Untouched:
    """The input as it is: what all others must beat."""

    name: str = "noisy"

    def enhance(self, noisy, clean):
        return noisy


@dataclass(frozen=True)
class Network:
    """A model file in the C core."""

    name: str
    model: Path
    postfilter: float

    def enhance(self, noisy, clean):
        return native.Enhancer(self.model, postfilter=self.postfilter).enhance(noisy)


@dataclass(frozen=True)
class Ideal:
    """Ideal gains and, if wanted, ideal strengths: the most that any network in this pipeline could do."""

    name: str
    strengths: bool

    def enhance(self, noisy, clean):
        return oracle.enhance(
            noisy,
            clean,
            strengths=self.strengths,
            make_stream=partial(native.Inspector, native.any_model()),
            postfilter=0.0,
        )


@dataclass(frozen=True)
class Parts:
    """A model of whose answer some is replaced: gains g and strengths r "network", "ideal" or "none".

    Shows which of the two costs how much. Without postfilter.
    """

    name: str
    model: Path
    g: str
    r: str

    def enhance(self, noisy, clean):
        stream, clean_stream = native.Inspector(self.model, postfilter=0.0), native.Inspector(self.model)

        def finish(*ideal):
            stream.run_stage("nnet")
            for name, kind, value, nothing in zip("gr", (self.g, self.r), ideal, (1, 0), strict=True):
                if kind != "network":
                    stream.signal(name)[:] = value if kind == "ideal" else nothing
            oracle.run(stream, oracle.AFTER)

        return oracle.walk(noisy, clean, stream, clean_stream, finish)


@dataclass(frozen=True)
class Other:
    """Another noise suppressor, by the name of its Peer."""

    name: str

    def enhance(self, noisy, clean):
        return next(peer for peer in PEERS if peer.name == self.name).enhance(noisy)


CEILINGS = (Ideal("ideal g, r = 0", strengths=False), Ideal("ideal g and r", strengths=True))


def of_model(name: str, model: Path, parts: bool = False) -> list[System]:
    """A model without and with postfilter (at its default); with `parts` also mixtures of its answer and the ideal."""
    systems = [Network(name, model, 0.0), Network(f"{name} + postfilter", model, CONFIG["postfilter"]["default"])]
    if parts:
        systems += [
            Parts(f"{name}: g = 1, r = 0", model, "none", "none"),
            Parts(f"{name}: r = 0", model, "network", "none"),
            Parts(f"{name}: ideal r", model, "network", "ideal"),
            Parts(f"{name}: ideal g", model, "ideal", "network"),
        ]
    return systems
