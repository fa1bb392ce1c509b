"""PercepNet: real-time suppression of noise and reverberation in 48 kHz speech.

`enhance` takes whole recordings, `enhance_files` files and folders of them, `Enhancer` streams of frames; all run the
C core. The reference in Python, which gives the same bits, is percepnet.enhancer.Enhancer with models of read_model.
"""

from .batch import EnhancedFile, enhance_files
from .constants import FRAME_SIZE, LATENCY, SAMPLE_RATE, VERSION
from .errors import BadAudio, BadModel, BadOption, Closed, Missing, PercepNetError
from .model_file import Model, read_model
from .native import Enhancer, NativeModel, load_model
from .whole import enhance

__version__ = VERSION
__all__ = [
    "FRAME_SIZE",
    "LATENCY",
    "SAMPLE_RATE",
    "BadAudio",
    "BadModel",
    "BadOption",
    "Closed",
    "EnhancedFile",
    "Enhancer",
    "Missing",
    "Model",
    "NativeModel",
    "PercepNetError",
    "enhance",
    "enhance_files",
    "load_model",
    "read_model",
]
