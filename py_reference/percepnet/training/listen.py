"""Mixtures as files to listen to and look at, and how fast they are made."""

import time
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..audio_io import Audio, atomic, write_audio
from ..constants import SAMPLE_RATE
from ..workers import workers

from .corpus import Corpus, folder_list
from .mix import MIX_SECONDS, Mixture, make_mixture

LOWEST_DB = -80.0


def write_mixture(corpus: Corpus, seed: int, index: int, out: Path) -> tuple[Mixture, list[Path]]:
    """Makes mixture (seed, index) again; it and its files: noisy and clean WAV, and a picture of both."""
    mixture = make_mixture(corpus, seed, index)
    out.mkdir(parents=True, exist_ok=True)
    name = f"{corpus.split}-{seed}-{index}"
    paths = [out / f"{name}-{part}.wav" for part in ("noisy", "clean")]
    for path, samples in zip(paths, (mixture.noisy, mixture.clean), strict=True):
        write_audio(path, Audio(samples[:, None], SAMPLE_RATE))
    picture = out / f"{name}.png"
    _draw(mixture, f"{corpus.split} split, seed {seed}, id {index}: {describe(mixture)}", picture)
    return mixture, [*paths, picture]


def describe(mixture: Mixture) -> str:
    """The facts of a mixture in one line."""
    snr = "" if np.isnan(mixture.snr_db) else f", SNR {mixture.snr_db:.1f} dB"
    return f"{mixture.kind}{snr}, target known up to {mixture.bw_hz / 1000:.1f} kHz"


def throughput(folders: Iterable[Path], count: int, jobs: int) -> float:
    """Seconds of mixtures made per second by `jobs` processes, after each has made one."""
    folders = folder_list(folders)
    with workers(jobs) as pool:
        list(pool.map(_make, [folders] * jobs, range(jobs)))
        start = time.perf_counter()
        list(pool.map(_make, [folders] * count, range(jobs, jobs + count)))
        return count * MIX_SECONDS / (time.perf_counter() - start)


def _make(folders: tuple[Path, ...], index: int) -> None:
    make_mixture(_corpus(folders), 0, index)


@lru_cache(maxsize=1)
def _corpus(folders: tuple[Path, ...]) -> Corpus:
    return Corpus(folders, "train")


def _draw(mixture: Mixture, title: str, path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 7), layout="constrained")
    axes = figure.subplots(2, 1, sharex=True, sharey=True)
    for axis, samples, name in zip(axes, (mixture.noisy, mixture.clean), ("noisy", "target"), strict=True):
        _, _, _, image = axis.specgram(
            samples + 1e-9, NFFT=960, noverlap=480, Fs=SAMPLE_RATE, vmin=LOWEST_DB - 60, vmax=-60
        )
        axis.axhline(mixture.bw_hz, color="white", linewidth=0.8, linestyle="--")
        axis.set_ylabel(f"{name}, Hz")
    axes[1].set_xlabel("s")
    axes[0].set_title(title, fontsize=10)
    figure.colorbar(image, ax=axes, label="dB per Hz")
    with atomic(path) as part:
        figure.savefig(part, format="png", dpi=100)
