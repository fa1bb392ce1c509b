"""The clips in tests/audio as float32 at 48 kHz."""

from functools import cache
from pathlib import Path

import soundfile

FOLDER = Path(__file__).parent / "audio"
CLIPS = {"noisy_speech.wav": 1.0, "music.flac": 0.5, "clipping_and_silence.flac": 0.5}  # name: start, s


@cache
def recording(name, start=0.0, seconds=None):
    """Samples (n,), read-only."""
    samples, rate = soundfile.read(FOLDER / name, dtype="float32")
    assert rate == 48000, name
    first = round(start * rate)
    part = samples[first : None if seconds is None else first + round(seconds * rate)]
    part.setflags(write=False)
    return part
