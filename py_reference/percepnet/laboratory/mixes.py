"""Test mixtures from a folder of recordings: speakers, noises and rooms of the test split, heard in no training."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

from ..constants import SAMPLE_RATE
from ..training.corpus import Corpus, Source
from ..training.mix import Mixture, at_snr, make_test_mixture
from ..training.rooms import measured_response, simulated_response, with_target

from .pairs import Pair, pairs_of_table, write_table

SNR_CLASSES_DB = (0, 5, 10, 15, 20)
TABLE = "pairs.csv"
TRIES = 8  # draws of a response before a room counts as too distant
PEAK = 0.99  # a mixture that would clip is made quieter, and its clean speech with it


@dataclass(frozen=True)
class Plan:
    """How many mixtures: dry and reverberant ones in every SNR class. The same plan makes the same samples.

    data: folders that Corpus reads. snr_db: the classes.
    """

    data: tuple[Path, ...]
    dry: int = 24
    reverberant: int = 8
    seconds: float = 7.0
    seed: int = 7
    snr_db: tuple[int, ...] = SNR_CLASSES_DB

    @property
    def count(self) -> int:
        return len(self.snr_db) * (self.dry + self.reverberant)


def render(plan: Plan, folder: Path, each=iter) -> list[Pair]:
    """Writes the mixtures as pairs of WAV files with a table into a new folder, complete or not at all.

    each: wraps the list of what is to be made, for a progress bar.
    """
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    part.mkdir(parents=True)
    try:
        corpus = Corpus(plan.data, "test")
        jobs = [
            (snr_db, position * (plan.dry + plan.reverberant) + i, i >= plan.dry)
            for position, snr_db in enumerate(plan.snr_db)
            for i in range(plan.dry + plan.reverberant)
        ]
        pairs = [_render_one(plan, corpus, part, *job) for job in each(jobs)]
        write_table(part / TABLE, pairs)
        os.replace(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return pairs_of_table(folder / TABLE)


def _render_one(plan: Plan, corpus: Corpus, folder: Path, snr_db: int, index: int, is_reverberant: bool) -> Pair:
    mixture = make_test_mixture(corpus, plan.seed, index, snr_db, plan.seconds)
    speaker = corpus.speakers[index % len(corpus.speakers)]
    noise = corpus.noises[index % len(corpus.noises)]
    clean, noisy, room = mixture.clean, mixture.noisy, ""
    if is_reverberant:
        clean, noisy, room = in_a_room(corpus, mixture, np.random.default_rng([plan.seed, index, 1]), index)
    scale = min(1.0, PEAK / max(np.abs(noisy).max(), np.abs(clean).max()))
    name = f"{'room' if room else 'dry'}_{snr_db:02d}dB_{index:04d}"
    files = [folder / f"{name}_{kind}.wav" for kind in ("clean", "noisy")]
    for path, samples in zip(files, (clean, noisy), strict=True):
        soundfile.write(path, samples * scale, SAMPLE_RATE, "FLOAT")
    labels = {
        "snr_db": str(snr_db),
        "noise_class": noise.group,
        "language": language_of(speaker),
        "reverberant": "yes" if room else "no",
        "room": room,
        "speaker": speaker.group,
    }
    return Pair(name, *files, labels)


def in_a_room(corpus: Corpus, mixture: Mixture, rng, index: int) -> tuple[np.ndarray, np.ndarray, str]:
    """(target, noisy, room): a dry mixture's speech in a room, its noise at the same SNR to what is heard there.

    Measured rooms of the split take turns with simulated ones.
    """
    room, response = "simulated", None
    if corpus.rooms and index % 2 == 0:
        room, response = _measured(corpus, corpus.rooms[index // 2 % len(corpus.rooms)], rng)
    if response is None:
        room, response = "simulated", simulated_response(rng)
    length = mixture.clean.size
    heard, target = (
        signal.oaconvolve(mixture.clean, part)[:length].astype(np.float32) for part in with_target(response)
    )
    return target, heard + at_snr(heard, mixture.noisy - mixture.clean, mixture.snr_db), room


def _measured(corpus: Corpus, room: Source, rng) -> tuple[str, np.ndarray | None]:
    """A response of one room, or None if all that were drawn are too distant."""
    responses = (measured_response(corpus, room, rng) for _ in range(TRIES))
    return room.group, next((response for response in responses if response is not None), None)


def language_of(speaker: Source) -> str:
    """The language of a speaker's recordings, "several" where there are several, "" where it is not known."""
    languages = {clip.language for clip in speaker.clips}
    return languages.pop() if len(languages) == 1 else "several"
