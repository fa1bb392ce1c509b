"""Room responses, measured and simulated, and the response a dereverberating network should aim at."""

import numpy as np
from scipy import signal

from ..constants import REVERB_EARLY_MS, SAMPLE_RATE
from ..targets import dereverberated

from .corpus import Corpus, Source

EARLY = int(SAMPLE_RATE * REVERB_EARLY_MS / 1000)
MIN_DIRECT_TO_REVERBERANT_DB = -15.0  # measured responses that hear less of the source than this are not used
DIRECT_FRACTION = 0.4  # the direct path is the first sample this close to the peak
LEAD = 16  # samples kept before it: the rise of the direct path
LONGEST = 2 * SAMPLE_RATE


def reverberation_time(response: np.ndarray) -> float:
    """T60 in seconds from the backward-integrated energy between -5 and -25 dB."""
    energy = np.cumsum(response[::-1].astype(np.float64) ** 2)[::-1]
    level = 10 * np.log10(energy / energy[0] + 1e-12)
    first, last = np.argmax(level < -5), np.argmax(level < -25)
    return 3 * max(last - first, 1) / SAMPLE_RATE


def measured_response(corpus: Corpus, room: Source, rng: np.random.Generator) -> np.ndarray | None:
    """A recorded response from its direct path on, or None where the drawn one is too distant to use."""
    response = corpus.read(room.clips[rng.integers(len(room.clips))])
    peak = np.abs(response).max()
    direct = int(np.argmax(np.abs(response) >= DIRECT_FRACTION * peak))
    response = np.concatenate([np.zeros(LEAD, np.float32), response])[direct : direct + LONGEST]
    early = np.sum(response[: LEAD + SAMPLE_RATE // 400] ** 2)
    late = np.sum(response[LEAD + SAMPLE_RATE // 400 :] ** 2)
    usable = 10 * np.log10(early / (late + 1e-12)) >= MIN_DIRECT_TO_REVERBERANT_DB
    return response if usable else None


def simulated_response(rng: np.random.Generator) -> np.ndarray:
    """Direct path, sparse early reflections and a noise tail whose highs die sooner.

    T60 0.15-1.2 s, direct-to-reverberant ratio -6..15 dB.
    """
    t60 = rng.uniform(0.15, 1.2)
    ratio_db = rng.uniform(-6, 15)
    length = min(int(1.2 * t60 * SAMPLE_RATE), LONGEST)
    seconds = np.arange(length) / SAMPLE_RATE
    cutoff = rng.uniform(2000, 7000)
    low = signal.sosfilt(signal.butter(1, cutoff, fs=SAMPLE_RATE, output="sos"), rng.standard_normal(length))
    tail = low * 10 ** (-3 * seconds / t60)
    tail += rng.uniform(0.2, 0.8) * rng.standard_normal(length) * 10 ** (-3 * seconds / (t60 * rng.uniform(0.3, 0.7)))
    delay = rng.uniform(0.002, 0.010)
    tail *= np.clip((seconds - delay) / 0.01, 0, 1)  # builds up over 10 ms: before that only single reflections
    count = rng.integers(4, 14)
    arrivals = (rng.uniform(delay, 0.05, count) * SAMPLE_RATE).astype(int)
    arrivals = arrivals[arrivals < length]
    level = np.sqrt(np.sum(tail**2) / 20)
    np.add.at(tail, arrivals, level * rng.choice([-1, 1], len(arrivals)) * rng.uniform(0.3, 1, len(arrivals)))
    response = tail * 10 ** (-ratio_db / 20) / np.sqrt(np.sum(tail**2) + 1e-12)
    return np.concatenate([np.zeros(LEAD), [1.0], response[1:]]).astype(np.float32)


def draw_room(corpus: Corpus, rng: np.random.Generator, measured_share: float) -> tuple[np.ndarray, np.ndarray]:
    """(response, target response) of a room and a distance, as with_target gives them."""
    response = None
    if corpus.rooms and rng.random() < measured_share:
        response = measured_response(corpus, corpus.rooms[rng.integers(len(corpus.rooms))], rng)
    if response is None:
        response = simulated_response(rng)
    response = response.copy()
    response[: LEAD + EARLY] *= rng.uniform(0.7, 1.5)  # distance
    return with_target(response)


def with_target(response: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(response, target response), scaled together so that the target keeps the level of speech."""
    target = dereverberated(response, reverberation_time(response[LEAD:]))
    scale = 1 / np.sqrt(np.sum(target.astype(np.float64) ** 2) + 1e-12)
    return (response * scale).astype(np.float32), (target * scale).astype(np.float32)
