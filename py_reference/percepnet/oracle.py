"""Oracle: the pipeline with ideal gains and strengths in the network's place, the upper bound of what it can do."""

import numpy as np

from .constants import FRAME_SIZE, LATENCY
from .enhancer import PIPELINE, Enhancer
from .samples import pad
from .targets import ideal_gains

STAGES = list(PIPELINE)
BEFORE = STAGES[: STAGES.index("nnet")]
AFTER = STAGES[STAGES.index("nnet") + 1 :]
HEARING = ("high_pass", "analysis", "band_energy")
COMBING = ("comb_filter", "comb_spectrum", "coherence")


def run(stream, stages):
    for stage in stages:
        stream.run_stage(stage)


def ideal_frame(noisy, clean):
    """g, r of the frame both streams stand at; the clean one is combed at the noisy one's period."""
    clean.signal("period")[:] = noisy.signal("period")
    run(clean, COMBING)
    bands = noisy.signal("q").size
    energies = [stream.signal("Ey")[:bands] for stream in (noisy, clean)]
    return ideal_gains(*energies, noisy.signal("q"), clean.signal("q"), noisy.signal("period")[0])


def enhance(noisy, clean, gains=True, strengths=True, make_stream=None, **config):
    """Enhances noisy with ideal gains (else 1) and strengths (else 0); delay removed, (n,) -> (n,).

    clean: the wanted signal, aligned with noisy. make_stream: makes a stream whose stages can be run one by one, by
    default the reference in float32; percepnet.native.Inspector is the fast one. config: options of Enhancer.
    """
    make_stream = make_stream or (lambda **options: Enhancer(None, **options))
    noisy_stream, clean_stream = make_stream(**config), make_stream()

    def finish(g, r):
        noisy_stream.signal("g")[:] = g if gains else 1
        noisy_stream.signal("r")[:] = r if strengths else 0
        run(noisy_stream, AFTER)

    return walk(noisy, clean, noisy_stream, clean_stream, finish)


def walk(noisy, clean, noisy_stream, clean_stream, finish):
    """Runs both streams up to the network, frame by frame; finish(g, r) hears the ideal values and runs the rest.

    Returns what the noisy stream puts out, delay removed, (n,).
    """
    y, x = (pad(np.asarray(signal, np.float32)) for signal in (noisy, clean))
    out = np.empty_like(y)
    for at in range(0, y.size, FRAME_SIZE):
        frame = slice(at, at + FRAME_SIZE)
        noisy_stream.signal("input")[:], clean_stream.signal("input")[:] = y[frame], x[frame]
        run(noisy_stream, BEFORE)
        run(clean_stream, HEARING)
        finish(*ideal_frame(noisy_stream, clean_stream))
        out[frame] = noisy_stream.signal("output")
    return out[LATENCY : LATENCY + len(noisy)]
