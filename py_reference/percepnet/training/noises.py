"""Noises, recorded and made: coloured, hum, rumble, knocks, gusts, a recording's frozen spectrum, babble."""

import numpy as np
from scipy import signal

from ..constants import SAMPLE_RATE

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
    return unit(tones) + unit(noise) * 10 ** (rng.uniform(-20, 10) / 20)


def rumble(length: int, rng: np.random.Generator) -> np.ndarray:
    """What lies below voices: wind on the microphone, traffic, a table that is touched."""
    corner = rng.uniform(15, 90)
    noise = shaped(length, [2, corner, 2 * corner, 8 * corner, 24000], [0, 0, -12, -50, -110], rng)
    return noise * gusts(length, rng, depth_db=rng.uniform(0, 25))


def gusts(length: int, rng: np.random.Generator, depth_db: float) -> np.ndarray:
    """A gain that swells and falls by depth_db, from once in seconds to several times a second."""
    count = max(4, int(length / SAMPLE_RATE * rng.uniform(0.5, 8)))
    level_db = np.interp(np.arange(length), np.linspace(0, length, count), rng.uniform(-depth_db, 0, count))
    return (10 ** (level_db / 20)).astype(np.float32)


def morphing(length: int, rng: np.random.Generator) -> np.ndarray:
    """Two coloured noises that come and go one after the other: cars that pass, machines at work, wind."""
    share = gusts(length, rng, depth_db=rng.uniform(10, 40))
    return unit(coloured(length, rng)) * share + unit(coloured(length, rng)) * (1 - share)


def knocks(length: int, rng: np.random.Generator) -> np.ndarray:
    """Short decaying sounds, regular or not, dense or sparse: keys, dishes, steps, clicks, drops, tools."""
    period = rng.uniform(0.06, 1.2) * SAMPLE_RATE
    steps = period * (rng.uniform(0.9, 1.1, 200) if rng.random() < 0.3 else rng.exponential(1, 200) + 0.05)
    sounds = [_knock(rng) for _ in range(rng.integers(1, 6))]
    out = np.zeros(length, np.float32)
    for start in np.cumsum(steps).astype(int):
        if start >= length:
            break
        sound = sounds[rng.integers(len(sounds))] * 10 ** (rng.uniform(-18, 0) / 20)
        out[start : start + len(sound)] += sound[: length - start]
    return out + 1e-4 * coloured(length, rng)


def _knock(rng: np.random.Generator) -> np.ndarray:
    """A burst of shaped noise and a few resonances, each with a decay of its own."""
    seconds = np.arange(int(0.25 * SAMPLE_RATE)) / SAMPLE_RATE
    frequencies = np.geomspace(60, 24000, 10)
    burst = unit(shaped(len(seconds), frequencies, rng.uniform(-25, 0, len(frequencies)), rng))
    sound = burst * np.exp(-seconds / rng.uniform(0.001, 0.03))
    for _ in range(rng.integers(0, 5)):
        tone = np.sin(2 * np.pi * np.exp(rng.uniform(np.log(120), np.log(9000))) * seconds)
        sound += rng.uniform(0.1, 1.5) * tone * np.exp(-seconds / rng.uniform(0.005, 0.06))
    return (sound * np.minimum(seconds / 0.0005, 1)).astype(np.float32)


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
    """A random recorded noise, every class as likely as the others, at 0.7-1.4 times its speed now and then."""
    source = corpus.noises[rng.integers(len(corpus.noises))]
    step = rng.integers(14, 29) if rng.random() < 0.5 else 20
    noise = recorded_from(corpus, source, length * step // 20 + 1, rng)
    if step != 20:
        noise = signal.resample_poly(noise, 20, step).astype(np.float32)
    return np.resize(noise, length)


def recorded_from(corpus: Corpus, source: Source, length: int, rng: np.random.Generator) -> np.ndarray:
    """One recording of a source of noise: a stretch of it, or its clips end to end or with gaps; never all silence."""
    files = sorted({clip.path for clip in source.clips})
    path = files[rng.integers(len(files))]
    clips = [clip for clip in source.clips if clip.path == path]
    pieces, total = [], 0
    while total < length:
        piece = corpus.read(clips[rng.integers(len(clips))])
        if len(clips) == 1:
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
        total += unit(voice) * 10 ** (rng.uniform(-8, 0) / 20)
    return total.astype(np.float32)


def _slow_modulation(length: int, rng: np.random.Generator) -> np.ndarray:
    points = rng.uniform(-1, 1, max(3, length // SAMPLE_RATE)) * rng.uniform(0, 4)
    level_db = np.interp(np.arange(length), np.linspace(0, length, len(points)), points)
    return (10 ** (level_db / 20)).astype(np.float32)


def unit(x: np.ndarray) -> np.ndarray:
    """x with a mean square of 1."""
    return x / np.sqrt(np.mean(x.astype(np.float64) ** 2) + 1e-12).astype(np.float32)
