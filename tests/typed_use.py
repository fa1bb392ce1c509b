"""What users write, for the type checker: every call below is checked and none is run."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import percepnet


def whole(samples: NDArray[np.float32], path: Path) -> NDArray[np.float32]:
    model: percepnet.NativeModel = percepnet.load_model(path)
    return percepnet.enhance(samples, model, rate=16000, max_attenuation_db=12.0)


def many(folder: Path, model: bytes) -> list[str]:
    results = percepnet.enhance_files(folder, "out", model, jobs=2, postfilter=1.0)
    results += percepnet.enhance_files([folder / "a.wav", "b.wav"], folder, model, dask="tcp://10.0.0.1:8786")
    return [f"{one.target}: {one.error}" for one in results if one.error]


def stream(frames: list[NDArray[np.float32]], model: bytes) -> list[float]:
    with percepnet.Enhancer(model, postfilter=0.5) as enhancer:
        enhancer.set_config(bypass=1.0)
        enhancer.reset()
        heard: list[float] = []
        for frame in frames:
            out, voice = enhancer.process_frame(frame)
            out = out * np.float32(0.5)
            heard.append(voice + enhancer.frame_info["snr_db"])
        return heard


def trouble(path: str) -> str:
    try:
        percepnet.Enhancer(path)
    except percepnet.PercepNetError as error:
        return str(error)
    return ""
