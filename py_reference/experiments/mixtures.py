"""The mixtures that experiments are scored on: validation speakers and noises, never the test split."""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from percepnet.training import noises
from percepnet.training.corpus import Corpus, Source
from percepnet.training.mix import Mixture, at_snr, make_test_mixture

SNRS_DB = (0.0, 5.0, 10.0, 20.0)
SECONDS = 7.0
MADE = ("babble", "coloured", "hum")  # kinds that no recording of the split stands for


@dataclass(frozen=True)
class Scene:
    """One speaker in one noise at one signal-to-noise ratio."""

    speaker: str
    noise: str
    snr_db: float


def validation_mixtures(
    data: Path, seed: int, seconds: float = SECONDS, snrs_db: Sequence[float] = SNRS_DB
) -> Iterator[tuple[Scene, Mixture]]:
    """Every speaker in every noise at every SNR of snrs_db; the same for the same seed, whatever is scored.

    Noises: every recording of the split and, made, those of MADE. Speech and noise of a pair do not depend on the SNR.
    """
    corpus = Corpus(data, "validation")
    recordings = [recording for source in corpus.noises for recording in split_by_file(source)]
    for index, (speaker, noise) in enumerate(product(corpus.speakers, [*recordings, *MADE])):
        pair = copy.copy(corpus)
        pair.speakers, pair.noises = [speaker], [recordings[0] if noise in MADE else noise]
        for snr_db in snrs_db:
            mixture = make_test_mixture(pair, seed, index, snr_db, seconds)
            if noise in MADE:
                mixture = with_noise(mixture, made_noise(noise, corpus, speaker, len(mixture.clean), [seed, index]))
            yield Scene(speaker.group, getattr(noise, "group", noise), snr_db), mixture


def split_by_file(source: Source) -> list[Source]:
    """One source per recording of a class of noise, named after the file."""
    paths = sorted({clip.path for clip in source.clips})
    return [Source(path.stem, source.licence, [clip for clip in source.clips if clip.path == path]) for path in paths]


def made_noise(kind: str, corpus: Corpus, speaker: Source, length: int, seed: list[int]) -> np.ndarray:
    """Unscaled noise of a kind of MADE."""
    rng = np.random.default_rng(seed)
    if kind == "babble":
        return noises.babble(corpus, speaker, length, rng)
    return {"coloured": noises.coloured, "hum": noises.hum}[kind](length, rng)


def with_noise(mixture: Mixture, noise: np.ndarray) -> Mixture:
    """The mixture's speech in another noise at the same SNR."""
    noisy = mixture.clean + at_snr(mixture.clean, noise, mixture.snr_db)
    return Mixture(noisy, mixture.clean, mixture.bw_hz, mixture.snr_db, mixture.kind)
