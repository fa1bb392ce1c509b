"""What a frame costs more from Python than in C: python -m percepnet.benchmark.streaming [--width 64 --width 512]"""

import ctypes
import sys
import time
from typing import Annotated

import numpy as np
import typer

from ..commands.models import find_model
from ..commands.running import run_app
from ..commands.terminal import progress_bar, say
from ..constants import FRAME_SIZE
from ..native import Enhancer
from ..verification.checks import read_recordings
from .bench import SPEECH
from .compiled import compiled
from .machine import processor
from .pinning import measuring_core, pinned
from .rounds import paired_ratio, quartiles
from .timing import frames_of

BLOCK = 8  # frames that are timed at once: long enough for the clock, short enough that little comes between
WARM_UP = 20  # blocks
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class CLoop:
    """Frames of a stream in one call: what a C program that uses the same library does."""

    def __init__(self, path, stream):
        self.loop = ctypes.CDLL(str(path)).run_frames
        pointer, self.out = ctypes.c_void_p, np.empty(FRAME_SIZE, np.float32)
        self.loop.argtypes = (pointer, pointer, pointer, pointer, ctypes.c_int, ctypes.c_size_t)
        self.loop.restype = ctypes.c_float
        self.process = ctypes.cast(stream.library.percepnet_process_frame, pointer)
        self.stream = stream

    def __call__(self, frames):
        address = self.out.ctypes.data
        self.loop(self.process, self.stream.pointer, address, frames.ctypes.data, len(frames), FRAME_SIZE)


def microseconds_per_frame(run, frames):
    start = time.perf_counter_ns()
    run(frames)
    return (time.perf_counter_ns() - start) / 1000 / len(frames)


def measure(model, frames, blocks):
    """{"python", "c"}: microseconds per frame of every block, in turns on one stream. model: path or bytes.

    frames: (n, FRAME_SIZE), gone round. Raises Missing without a compiler or the library.
    """
    with compiled("streaming.c", "-shared", "-fPIC") as path, Enhancer(model) as stream:

        def run_python(block):
            for frame in block:
                stream.process_frame(frame)

        ways, found = {"python": run_python, "c": CLoop(path, stream)}, {"python": [], "c": []}
        starts = range(0, len(frames) - BLOCK + 1, BLOCK)
        for number in range(WARM_UP + blocks):
            order = sorted(ways, reverse=number % 2 == 0)
            start = starts[number % len(starts)]
            for name in order:
                cost = microseconds_per_frame(ways[name], frames[start : start + BLOCK])
                if number >= WARM_UP:
                    found[name].append(cost)
    return found


def summarise(found):
    """{"c": median, "ratio", "overhead": quartiles} of what measure found, pair by pair."""
    overhead = np.subtract(found["python"], found["c"])
    ratio = paired_ratio(found["python"], found["c"])
    return {"c": float(np.median(found["c"])), "ratio": ratio, "overhead": quartiles(overhead)}


@app.command()
def main(
    width: Annotated[list[str] | None, typer.Option(help="Of the model, as often as wanted.")] = None,
    blocks: Annotated[int, typer.Option(min=1, help="Pairs of blocks of 8 frames.")] = 300,
):
    """Times Enhancer.process_frame and a loop in C over the same library, in turns on one stream."""
    models = {name: find_model(name) for name in width or ["64", "512"]}
    frames = frames_of(read_recordings(SPEECH)[0].samples)
    rows = ["| width | C, us per frame | Python / C | Python, us more per call |", "| --- | --- | --- | --- |"]
    with progress_bar() as bar, pinned(measuring_core()):
        for name, model in bar.track(models.items(), description="in turns"):
            found = summarise(measure(model, frames, blocks))
            ratio, overhead = found["ratio"], found["overhead"]
            rows.append(
                f"| {name} | {found['c']:.1f} | {ratio['median']:.3f} ({ratio['q1']:.3f} to {ratio['q3']:.3f}) "
                f"| {overhead['median']:.1f} ({overhead['q1']:.1f} to {overhead['q3']:.1f}) |"
            )
    for row in rows:
        say(row)
    say(f"Medians and quartiles of {blocks} pairs. {processor()}")


if __name__ == "__main__":
    sys.exit(run_app(app, "python -m percepnet.benchmark.streaming"))
