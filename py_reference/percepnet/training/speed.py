"""How fast updates are: seconds of audio per second, by width and loss, on random data."""

import time
from itertools import product

import numpy as np

from ..constants import FRAME_SIZE, NUM_BANDS, PITCH_MAX_PERIOD, PITCH_MIN_PERIOD, SAMPLE_RATE

from .arithmetic import Arithmetic
from .configuration import LOSSES, RunConfig, Stage
from .feature_store import HISTORY_BLOCKS, NUM_COLUMNS, AudioBatch
from .processes import Group, joined_group
from .train import Trainer, prepared_processor

UPDATES = 3


def update_speeds(widths: list[int], batch: int, frames: int, device: str = "auto") -> list[dict]:
    """One row per width, loss and arithmetic. On a CPU the seconds are its own, whatever else the machine does."""
    data = random_batch(batch, frames)
    with prepared_processor(threads=1), joined_group(device) as group:
        return [
            _speed(width, loss, arithmetic, data, group)
            for width, loss, arithmetic in product(widths, LOSSES, Arithmetic)
        ]


def _speed(width: int, loss: str, arithmetic: Arithmetic, data: tuple, group: Group) -> dict:
    rows = data[0]
    clock = time.perf_counter if group.device.type == "cuda" else time.process_time
    stage = Stage("speed", loss, UPDATES + 1, 1e-3, 1e-3, arithmetic is Arithmetic.INT8, rows.shape[1], len(rows))
    trainer = Trainer(RunConfig(width, (stage,), bfloat16=arithmetic is Arithmetic.HALF), group)
    trainer.step(*data)  # the first prepares tables and memory
    started = clock()
    for _ in range(UPDATES):
        trainer.step(*data)
    seconds = (clock() - started) / UPDATES
    speed = rows.shape[0] * rows.shape[1] * FRAME_SIZE / SAMPLE_RATE / seconds
    row = {"width": width, "loss": loss, "arithmetic": arithmetic.value}
    return row | {"audio-seconds per second": round(speed, 1)}


def random_batch(batch: int, frames: int) -> tuple[np.ndarray, AudioBatch]:
    """Rows and audio without meaning."""
    rng = np.random.default_rng(1)
    rows = rng.random((frames, batch, NUM_COLUMNS), np.float32)
    rows[..., -NUM_BANDS:] = 1
    signals = rng.normal(0, 0.1, (2, HISTORY_BLOCKS + frames, batch, FRAME_SIZE)).astype(np.float32)
    return rows, AudioBatch(*signals, rng.integers(PITCH_MIN_PERIOD, PITCH_MAX_PERIOD, (frames, batch)))
