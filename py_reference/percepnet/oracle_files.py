"""Mixes speech and noise files and enhances the mixture with ideal gains and strengths."""

from functools import partial

import numpy as np

from . import oracle
from .audio_io import Audio, at_core_rate, back_from_core_rate, check_target, output_format, read_audio, write_audio
from .errors import BadAudio
from .model_file import encode_model, random_weights
from .native import Inspector
from .quality import si_sdr


def mix(clean, noise, snr_db):
    """clean (n, channels) plus noise (m,), repeated or cut to fit, at a ratio of their mean powers in dB."""
    noise = np.resize(noise, len(clean))
    powers = [np.mean(np.square(x, dtype=np.float64)) for x in (clean, noise)]
    gain = np.sqrt(powers[0] / powers[1] / 10 ** (snr_db / 10))
    return clean + np.float32(gain) * noise[:, None]


def read_pair(clean_path, noise_path):
    """(Audio of the speech, noise (m,) at 48 kHz). BadAudio where either is silent and no ratio can be set."""
    clean, noise = read_audio(clean_path), at_core_rate(read_audio(noise_path)).samples[:, 0]
    for path, samples in ((clean_path, clean.samples), (noise_path, noise)):
        if not samples.any():
            raise BadAudio(f"{path} is silent: a signal-to-noise ratio needs sound in both files")
    return clean, noise


def run_oracle(clean_path, noise_path, target, snr_db, mixture=None, **options):
    """Writes the enhanced mixture and, if asked, the mixture; returns SI-SDR before and after, dB.

    options: as percepnet.oracle.enhance takes them. The network is not used: its place is taken by the ideal values.
    """
    clean, noise = read_pair(clean_path, noise_path)
    for path in filter(None, (target, mixture)):
        output_format(path, clean)
        check_target(path, [clean_path, noise_path])
    wanted = at_core_rate(clean).samples
    noisy = mix(wanted, noise, snr_db)
    stream = partial(Inspector, encode_model(random_weights(64, 1), {}))
    pairs = zip(noisy.T, wanted.T, strict=True)
    enhanced = np.stack([oracle.enhance(y, x, make_stream=stream, **options) for y, x in pairs], axis=1)
    if mixture:
        write_back(mixture, noisy, clean)
    write_back(target, enhanced, clean)
    return tuple(float(np.mean([si_sdr(x, y) for x, y in zip(wanted.T, z.T, strict=True)])) for z in (noisy, enhanced))


def write_back(path, samples, like: Audio):
    write_audio(path, back_from_core_rate(samples, like))
