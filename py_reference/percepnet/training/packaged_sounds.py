"""What is taken from a package: the files of a class of noise or of a speaker, at 48 kHz, that are fit to use."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ..audio_io import Audio, check_samples
from ..constants import SAMPLE_RATE
from ..errors import PercepNetError

from .augment import active_power, frame_power
from .deb_package import NOT_FREE, DebPackage
from .decoded_audio import samples_of
from .measure import bandwidth_hz, clipped_share, snr_db
from .scan import CLIPPED_SHARE
from .speech import at_level
from .synthesise import LEVEL_DB, trimmed

NOISE_LEVEL_DB = -22.0  # of the loud frames
LOUD_FRAMES = 0.95  # their quantile
PEAK = 0.97
LEAST_DB = -50.0  # what is quieter at its loudest is hiss, or nothing
SHORTEST_S = {"noise": 0.08, "speech": 0.25}
LONGEST_S = {"noise": 90.0, "speech": 19.0}
LONGEST_MUSIC_S = 30.0
LEAST_RATE = 32000  # of noise: above half the rate there is none to learn from
LEAST_BANDWIDTH_HZ = 13000  # of speech, in the median of a speaker's clips
FADE = SAMPLE_RATE // 200


@dataclass(frozen=True)
class Wanted:
    """A class of noise or a speaker. files: patterns below the package's root; those after a "!" are left out again."""

    kind: str
    label: str
    language: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Sound:
    """samples: float32 at 48 kHz. path: below the package's root."""

    samples: np.ndarray
    path: str
    licence: str
    bw_hz: float
    snr_db: float

    @property
    def digest(self) -> str:
        """The same for the same sound, whatever its file is called."""
        return digest_of(self.samples)


def digest_of(samples: np.ndarray) -> str:
    """Hash of the samples as a 16-bit file keeps them."""
    return hashlib.sha256(np.rint(samples * 32768).astype("<i2").tobytes()).hexdigest()


def sounds_of(package: DebPackage, root: str, wanted: Wanted, licence: str) -> tuple[list[Sound], dict[str, int]]:
    """(what is fit to use, how many files were left out for which reason).

    licence: of all of it; "" for what the copyright file says.
    """
    sounds, reasons = [], {}
    for path in _files(package.folder / root, wanted.files):
        name = path.relative_to(package.folder)
        found = _sound(path, str(name), wanted, licence or package.licence_of(name))
        if isinstance(found, Sound):
            sounds.append(found)
        else:
            reasons[found] = reasons.get(found, 0) + 1
    if wanted.kind == "speech" and sounds and np.median([sound.bw_hz for sound in sounds]) < LEAST_BANDWIDTH_HZ:
        return [], reasons | {f"narrower than {LEAST_BANDWIDTH_HZ // 1000} kHz": len(sounds)}
    return sounds, reasons


def _files(root: Path, patterns: tuple[str, ...]) -> list[Path]:
    found: set[Path] = set()
    for pattern in patterns:
        if pattern.startswith("!"):
            found -= set(root.glob(pattern[1:]))
        else:
            found |= set(root.glob(pattern))
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def _sound(path: Path, name: str, wanted: Wanted, licence: str) -> Sound | str:
    """One file, or why it is left out."""
    if not licence:
        return "without a licence on record"
    if NOT_FREE.search(licence):
        return "under a licence that is not free"
    try:
        with soundfile.SoundFile(path) as file:
            if wanted.kind == "noise" and file.samplerate < LEAST_RATE:
                return f"below {LEAST_RATE // 1000} kHz"
            read = file.read(round(_longest(wanted) * file.samplerate), dtype="float32", always_2d=True)
            audio = Audio(read, file.samplerate, subtype=file.subtype)
        check_samples(path, read, audio.rate)
    except (PercepNetError, OSError, TypeError, soundfile.SoundFileError):  # TypeError: a headerless file
        return "that cannot be decoded"
    samples = samples_of(audio).astype(np.float32) / 32768
    loudest = 10 * np.log10(frame_power(samples).max(initial=0.0) + 1e-20)
    cut = trimmed(samples - samples.mean()) if len(samples) else samples
    if loudest < LEAST_DB or len(cut) < SHORTEST_S[wanted.kind] * SAMPLE_RATE:
        return "too quiet or too short"
    if wanted.kind == "speech" and clipped_share(samples) > CLIPPED_SHARE:
        return "that are clipped"
    snr = snr_db(samples) if wanted.kind == "speech" else 0.0
    levelled = at_level(cut, LEVEL_DB) if wanted.kind == "speech" else _at_loud_level(cut)
    return Sound(_faded(_below_full_scale(levelled)), name, licence, bandwidth_hz(cut), snr)


def _longest(wanted: Wanted) -> float:
    return LONGEST_MUSIC_S if wanted.label.split()[0] == "music" else LONGEST_S[wanted.kind]


def _at_loud_level(samples: np.ndarray) -> np.ndarray:
    loud = np.quantile(frame_power(samples), LOUD_FRAMES)
    level = max(loud, active_power(samples) / 10)  # a single knock is all in a few frames
    return samples * np.float32(np.sqrt(10 ** (NOISE_LEVEL_DB / 10) / level))


def _below_full_scale(samples: np.ndarray) -> np.ndarray:
    return samples * np.float32(min(1.0, PEAK / np.abs(samples).max()))


def _faded(samples: np.ndarray) -> np.ndarray:
    """samples with 5 ms ramps where it was cut."""
    edge = min(FADE, len(samples) // 2)
    ramp = np.linspace(0, 1, edge, dtype=np.float32)
    samples[:edge] *= ramp
    samples[len(samples) - edge :] *= ramp[::-1]
    return samples
