"""Mixes speech and noise files and enhances the mixture with ideal gains and strengths."""

from functools import partial

import numpy as np

from .. import oracle
from ..audio_io import at_core_rate, back_from_core_rate, check_target, output_format, read_audio, write_audio
from ..errors import BadAudio, PercepNetError
from ..model_file import encode_model, random_weights
from ..native import Inspector
from ..quality import si_sdr


def mix(clean, noise, snr_db):
    """clean (n, channels) plus noise (n,) at a ratio of their mean powers in dB; neither is all zero."""
    powers = [np.mean(np.square(x, dtype=np.float64)) for x in (clean, noise)]
    gain = np.sqrt(powers[0] / powers[1] / 10 ** (snr_db / 10))
    return clean + np.float32(gain) * noise[:, None]


def read_pair(clean_path, noise_path):
    """(Audio of the speech, its samples at 48 kHz, as much noise). BadAudio where either is silent."""
    audio = read_audio(clean_path)
    clean = at_core_rate(audio).samples
    noise = np.resize(at_core_rate(read_audio(noise_path)).samples[:, 0], len(clean))
    for path, samples in ((clean_path, clean), (noise_path, noise)):
        if not samples.any():
            raise BadAudio(f"{path} is silent: a signal-to-noise ratio needs sound in both files")
    return audio, clean, noise


def check_targets(target, mixture, sources, like):
    """Fails before the work where a result could not be written after it."""
    if mixture and mixture.absolute() == target.absolute():
        raise PercepNetError(f"{target} cannot hold both the mixture and the result: give two names")
    for path in filter(None, (target, mixture)):
        output_format(path, like)
        check_target(path, sources)


def run_oracle(clean_path, noise_path, target, snr_db, mixture=None, **options):
    """Writes the enhanced mixture and, if asked, the mixture; returns SI-SDR before and after, dB.

    options: as percepnet.oracle.enhance takes them. The ideal values take the place of the network's.
    """
    audio, clean, noise = read_pair(clean_path, noise_path)
    check_targets(target, mixture, [clean_path, noise_path], audio)
    noisy = mix(clean, noise, snr_db)
    stream = partial(Inspector, encode_model(random_weights(64, 1), {}))
    channels = zip(noisy.T, clean.T, strict=True)
    enhanced = np.stack([oracle.enhance(y, x, make_stream=stream, **options) for y, x in channels], axis=1)
    if mixture:
        write_audio(mixture, back_from_core_rate(noisy, audio))
    write_audio(target, back_from_core_rate(enhanced, audio))
    return mean_si_sdr(clean, noisy), mean_si_sdr(clean, enhanced)


def mean_si_sdr(clean, processed):
    return float(np.mean([si_sdr(x, y) for x, y in zip(clean.T, processed.T, strict=True)]))
