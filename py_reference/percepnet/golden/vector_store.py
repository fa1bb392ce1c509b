"""Reads the golden vectors of tests/vectors and runs a stage on them.

A file <stage>.json lists the cases; arrays stand in <stage>.f32 (recorded inputs) and <stage>.f64 (high-pass
memory, outputs), raw little-endian, found by offset and shape. spec/vectors.schema.json describes the JSON.
"""

import json
import math
from functools import cache

import numpy as np

from ..constants import FRAME_SIZE, HOP_16KHZ, NUM_BANDS, NUM_BINS, NUM_LAGS, SIGNALS, STAGES
from ..enhancer import Enhancer
from ..building.environment import ROOT
from ..errors import Missing
from ..model_file import random_model
from .paint import PAINTS

FOLDER = ROOT / "tests" / "vectors"
MODEL = {"width": 64, "seed": 1}  # of percepnet.model_file.random_model
TYPES = {"f32": np.float32, "f64": np.float64, "i32": np.int32}
# Delay lines: only the newest part is stored, the rest is the input moved.
NEWEST = {
    "history": FRAME_SIZE, "dry": FRAME_SIZE, "Y": 2 * NUM_BINS, "Ey": NUM_BANDS, "residual": HOP_16KHZ,
    "path_from": NUM_LAGS,
}  # fmt: skip


def stage_inputs(stage):
    """Signals a stage reads, the network's memory included."""
    return STAGES[stage]["in"] + (["nnet_memory"] if stage == "nnet" else [])


def stage_outputs(stage):
    """Signals a stage writes, the network's memory included."""
    return STAGES[stage]["out"] + (["nnet_memory"] if stage == "nnet" else [])


@cache
def vector_model():
    return random_model(**MODEL)


def make_stream(dtype=np.float32, config=None, model=True):
    """A reference stream whose stages can be run alone, with the vectors' model or (quicker) without a network."""
    return Enhancer(vector_model() if model else None, dtype, **(config or {}))


def signal_size(name):
    return make_stream().signal(name).size if name == "nnet_memory" else math.prod(SIGNALS[name]["shape"])


def signal_type(name):
    return "f32" if name == "nnet_memory" else SIGNALS[name]["type"]


def resolve(source, name, folder=FOLDER):
    """The array, flat, that an entry of "in" stands for: painted, inline or a slice of a file."""
    if "paint" in source:
        arguments = {key: value for key, value in source.items() if key not in ("paint", "scale", "shift")}
        x = PAINTS[source["paint"]](signal_size(name), **arguments)
        x = x * np.float32(source.get("scale", 1)) + np.float32(source.get("shift", 0))
        return x.astype(TYPES[signal_type(name)])
    if "values" in source:
        return np.array(source["values"], TYPES[signal_type(name)])
    return read_slice(source, folder).astype(TYPES[signal_type(name)])


def read_slice(source, folder=FOLDER):
    """The flat array {"f32" or "f64": file, "offset": first element, "shape"}."""
    kind = next(key for key in ("f32", "f64") if key in source)
    count = math.prod(source["shape"])
    dtype = np.dtype(TYPES[kind]).newbyteorder("<")
    return np.fromfile(folder / source[kind], dtype, count, offset=source["offset"] * dtype.itemsize)


def run_case(stage, inputs, config, dtype):
    """A stage's outputs {signal: flat array} for inputs {signal: flat array}."""
    stream = make_stream(dtype, config, model=stage == "nnet")
    for name, values in inputs.items():
        stream.signal(name)[:] = values
    stream.run_stage(stage)
    return {name: stream.signal(name).copy() for name in stage_outputs(stage)}


def load(stage, folder=FOLDER):
    """The cases of a stage: dicts with tcId, comment, flags, config, inputs {signal: flat array in its type}
    and outputs {signal: (index of the first element that is stored, flat float64 array)}. Raises Missing.
    """
    path = folder / f"{stage}.json"
    if not path.exists():
        raise Missing(f"{path} is not there: run `make vectors`")
    cases = json.loads(path.read_text())["tests"]
    for case in cases:
        case["inputs"] = {n: resolve(s, n, folder) for n, s in case.pop("in").items()}
        case["outputs"] = {n: (s.get("first", 0), resolve_output(s, folder)) for n, s in case.pop("out").items()}
    return cases


def resolve_output(source, folder):
    return np.array(source["values"], float) if "values" in source else read_slice(source, folder)
