"""The implementations under test behind one interface, so that every test is written once.

A stream has signal(name), run_stage(name), process_frame(frame), reset() and enhance(samples).
Opening one whose library or module is missing raises Missing, which says what to run.
"""

from functools import cache

import numpy as np

from percepnet import native
from percepnet.engines import wasm_node
from percepnet.constants import FRAME_SIZE
from percepnet.enhancer import Enhancer
from percepnet.model_file import decode_model, encode_model, random_weights

NATIVE = ["native"]
WASM = [f"wasm-{variant}" for variant in wasm_node.VARIANTS]
COMPILED = NATIVE + WASM
BACKENDS = ["reference", *COMPILED]


@cache
def model_bytes(width=64, seed=1):
    """A model file that exercises everything; the same as the golden vectors'."""
    return encode_model(random_weights(width, seed), {"name": f"random-{width}", "seed": seed})


@cache
def reference_model(data):
    return decode_model(data)


def open_stream(backend, data=None, **config):
    """A fresh stream of a backend of BACKENDS, stages and signals at hand. data: the bytes of a model."""
    data = data or model_bytes()
    if backend == "reference":
        return Enhancer(reference_model(data), np.float32, **config)
    if backend == "native":
        return native.Inspector(data, **config)
    return wasm_node.Inspector(data, backend.removeprefix("wasm-"), **config)


@cache
def shared_stream(backend, config=()):
    """A stream that many tests may use, as each sets every signal it needs. config: (option, value) pairs."""
    return open_stream(backend, **dict(config))


def set_signal(stream, name, values):
    if hasattr(stream, "set_signal"):
        stream.set_signal(name, values)
    else:
        stream.signal(name)[:] = values


def run_stage(backend, stage, inputs, outputs, config=()):
    """{output: values} of one stage for inputs {signal: values}."""
    stream = shared_stream(backend, tuple(dict(config).items()))
    for name, values in inputs.items():
        set_signal(stream, name, values)
    stream.run_stage(stage)
    return {name: np.array(stream.signal(name)) for name in outputs}


def frames_of(samples):
    """Whole frames, (frames, FRAME_SIZE), as float32."""
    return np.asarray(samples, np.float32)[: len(samples) // FRAME_SIZE * FRAME_SIZE].reshape(-1, FRAME_SIZE)


def play(stream, samples):
    """Output of process_frame for every frame, delay and all."""
    return np.concatenate([stream.process_frame(frame)[0] for frame in frames_of(samples)])
