"""Any audio file as int16 mono samples at 48 kHz, decoded once and kept on disk for every process and run."""

import hashlib
import os
import shutil
import warnings
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from ..audio_io import Audio, at_core_rate, atomic, read_audio
from ..constants import SAMPLE_RATE

CACHE_VARIABLE = "PERCEPNET_CACHE"  # another folder for decoded audio, or "off"
FREE_BYTES = 4 << 30  # what the cache leaves free on its disk
PEAK_RANGE = (0.1, 1.0)  # of decoded float samples that fit into int16 as they are
PEAK = 0.9  # where others are scaled to
SAME_SOUND = 0.5  # correlation of channels that may be averaged
SAMPLE = np.dtype("<i2")


def read_samples(path: Path, start: int = 0, stop: int | None = None) -> np.ndarray:
    """Samples start..stop (at 48 kHz) of a file, int16 mono. Raises BadAudio or OSError for files that are no audio."""
    if _is_mono_wav(path):
        with soundfile.SoundFile(path) as file:
            file.seek(min(start, file.frames))
            return file.read(-1 if stop is None else max(0, stop - start), dtype="int16")
    plain = _plain_file(path)
    if plain is None:
        return _decoded_in_memory(path)[start:stop]
    if not plain.exists():  # somebody emptied the cache
        _plain_file.cache_clear()
        return read_samples(path, start, stop)
    return np.fromfile(plain, SAMPLE, -1 if stop is None else max(0, stop - start), offset=start * SAMPLE.itemsize)


def decode(path: Path) -> np.ndarray:
    """A whole file as int16 mono at 48 kHz.

    Several channels: their mean if they hold the same sound, else the loudest. Levels stay, except that samples
    beyond full scale or far below it are scaled to a peak of 0.9.
    """
    return samples_of(read_audio(path))


def samples_of(audio: Audio) -> np.ndarray:
    """What decode() makes of audio that has been read."""
    samples = at_core_rate(audio).samples
    samples = samples[:, 0] if audio.channels == 1 else _one_channel(samples)
    peak = float(np.abs(samples).max())
    if peak > 0 and not PEAK_RANGE[0] <= peak <= PEAK_RANGE[1] and audio.subtype != "PCM_16":
        samples = samples * (PEAK / peak)
    return np.clip(np.rint(samples * 32768), -32768, 32767).astype(SAMPLE)


def cache_folder() -> Path | None:
    """Where decoded audio is kept: $PERCEPNET_CACHE, else a folder of the user's cache; None if that is "off"."""
    wanted = os.environ.get(CACHE_VARIABLE)
    if wanted == "off":
        return None
    if wanted:
        return Path(wanted)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "percepnet" / "decoded"


@lru_cache(maxsize=None)
def _plain_file(path: Path) -> Path | None:
    """The file of raw samples for an audio file, made if need be; None if it cannot be kept."""
    folder = cache_folder()
    if folder is None:
        return None
    facts = path.stat()
    key = hashlib.sha256(f"{path.resolve()}|{facts.st_size}|{facts.st_mtime_ns}".encode()).hexdigest()
    plain = folder / key[:2] / f"{key[2:32]}.s16"
    if not plain.exists():
        samples = decode(path)
        try:
            _keep(plain, samples)
        except OSError as error:
            _warn_once(f"{folder} cannot be written ({error}): set {CACHE_VARIABLE} to a folder that can")
            return None
    return plain


def _keep(plain: Path, samples: np.ndarray) -> None:
    plain.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(plain.parent).free < samples.nbytes + FREE_BYTES:
        raise OSError(f"less than {FREE_BYTES >> 30} GiB would be left free")
    with atomic(plain) as part:
        samples.tofile(part)


@lru_cache(maxsize=None)
def _is_mono_wav(path: Path) -> bool:
    """Whether samples can be read from the file itself, from any place, at no cost."""
    try:
        facts = soundfile.info(path)
    except soundfile.LibsndfileError:
        return False  # decode() says what is wrong with it
    return (facts.format, facts.subtype, facts.samplerate, facts.channels) == ("WAV", "PCM_16", SAMPLE_RATE, 1)


@lru_cache(maxsize=None)
def _decoded_in_memory(path: Path) -> np.ndarray:
    return decode(path)


@lru_cache(maxsize=None)
def _warn_once(text: str) -> None:
    warnings.warn(text, stacklevel=2)


def _one_channel(samples: np.ndarray) -> np.ndarray:
    """(n, channels) -> (n,)."""
    power = np.sum(samples.astype(np.float64) ** 2, axis=0) + 1e-12
    loudest = samples[:, np.argmax(power)]
    similar = (samples.astype(np.float64).T @ loudest) / np.sqrt(power * power.max())
    return samples.mean(axis=1) if (similar > SAME_SOUND).all() else loudest
