"""Runs recordings through the reference and every other implementation, and compares all bits."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..audio_io import at_core_rate, read_audio
from ..batch import AUDIO_SUFFIXES
from .comparison import Comparison, Difference, compare, frame_of, locate
from ..constants import SAMPLE_RATE
from ..enhancer import Enhancer
from ..errors import Missing, PercepNetError
from ..model_file import decode_model
from .verify_backends import open_backend

REFERENCE_PROCESSES = 2
WORTH_A_PROCESS_S = 2  # seconds of recordings
DTYPES = ("float32", "float64")
MISMATCH, INCOMPLETE = 1, 2  # exit statuses


@dataclass(frozen=True)
class Recording:
    """One channel at 48 kHz: float32 (n,)."""

    name: str
    samples: np.ndarray

    @property
    def seconds(self):
        return self.samples.size / SAMPLE_RATE


@dataclass(frozen=True)
class Result:
    """What one backend made of one recording with one model: its output, or the error."""

    recording: Recording
    model: str
    backend: str
    output: np.ndarray | None = None
    comparison: Comparison | None = None
    difference: Difference | None = None
    error: str | None = None

    @property
    def is_exact(self):
        return self.comparison is not None and self.comparison.is_exact


@dataclass
class Verification:
    """All that was found. references: {(recording's name, model's name): (float32, float64) output}.

    missing: {backend: what to build or install}, for those that could not run at all.
    """

    backends: list
    results: list = field(default_factory=list)
    references: dict = field(default_factory=dict)
    missing: dict = field(default_factory=dict)

    @property
    def exit_status(self):
        """0, or MISMATCH, or INCOMPLETE if a backend could not run and the others match."""
        if not all(result.is_exact for result in self.results):
            return MISMATCH
        return INCOMPLETE if self.missing else 0


def read_recordings(path, seconds=0.0):
    """Every channel of a file, or of every audio file in a folder, at 48 kHz.

    seconds: cut after so many, 0 = never. Raises PercepNetError or OSError.
    """
    path = Path(path)
    files = [path]
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix.lower() in AUDIO_SUFFIXES)
        if not files:
            raise PercepNetError(f"no audio file in {path}: give a folder with WAV, FLAC, OGG or MP3 files")
    return [recording for file in files for recording in channels_of(file, path, seconds)]


def channels_of(file, root, seconds):
    name = file.name if file == root else str(file.relative_to(root))
    audio = at_core_rate(read_audio(file))
    samples = audio.samples[: round(seconds * SAMPLE_RATE)] if seconds else audio.samples
    for channel in range(audio.channels):
        label = f"{name}, channel {channel + 1}" if audio.channels > 1 else name
        yield Recording(label, np.ascontiguousarray(samples[:, channel], np.float32))


def run_reference(samples, model, dtype):
    """The reference's output, (n,) of dtype. model: bytes of a model file."""
    return Enhancer(decode_model(model), np.dtype(dtype)).enhance(samples)


def reference_pool(seconds):
    """What runs the reference: processes, unless they would take longer to start than to work."""
    return ThreadPoolExecutor(1) if seconds < WORTH_A_PROCESS_S else reference_processes(REFERENCE_PROCESSES)


def reference_processes(count):
    """Processes for the reference, whose matrix products are too small to gain from threads of their own."""
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")  # read when their numpy is imported
    # Not forked: this process may hold threads by now.
    return ProcessPoolExecutor(count, multiprocessing.get_context("spawn"))


def verify(recordings, models, backends, advance=lambda what: None):
    """Runs every recording through every model and backend: a Verification.

    models: {name: bytes of a model file}; they must be sound. backends: names of verify_backends.NAMES.
    advance(what): called before each piece of work; there are count_work of them.
    """
    verification = Verification(backends)
    opened = []
    for name in backends:
        try:
            opened.append(open_backend(name))
        except Missing as error:
            verification.missing[name] = str(error)
    with reference_pool(sum(recording.seconds for recording in recordings)) as pool:
        futures = {
            (recording.name, model, dtype): pool.submit(run_reference, recording.samples, data, dtype)
            for recording in recordings
            for model, data in models.items()
            for dtype in DTYPES
        }
        for recording in recordings:
            for model, data in models.items():
                advance(f"reference: {recording.name}, {model}")
                pair = tuple(futures.pop((recording.name, model, dtype)).result() for dtype in DTYPES)
                verification.references[recording.name, model] = pair
                for backend in opened:
                    advance(f"{backend.name}: {recording.name}, {model}")
                    verification.results.append(check(backend, recording, model, data, pair))
    return verification


def count_work(recordings, models, backends):
    """How many times verify calls `advance` if no backend is missing."""
    return len(recordings) * len(models) * (1 + len(backends))


def check(backend, recording, model, data, references):
    """The Result of one backend; where a bit differs, the stage that is to blame."""
    parts = {"recording": recording, "model": model, "backend": backend.name}
    try:
        output = backend.enhance(recording.samples, data)
        comparison = compare(output, *references)
        difference = None
        if not comparison.is_exact:
            difference = locate(data, recording.samples, backend.inspector(data), frame_of(comparison.first))
    except PercepNetError as error:
        return Result(**parts, error=str(error))
    return Result(**parts, output=output, comparison=comparison, difference=difference)
