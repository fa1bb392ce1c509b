"""Noises, recorded and made: coloured, hum, a recording's frozen spectrum, babble of other speakers."""

import numpy as np
from scipy import signal

from percepnet.constants import SAMPLE_RATE

from .corpus import Corpus, Source
from .rooms import simulated_response
from .speech import join_clips


def shaped(length: int, frequencies: np.ndarray, level_db: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gaussian noise with level_db at the given frequencies (Hz), interpolated on a log axis."""
    size = 2 ** int(np.ceil(np.log2(length)))
    bins = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    gain = 10 ** (np.interp(np.log(bins + 1), np.log(np.asarray(frequencies) + 1), level_db) / 20)
    spectrum = gain * (rng.standard_normal(len(bins)) + 1j * rng.standard_normal(len(bins)))
    return np.fft.irfft(spectrum, size)[:length].astype(np.float32)


def coloured(length: int, rng: np.random.Generator) -> np.ndarray:
    """Noise of a random slope (brown to slightly blue), with random bumps and slow level changes."""
    frequencies = np.geomspace(30, 24000, 14)
    slope_db = rng.uniform(-7, 1.5) * np.log2(frequencies / 1000)
    noise = shaped(length, frequencies, slope_db + rng.uniform(-6, 6, len(frequencies)), rng)
    return noise * _slow_modulation(length, rng)


def hum(length: int, rng: np.random.Generator) -> np.ndarray:
    """Mains or blade-rate tones with harmonics over shaped noise (mains, fans, engines)."""
    base = rng.choice([50.0, 60.0]) if rng.random() < 0.4 else rng.uniform(25, 400)
    wobble = np.cumsum(shaped(length, [1, 3, 6, 24000], [0, 0, -60, -120], rng))
    wobble *= rng.uniform(0, 0.004) / (np.abs(wobble).max() + 1e-12)
    phase = 2 * np.pi * base * np.arange(length) / SAMPLE_RATE * (1 + wobble)
    tones = np.zeros(length, np.float32)
    for harmonic in range(1, rng.integers(3, 25)):
        if harmonic * base < 8000:
            level = 10 ** (-rng.uniform(0, 12) / 20) / harmonic ** rng.uniform(0.3, 1.2)
            tones += (level * np.sin(harmonic * phase + rng.uniform(0, 2 * np.pi))).astype(np.float32)
    noise = coloured(length, rng)
    return _unit(tones) + _unit(noise) * 10 ** (rng.uniform(-20, 10) / 20)


def frozen(recording: np.ndarray, length: int, rng: np.random.Generator) -> np.ndarray:
    """Stationary noise with the mean spectrum of a recording."""
    frequencies, power = signal.welch(recording, SAMPLE_RATE, nperseg=min(1024, len(recording)))
    return shaped(length, frequencies, 10 * np.log10(power + 1e-14), rng) * _slow_modulation(length, rng)


def fitted(recording: np.ndarray, length: int, rng: np.random.Generator) -> np.ndarray:
    """A stretch of a recording, from a random place and repeated with cross-fades where it is too short."""
    start = rng.integers(len(recording))
    fade = min(2400, len(recording) // 4)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    loop = recording.copy()
    if fade:
        loop[:fade] = loop[:fade] * np.sqrt(ramp) + loop[-fade:] * np.sqrt(1 - ramp)
        loop = loop[:-fade]
    return np.resize(np.roll(loop, -(start % len(loop))), length)


def recorded(corpus: Corpus, length: int, rng: np.random.Generator) -> np.ndarray:
    """A random recorded noise, at 0.7-1.4 times its speed now and then."""
    source = corpus.noises[rng.integers(len(corpus.noises))]
    step = rng.integers(15, 28) if rng.random() < 0.3 else 20
    noise = recorded_from(corpus, source, length * step // 20 + 1, rng)
    if step != 20:
        noise = signal.resample_poly(noise, 20, step).astype(np.float32)
    return np.resize(noise, length)


def recorded_from(corpus: Corpus, source: Source, length: int, rng: np.random.Generator) -> np.ndarray:
    """Clips of one noise source, end to end or with gaps; never all silence."""
    pieces, total = [], 0
    while total < length:
        piece = corpus.read(source.clips[rng.integers(len(source.clips))])
        if len(source.clips) == 1:
            return fitted(piece, length, rng)
        gap = int(rng.exponential(0.3) * SAMPLE_RATE) if rng.random() < 0.3 else 0
        pieces += [piece, np.zeros(gap, np.float32)]
        total += len(piece) + gap
    return np.concatenate(pieces)[:length]


def babble(corpus: Corpus, exclude: Source | None, length: int, rng: np.random.Generator) -> np.ndarray:
    """4-8 other speakers, each in a room of its own."""
    others = [speaker for speaker in corpus.speakers if speaker is not exclude]
    total = np.zeros(length, np.float32)
    for index in rng.choice(len(others), min(len(others), rng.integers(4, 9)), replace=False):
        voice = signal.oaconvolve(join_clips(corpus, others[index], length, rng)[0], simulated_response(rng))[:length]
        total += _unit(voice) * 10 ** (rng.uniform(-8, 0) / 20)
    return total.astype(np.float32)


def _slow_modulation(length: int, rng: np.random.Generator) -> np.ndarray:
    points = rng.uniform(-1, 1, max(3, length // SAMPLE_RATE)) * rng.uniform(0, 4)
    level_db = np.interp(np.arange(length), np.linspace(0, length, len(points)), points)
    return (10 ** (level_db / 20)).astype(np.float32)


def _unit(x: np.ndarray) -> np.ndarray:
    return x / np.sqrt(np.mean(x.astype(np.float64) ** 2) + 1e-12).astype(np.float32)
