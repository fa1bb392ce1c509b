"""Audio files in and out: whatever rate and channels libsndfile reads; files appear whole or not at all."""

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .constants import SAMPLE_RATE
from .errors import BadAudio, PercepNetError
from .requirements import need

MIN_RATE, MAX_RATE = 1000, 768000
RESAMPLER_TAIL_S = 0.02  # zeros behind the signal, so that even one sample gives the resampler something to chew
CONTAINERS = {
    "AIF": "AIFF",
    "OGA": "OGG",
    "OPUS": "OGG",
    "WAVE": "WAV",
}  # suffixes that are not libsndfile's own name
HIGH_PRECISION = {
    "DOUBLE": ("FLOAT", "PCM_24"),
    "FLOAT": ("PCM_24",),
    "PCM_32": ("PCM_24",),
    "PCM_24": ("PCM_24",),
}


@dataclass(frozen=True)
class Audio:
    """samples: float32 (n, channels) in +-1 at `rate` Hz. container, subtype: as libsndfile names them."""

    samples: NDArray[np.float32]
    rate: int
    container: str = "WAV"
    subtype: str = "FLOAT"
    suffix: str = ".wav"

    @property
    def channels(self) -> int:
        return self.samples.shape[1]

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def read_audio(path):
    """Audio from a file. Raises BadAudio (what is wrong, what to do) or OSError."""
    soundfile = need("soundfile")
    path = Path(path)
    if path.is_dir():
        raise BadAudio(f"{path} is a folder: give an audio file")
    with open(path, "rb"):
        pass  # soundfile cannot tell a file that is missing from one that is not audio
    try:
        with soundfile.SoundFile(path) as file:
            rate, container, subtype = file.samplerate, file.format, file.subtype
            samples = file.read(dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, TypeError, MemoryError) as error:
        reason = getattr(error, "error_string", str(error)).rstrip(".")
        raise BadAudio(f"{path} cannot be read as audio ({reason}): convert it to WAV or FLAC") from None
    check_samples(path, samples, rate)
    return Audio(samples, rate, container, subtype, path.suffix.lower())


def check_samples(path, samples, rate):
    """BadAudio for what cannot be enhanced."""
    if not len(samples):
        raise BadAudio(f"{path} holds no samples: give a recording that is not empty")
    if not MIN_RATE <= rate <= MAX_RATE:
        raise BadAudio(f"{path} claims {rate} samples a second: give a recording at {MIN_RATE} to {MAX_RATE} Hz")
    bad = np.flatnonzero(~np.isfinite(samples).all(axis=1))
    if bad.size:
        where = f"first at {bad[0] / rate:.3f} s"
        raise BadAudio(f"{path} holds NaN or infinite samples ({bad.size}, {where}): repair or export it again")


def output_format(path, like):
    """(container, subtype) for a path: those of `like` where possible, else the nearest. Raises BadAudio."""
    soundfile = need("soundfile")
    suffix = Path(path).suffix.lower()
    name = suffix[1:].upper()
    container = like.container if suffix == like.suffix else CONTAINERS.get(name, name)
    if container not in soundfile.available_formats() or container == "RAW":
        raise BadAudio(f"{path}: cannot write {suffix or 'a file without a suffix'}: use .wav, .flac, .ogg or .mp3")
    wanted = ["OPUS"] if suffix == ".opus" else [like.subtype, *HIGH_PRECISION.get(like.subtype, ())]
    fitting = [subtype for subtype in wanted if soundfile.check_format(container, subtype)]
    return container, (fitting or [soundfile.default_subtype(container)])[0]


def write_audio(path, audio):
    """Writes a file in the format that audio and the path's suffix ask for; PCM is clipped at full scale."""
    soundfile = need("soundfile")
    container, subtype = output_format(path, audio)
    with atomic(path) as part:
        try:
            soundfile.write(part, audio.samples, audio.rate, format=container, subtype=subtype)
        except soundfile.SoundFileError as error:
            reason = getattr(error, "error_string", str(error)).rstrip(".")
            if reason == "System error":  # more libsndfile does not tell
                raise PercepNetError(f"cannot write {path}: make room on the disk, or give another folder") from None
            details = f"{reason}; {audio.channels} channels, {audio.rate} Hz, {container} {subtype}"
            raise PercepNetError(f"cannot write {path} ({details}): try .wav") from None


def check_folder(folder):
    """PercepNetError unless this is a folder or one can be made."""
    there = next(path for path in (Path(folder), *Path(folder).absolute().parents) if path.exists())
    if not there.is_dir():
        raise PercepNetError(f"{there} is not a folder: give a folder for the results")


def check_target(path, sources=()):
    """Fails early, and clearly, where atomic would fail late; no source may be overwritten."""
    path = Path(path)
    if not path.parent.is_dir():
        raise PercepNetError(f"the folder {path.parent} does not exist: create it first")
    if path.exists() and not path.is_file():
        raise PercepNetError(f"{path} is not a plain file: give another name for the result")
    for source in sources:
        if path.exists() and path.samefile(source):
            raise PercepNetError(f"{path} is the input: give another name for the result")
    try:
        with tempfile.TemporaryFile(dir=path.parent):  # the only proof that a file can be made there
            pass
    except OSError as error:
        raise PercepNetError(f"cannot write into {path.parent} ({error.strerror}): give another folder") from None


@contextmanager
def atomic(path):
    """A temporary path in the same folder that becomes `path` at the end, or vanishes if anything fails."""
    check_target(path)
    path = Path(os.path.realpath(path))  # a link stays a link
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def resample(samples: NDArray[np.float32], from_rate: int, to_rate: int, length: int) -> NDArray[np.float32]:
    """(n, channels) at one rate -> (length, channels) at another, aligned in time."""
    if from_rate == to_rate:
        return samples[:length]
    soxr = need("soxr")
    tail = np.zeros((int(RESAMPLER_TAIL_S * from_rate), samples.shape[1]), samples.dtype)
    resampled = soxr.resample(np.concatenate([samples, tail]), from_rate, to_rate, quality="VHQ")[:length]
    return np.concatenate([resampled, np.zeros((length - len(resampled), samples.shape[1]), samples.dtype)])


def at_core_rate(audio: Audio) -> Audio:
    """The same audio at SAMPLE_RATE."""
    length = -(-len(audio.samples) * SAMPLE_RATE // audio.rate)
    return replace(audio, samples=resample(audio.samples, audio.rate, SAMPLE_RATE, length), rate=SAMPLE_RATE)


def back_from_core_rate(samples: NDArray[np.float32], like: Audio) -> Audio:
    """Samples (n, channels) at SAMPLE_RATE as Audio of the rate, length and format of `like`."""
    return replace(like, samples=resample(samples, SAMPLE_RATE, like.rate, len(like.samples)))
