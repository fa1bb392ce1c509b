"""PercepNet: real-time suppression of noise and reverberation in 48 kHz speech.

The reference implementation: `Enhancer` in float32 gives the bits of the C core and of every WebAssembly build.
"""

from .constants import FRAME_SIZE, LATENCY, SAMPLE_RATE, VERSION
from .enhancer import Enhancer
from .errors import BadAudio, BadModel, Missing, PercepNetError
from .model_file import Model, read_model

__version__ = VERSION
__all__ = [
    "FRAME_SIZE", "LATENCY", "SAMPLE_RATE",
    "BadAudio", "BadModel", "Enhancer", "Missing", "Model", "PercepNetError",
    "enhance", "read_model",
]


def enhance(samples, model, **config):
    """Enhances a whole mono signal with the reference, delay removed. See Enhancer for the options."""
    return Enhancer(model, **config).enhance(samples)
