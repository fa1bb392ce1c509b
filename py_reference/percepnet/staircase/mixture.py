"""What goes in: speech and noise from files, mixed at a ratio; or the pair that comes with a checkout."""

from dataclasses import dataclass, replace

import numpy as np

from ..audio_io import at_core_rate, read_audio
from ..commands.checkout import BUNDLED
from ..commands.oracle_files import mix
from ..constants import SAMPLE_RATE
from ..errors import BadAudio, Missing, PercepNetError

LEAST_SECONDS = 1.0  # the measures need as much


@dataclass(frozen=True)
class Mixture:
    """clean, noisy: float32 (n,) in +-1 at 48 kHz, aligned. facts: {what: value}, for the report."""

    clean: np.ndarray
    noisy: np.ndarray
    facts: dict[str, str]

    @property
    def snr_db(self):
        """Ratio of the mean powers of speech and noise, dB."""
        clean, noise = (np.mean(np.square(x, dtype=np.float64)) for x in (self.clean, self.noisy - self.clean))
        return float(10 * np.log10(clean / noise))


def read_mixture(clean_path, noise_path, snr_db, seconds):
    """The first channels of both files, at most `seconds` of the speech; noise is repeated where it is shorter."""
    if bool(clean_path) != bool(noise_path):
        raise PercepNetError("CLEAN and NOISE belong together: give both files, or none for the bundled clip")
    clean, noise, facts = from_files(clean_path, noise_path, seconds) if clean_path else bundled(seconds)
    noisy = mix(clean[:, None], np.resize(noise, clean.size), snr_db)[:, 0]
    return Mixture(clean, noisy, facts)


def from_files(clean_path, noise_path, seconds):
    """(speech, noise, facts). Raises BadAudio where one of them is of no use."""
    (clean, said), (noise, noise_said) = (first_channel(path, seconds) for path in (clean_path, noise_path))
    if clean.size < LEAST_SECONDS * SAMPLE_RATE:
        raise BadAudio(f"{clean_path} is shorter than {LEAST_SECONDS:g} s: the measures need a longer recording")
    for path, samples in ((clean_path, clean), (noise_path, noise)):
        if not samples.any():
            raise BadAudio(f"{path} is silent: a signal-to-noise ratio needs sound in both files")
    return clean, noise, {"speech": said, "noise": noise_said}


def first_channel(path, seconds):
    """((n,) at 48 kHz, n at most `seconds`; what was read, in words)."""
    audio = read_audio(path)
    used = replace(audio, samples=audio.samples[: int(seconds * audio.rate), :1])
    channels = f", the first of {audio.channels} channels" if audio.channels > 1 else ""
    cut = f", the first {used.seconds:g} s" if used.seconds < audio.seconds else ""
    return at_core_rate(used).samples[:, 0], f"{path.name}: {audio.seconds:.2f} s, {audio.rate} Hz{channels}{cut}"


def bundled(seconds):
    """(speech, noise, facts) of the clip that comes with a checkout."""
    noisy_path, clean_path = BUNDLED
    if not clean_path.exists():
        raise Missing("there is no bundled clip, as this is no checkout: give CLEAN and NOISE")
    (clean, said), (noisy, _) = (first_channel(path, seconds) for path in (clean_path, noisy_path))
    return clean, noisy - clean, {"speech": said, "noise": f"that in {noisy_path.name}"}
