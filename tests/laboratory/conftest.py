"""What the laboratory's tests share: two seconds of speech in rain, and the smallest model."""

import pytest
import soundfile
from recordings import recording

from percepnet.laboratory.pairs import Pair


@pytest.fixture(scope="session")
def clean():
    """Speech, (96000,) at 48 kHz."""
    return recording("clean_speech_rain.flac", start=1.0, seconds=2.0)


@pytest.fixture(scope="session")
def noisy():
    """The same speech in rain."""
    return recording("noisy_speech_rain.flac", start=1.0, seconds=2.0)


@pytest.fixture(scope="session")
def folders(tmp_path_factory, clean, noisy):
    """A folder of clean and one of noisy recordings; in the second pair the noise is half as loud."""
    folder = tmp_path_factory.mktemp("pairs")
    for kind in ("clean", "noisy"):
        (folder / kind / "deeper").mkdir(parents=True)
    for name, share in (("loud.wav", 1.0), ("deeper/faint.wav", 0.5)):
        soundfile.write(folder / "clean" / name, clean, 48000, "FLOAT")
        soundfile.write(folder / "noisy" / name, clean + share * (noisy - clean), 48000, "FLOAT")
    return folder / "clean", folder / "noisy"


@pytest.fixture(scope="session")
def pair(folders):
    return Pair("loud", folders[0] / "loud.wav", folders[1] / "loud.wav", {"snr_db": "5", "language": "en"})
