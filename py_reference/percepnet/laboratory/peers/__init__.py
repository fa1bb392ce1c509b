"""Other noise suppressors, to be scored beside ours. Each has a file; none is needed, all say how to get them."""

from .chromium import CHROMIUM
from .deepfilternet3 import DEEPFILTERNET3
from .dtln import DTLN
from .gtcrn import GTCRN
from .peer import Peer, choose
from .rnnoise import RNNOISES
from .speexdsp import SPEEXDSP

PEERS = (SPEEXDSP, *RNNOISES, GTCRN, DTLN, DEEPFILTERNET3, CHROMIUM)

__all__ = ["PEERS", "Peer", "choose"]
