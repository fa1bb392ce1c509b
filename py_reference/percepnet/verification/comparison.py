"""How one implementation's output compares with the reference's, and where a difference begins."""

from dataclasses import dataclass

import numpy as np

from ..constants import FRAME_SIZE, LATENCY, STAGES
from ..enhancer import Enhancer
from ..samples import pad
from ..model_file import decode_model

LSB = 2.0**-15  # of 16-bit audio


@dataclass(frozen=True)
class Comparison:
    """An output against the reference.

    first: the first sample whose bits differ from the float32 reference, or None. max_error_lsb, snr_db:
    largest error in steps of 16-bit audio, and signal-to-noise ratio, against the float64 reference; infinity
    means no error. max_difference_lsb: largest difference from the float32 reference.
    """

    first: int | None
    max_error_lsb: float
    snr_db: float
    max_difference_lsb: float

    @property
    def is_exact(self):
        return self.first is None


@dataclass(frozen=True)
class Difference:
    """Where the bits first differ.

    frame: number of the process_frame call, from 0. stage, signal: None if the stages agree one by one: then
    the fault lies around them. index, expected, got: the element of the signal.
    """

    frame: int
    stage: str | None = None
    signal: str | None = None
    index: int | None = None
    expected: float | None = None
    got: float | None = None


def first_difference(a, b):
    """Index of the first element whose bits differ, or None. Flat, of one type; a missing one differs."""
    common = min(a.size, b.size)
    raw_a, raw_b = (np.ascontiguousarray(x[:common]).view(f"V{x.itemsize}") for x in (a, b))
    if raw_a.tobytes() == raw_b.tobytes():
        return None if a.size == b.size else common
    bytes_a, bytes_b = (raw.view(np.uint8).reshape(common, -1) for raw in (raw_a, raw_b))
    return int(np.argmax((bytes_a != bytes_b).any(axis=1)))


def largest(error):
    """Largest magnitude in steps of 16-bit audio; infinity where a sample is not a number."""
    magnitude = np.nan_to_num(np.abs(error), nan=np.inf)
    return float(magnitude.max(initial=0.0) / LSB)


def snr_db(signal, error):
    """10 log10 of the ratio of energies; infinity without error."""
    wanted, unwanted = np.square(signal).sum(), np.square(error).sum()
    if not unwanted:
        return np.inf
    return float(10 * np.log10(wanted / unwanted)) if wanted and np.isfinite(unwanted) else -np.inf


def compare(got, reference32, reference64):
    """Comparison of an output with the reference's in both precisions; all (n,)."""
    size = min(got.size, reference32.size)
    error = got[:size].astype(np.float64) - reference64[:size]
    difference = got[:size].astype(np.float64) - reference32[:size]
    return Comparison(
        first_difference(np.asarray(got, np.float32), reference32),
        largest(error),
        snr_db(reference64[:size], error),
        largest(difference),
    )


def frame_of(sample):
    """The process_frame call that gives an output sample, the delay removed."""
    return (sample + LATENCY) // FRAME_SIZE


def written_by(stage):
    """Signals a stage writes."""
    return [*STAGES[stage]["out"], *(["nnet_memory"] if stage == "nnet" else [])]


def step_stages(streams, frame, after_stage):
    """Gives the frame to every stream and runs the stages one by one on all.

    streams: Enhancers or Inspectors of any implementation. after_stage(stage) is called after each, until it
    answers something true, which is returned; else None.
    """
    for stream in streams:
        stream.set_signal("input", frame)
    for stage in STAGES:
        for stream in streams:
            stream.run_stage(stage)
        answer = after_stage(stage)
        if answer:
            return answer
    return None


def differing_signal(reference, other, frame, stage):
    """The Difference in what a stage has just written, or None."""
    for name in written_by(stage):
        expected, got = reference.signal(name), other.signal(name)
        index = first_difference(expected, got)
        if index is not None:
            values = (float(x[index]) for x in (expected, got))
            return Difference(frame, stage, name, index, *values)
    return None


def locate(model, samples, inspector, last_frame):
    """Runs the float32 reference and another implementation stage by stage: the Difference where they part.

    model: bytes of a model file. inspector: a fresh Inspector of it. last_frame: that at which the outputs
    differed; if the stages agree until then, the Difference names no stage.
    """
    reference = Enhancer(decode_model(model))
    frames = pad(np.asarray(samples, np.float32)).reshape(-1, FRAME_SIZE)
    for number, frame in enumerate(frames[: last_frame + 1]):

        def look(stage, number=number):
            return differing_signal(reference, inspector, number, stage)

        difference = step_stages((reference, inspector), frame, look)
        if difference:
            return difference
    return Difference(last_frame)
