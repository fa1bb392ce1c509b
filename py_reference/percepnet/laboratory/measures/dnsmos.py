"""DNSMOS: what listeners would say of speech, background and the whole (ITU-T P.835), guessed without the clean signal.

The network comes with the PyPI package speechmos and needs no connection. C. Reddy et al., "DNSMOS P.835", ICASSP 2022.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

RATE = 16000
WINDOW = 144160  # 9.01 s: what the network takes
HOP = RATE
INSTALL = "pip install speechmos==0.0.1.1 onnxruntime"
# The published mapping from the network's outputs to opinion scores, powers 0, 1 and 2.
CALIBRATION = {
    "DNSMOS SIG": (0.0052439, 1.22083953, -0.08397278),
    "DNSMOS BAK": (-0.39604546, 1.60915514, -0.13166888),
    "DNSMOS OVRL": (0.04602535, 1.11546468, -0.06766283),
}


def is_installed() -> bool:
    return find_spec("onnxruntime") is not None and find_spec("speechmos") is not None


@cache
def session():
    import onnxruntime

    folder = Path(find_spec("speechmos").submodule_search_locations[0])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the laboratory runs one process per core
    return onnxruntime.InferenceSession(folder / "dnsmos_models/sig_bak_ovr.onnx", options)


def dnsmos(processed: np.ndarray) -> dict[str, float]:
    """Scores 1..5 of (n,) at 16 kHz, means over windows a second apart; a short signal is repeated."""
    samples = np.clip(np.asarray(processed, np.float32), -1, 1)
    if samples.size < WINDOW:
        samples = np.resize(samples, WINDOW)
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    name = session().get_inputs()[0].name
    raw = np.stack([session().run(None, {name: window[None]})[0][0] for window in windows])
    return {
        measure: float(np.mean(np.polynomial.polynomial.polyval(raw[:, i], factors)))
        for i, (measure, factors) in enumerate(CALIBRATION.items())
    }
