"""Noisy speech and its target, made from recordings: the same (seed, index) gives the same bits."""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from ..constants import SAMPLE_RATE

from . import noises
from .augment import (
    active_power,
    clip_peaks,
    expand_downwards,
    low_pass,
    random_spectral_shape,
    round_to_16_bit,
    through_codec,
    without_rumble,
)
from .corpus import FULL_BANDWIDTH_HZ, Corpus, Source
from .rooms import draw_room, simulated_response
from .speech import at_level, draw_speaker, join_clips

SNR_RANGE_DB = (-5.0, 45.0)
HARD_SNR_DB = (-5.0, 4.0, 25.0)  # least, likeliest, greatest: where there is most to learn
HARD_SHARE = 0.5
MIX_SECONDS = 10.0
KINDS = {"speech+noise": 0.86, "speech": 0.08, "noise": 0.06}
NOISE_COUNTS = {1: 0.6, 2: 0.3, 3: 0.1}
NOISES = {  # how often each kind is drawn
    "recorded": 0.44,
    "frozen": 0.14,
    "babble": 0.10,
    "coloured": 0.08,
    "morphing": 0.08,
    "knocks": 0.08,
    "hum": 0.08,
}


@dataclass(frozen=True)
class Mixture:
    """noisy, clean: float32 in +-1, equally long. Above bw_hz the target is not known.

    snr_db: nan without noise or speech.
    """

    noisy: np.ndarray
    clean: np.ndarray
    bw_hz: float
    snr_db: float
    kind: str


def make_mixture(corpus: Corpus, seed: int, index: int, seconds: float = MIX_SECONDS) -> Mixture:
    """One training mixture."""
    rng = np.random.default_rng([seed, index])
    length = int(seconds * SAMPLE_RATE)
    kind = _draw(KINDS, rng)
    speaker = draw_speaker(corpus, rng)
    speech, clean, bw_hz = _speech(corpus, speaker, length, rng)
    noise = _noise(corpus, speaker, length, rng)
    if kind == "noise":
        speech, clean, bw_hz = np.zeros_like(speech), np.zeros_like(clean), FULL_BANDWIDTH_HZ
    snr_db = _snr_db(rng) if kind == "speech+noise" else float("nan")
    noise = at_snr(speech, noise, snr_db) if kind != "speech" else np.zeros_like(noise)
    noisy, clean, bw_hz = _degrade(speech + noise, clean, bw_hz, rng)
    return Mixture(noisy, without_rumble(clean), bw_hz, snr_db, kind)


def make_test_mixture(corpus: Corpus, seed: int, index: int, snr_db: float, seconds: float = 7.0) -> Mixture:
    """Dry speech plus one recorded noise at a fixed SNR (active speech level over mean noise level).

    Speakers and noises are walked through in order, so that few mixtures hold many of both; both depend on
    (seed, index) alone, not on the SNR.
    """
    rng = np.random.default_rng([seed, index])
    length = int(seconds * SAMPLE_RATE)
    speaker = corpus.speakers[index % len(corpus.speakers)]
    source = corpus.noises[index % len(corpus.noises)]
    speech, bw_hz = join_clips(corpus, speaker, length, rng, pauses=0.1)
    speech = without_rumble(at_level(speech, -26.0))
    noise = noises.recorded_from(corpus, source, length, rng)
    return Mixture(speech + at_snr(speech, noise, snr_db), speech, bw_hz, snr_db, f"{speaker.group} + {source.group}")


def at_snr(speech: np.ndarray, noise: np.ndarray, snr_db: float) -> np.ndarray:
    """noise, snr_db below the active level of speech; without speech, that far below -26 dBFS."""
    level = active_power(speech) or 10**-2.6
    power = float(np.mean(noise.astype(np.float64) ** 2)) + 1e-12
    ratio_db = 0.0 if np.isnan(snr_db) else snr_db
    return (noise * np.sqrt(level / power) * 10 ** (-ratio_db / 20)).astype(np.float32)


def _speech(corpus: Corpus, speaker: Source, length: int, rng) -> tuple[np.ndarray, np.ndarray, float]:
    """(as the microphone hears it, the target, bandwidth), at an active level of about -26 dBFS."""
    pauses = 0.5 if rng.random() < 0.15 else 0.12
    dry, bw_hz = join_clips(corpus, speaker, length, rng, pauses=pauses, speed=0.2)
    dry = at_level(dry, -26.0)
    if rng.random() < 0.7:
        dry = at_level(signal.lfilter(*random_spectral_shape(rng), dry).astype(np.float32), -26.0)
    target = expand_downwards(dry)
    if rng.random() < 0.68:
        return dry, target, bw_hz
    response, early = draw_room(corpus, rng, measured_share=0.35)
    heard = signal.oaconvolve(dry, response)[:length].astype(np.float32)
    return heard, signal.oaconvolve(target, early)[:length].astype(np.float32), bw_hz


def _noise(corpus: Corpus, speaker: Source, length: int, rng) -> np.ndarray:
    """Unscaled noise of one to three kinds, some of it in a room, now and then with rumble below it."""
    makers = {
        "recorded": lambda: noises.recorded(corpus, length, rng),
        "frozen": lambda: noises.frozen(noises.recorded(corpus, 5 * SAMPLE_RATE, rng), length, rng),
        "babble": lambda: noises.babble(corpus, speaker, length, rng),
        "coloured": lambda: noises.coloured(length, rng),
        "morphing": lambda: noises.morphing(length, rng),
        "knocks": lambda: noises.knocks(length, rng),
        "hum": lambda: noises.hum(length, rng),
    }
    total = np.zeros(length, np.float32)
    for _ in range(_draw(NOISE_COUNTS, rng)):
        noise = makers[_draw(NOISES, rng)]()
        if rng.random() < 0.6:
            noise = signal.lfilter(*random_spectral_shape(rng), noise)
        if rng.random() < 0.2:
            noise = signal.oaconvolve(noise, simulated_response(rng))[:length]
        total += noises.unit(noise) * np.float32(10 ** (rng.uniform(-12, 0) / 20))
    if rng.random() < 0.12:
        total += noises.unit(noises.rumble(length, rng)) * np.float32(10 ** (rng.uniform(-20, 15) / 20))
    return total


def _snr_db(rng) -> float:
    return float(rng.triangular(*HARD_SNR_DB) if rng.random() < HARD_SHARE else rng.uniform(*SNR_RANGE_DB))


def _draw(weights: dict, rng):
    """A key of weights, as often as its weight says."""
    names = list(weights)
    return names[rng.choice(len(names), p=list(weights.values()))]


def _degrade(noisy: np.ndarray, clean: np.ndarray, bw_hz: float, rng) -> tuple[np.ndarray, np.ndarray, float]:
    """The way to the microphone: band limit, level, silence for both; clipping, a codec, rounding for one."""
    if rng.random() < 0.2:
        cutoff = 3000 * (20000 / 3000) ** rng.random()
        filter_ = low_pass(cutoff)
        noisy, clean = (signal.sosfilt(filter_, x).astype(np.float32) for x in (noisy, clean))
        bw_hz = min(bw_hz, 0.95 * cutoff)
    level_db = np.clip(rng.normal(0, 9), -26, 16)
    gain = min(10 ** (level_db / 20), 0.99 / (np.abs(noisy).max() + 1e-9))
    noisy, clean = noisy * np.float32(gain), clean * np.float32(gain)
    if rng.random() < 0.06:
        noisy = clip_peaks(noisy, rng)
    if rng.random() < 0.04:
        noisy = through_codec(noisy, rng)
    if rng.random() < 0.5:
        noisy = round_to_16_bit(noisy)
    if rng.random() < 0.06:
        start = rng.integers(len(noisy))
        stop = start + int(rng.uniform(0.2, 1.5) * SAMPLE_RATE)
        noisy[start:stop] = clean[start:stop] = 0
    return noisy, clean, bw_hz
