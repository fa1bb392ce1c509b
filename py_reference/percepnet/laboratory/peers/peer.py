"""What the laboratory knows of another noise suppressor, and which ones a user asks for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from ...errors import PercepNetError


@dataclass(frozen=True)
class Peer:
    """enhance: (n,) in +-1 at 48 kHz -> (n,), possibly late. install: the command that brings it.

    is_slow: takes as long as the recording lasts; then it must be asked for by name.
    """

    name: str
    about: str
    enhance: Callable[[np.ndarray], np.ndarray]
    is_installed: Callable[[], bool]
    install: str
    is_slow: bool = False

    @property
    def advice(self) -> str:
        return f"{self.name} is not scored, it is not installed: run `{self.install}`"


def choose(peers: Iterable[Peer], wanted: str) -> tuple[list[Peer], list[Peer]]:
    """(peers to be scored, peers that "all" would have included but that are not installed).

    wanted: "all", "none", or names and beginnings of names with commas, such as "rnnoise,gtcrn"; what is named
    must be there. Raises PercepNetError.
    """
    if wanted == "none":
        return [], []
    if wanted == "all":
        quick = [peer for peer in peers if not peer.is_slow]
        return [p for p in quick if p.is_installed()], [p for p in quick if not p.is_installed()]
    chosen = []
    for word in wanted.split(","):
        named = [peer for peer in peers if peer.name.startswith(word.strip())]
        if not named or not word.strip():
            known = ", ".join(peer.name for peer in peers)
            raise PercepNetError(f"there is no peer {word.strip()!r}: use all, none or some of {known}")
        chosen += [peer for peer in named if peer not in chosen]
    for peer in chosen:
        if not peer.is_installed():
            raise PercepNetError(peer.advice)
    return chosen, []
