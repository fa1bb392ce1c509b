"""Small recordings for the command line's tests, and how a child process finds the package."""

import os

import numpy as np
import soundfile
import soxr

from percepnet.building.environment import ROOT

NOISY = ROOT / "tests/audio/noisy_speech.wav"


def speech(seconds, rate=48000):
    samples = soundfile.read(NOISY, dtype="float32")[0][36000 : 36000 + int(seconds * 48000)]
    return soxr.resample(samples, 48000, rate)


def write_clip(path, rate, channels, seconds=0.2, **options):
    samples = np.stack([np.roll(speech(seconds, rate), 40 * channel) for channel in range(channels)], axis=1)
    soundfile.write(path, samples, rate, **({"subtype": "FLOAT"} | options))
    return path


def same_samples(*paths):
    """By samples, not by bytes: float WAV files hold the time of their writing."""
    return len({soundfile.read(path, dtype="float32")[0].tobytes() for path in paths}) == 1


def environment():
    path = os.pathsep.join([str(ROOT / "py_reference"), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"PYTHONPATH": path, "TERM": "xterm"}
