"""What an update sees: sequences that depend on seed, step and number alone, however many processes share them."""

import numpy as np

from .configuration import Stage
from .feature_store import AudioBatch, FeatureStore
from .level_shift import shift_levels


def draw_batch(
    store: FeatureStore, stage: Stage, seed: int, step: int, numbers: range
) -> tuple[np.ndarray, AudioBatch | None]:
    """Rows (frames, sequences, NUM_COLUMNS) of the sequences with these numbers; their audio if the loss needs it."""
    drawn = [_draw_sequence(store, stage, np.random.default_rng([seed, step, number])) for number in numbers]
    rows = np.concatenate([rows for rows, _ in drawn], axis=1)
    if stage.loss != "end_to_end":
        return rows, None
    return rows, join_audio([audio for _, audio in drawn])


def join_audio(parts: list[AudioBatch]) -> AudioBatch:
    """Sequences of equal length side by side."""
    names = ("noisy", "clean", "period")
    return AudioBatch(*(np.concatenate([getattr(audio, name) for audio in parts], axis=1) for name in names))


def _draw_sequence(store: FeatureStore, stage: Stage, rng: np.random.Generator) -> tuple[np.ndarray, AudioBatch | None]:
    if stage.loss == "end_to_end":
        rows, audio = store.batch_with_audio(1, stage.frames, rng)
    else:
        rows, audio = store.batch(1, stage.frames, rng), None
    shift_levels(rows, rng)
    return rows, audio
