"""Running speech from short clips of one speaker."""

import numpy as np
from scipy import signal

from ..constants import SAMPLE_RATE

from .augment import active_power
from .corpus import FULL_BANDWIDTH_HZ, Corpus, Source

SYNTHETIC_SHARE = 0.2
EDGE = SAMPLE_RATE // 200  # 5 ms ramps where a clip begins and ends


def draw_speaker(corpus: Corpus, rng: np.random.Generator) -> Source:
    """A speaker, likelier the more clips there are (square root), so that small ones are not worn out.

    Synthesised voices, where the corpus has any, make up SYNTHETIC_SHARE of all draws.
    """
    made = [speaker for speaker in corpus.speakers if speaker.synthetic]
    real = [speaker for speaker in corpus.speakers if not speaker.synthetic]
    speakers = made if made and (not real or rng.random() < SYNTHETIC_SHARE) else real
    weights = np.sqrt([len(speaker.clips) for speaker in speakers])
    return speakers[rng.choice(len(speakers), p=weights / weights.sum())]


def join_clips(
    corpus: Corpus,
    speaker: Source,
    length: int,
    rng: np.random.Generator,
    *,
    pauses: float = 0.15,
    speed: float = 0.0,
) -> tuple[np.ndarray, float]:
    """Clips of one speaker with gaps of 50-400 ms, `length` samples in all; (samples, bandwidth in Hz).

    pauses: share of gaps that are pauses of 0.5-2 s. speed: all are played at one random rate of 1 +- speed.
    """
    out = np.zeros(length, np.float32)
    rate = rng.uniform(1 - speed, 1 + speed) if speed else 1.0
    position, bandwidth = _gap(rng, pauses), FULL_BANDWIDTH_HZ
    while position < length:
        clip = speaker.clips[rng.integers(len(speaker.clips))]
        samples = _at_rate(corpus.read(clip), rate) * 10 ** (rng.normal(0, 2) / 20)
        end = min(position + len(samples), length)
        out[position:end] += samples[: end - position]
        bandwidth = min(bandwidth, clip.bw_hz * rate)
        position += len(samples) + _gap(rng, pauses)
    return out, bandwidth


def at_level(x: np.ndarray, level_db: float) -> np.ndarray:
    """x with its active level at level_db (dB re full-scale square); silence stays silence."""
    power = active_power(x)
    return x if power == 0 else (x * np.sqrt(10 ** (level_db / 10) / power)).astype(np.float32)


def _gap(rng: np.random.Generator, pauses: float) -> int:
    low, high = (0.5, 2.0) if rng.random() < pauses else (0.05, 0.4)
    return int(rng.uniform(low, high) * SAMPLE_RATE)


def _at_rate(samples: np.ndarray, rate: float) -> np.ndarray:
    step = round(40 * rate)
    if step != 40 and len(samples):
        samples = signal.resample_poly(samples, 40, step).astype(np.float32)
    samples = samples.copy()
    edge = min(EDGE, len(samples) // 2)
    ramp = np.linspace(0, 1, edge, dtype=np.float32)
    samples[:edge] *= ramp
    samples[len(samples) - edge :] *= ramp[::-1]
    return samples
