"""Golden vectors: what every stage answers in float64, in tests/vectors; `--check` says which are stale.

A file <stage>.json lists the cases; arrays stand in <stage>.f32 (inputs) and <stage>.f64 (high-pass memory, outputs),
raw little-endian, found by offset and shape. spec/vectors.schema.json describes the JSON.
"""

import argparse
import json
import math
import os
import sys
from functools import cache
from pathlib import Path

import numpy as np

from .constants import FRAME_SIZE, LOOK_AHEAD, NUM_BANDS, NUM_BINS, NUM_LAGS, PITCH_MIN_PERIOD, SIGNALS, STAGES
from .constants import HOP_16KHZ
from .enhancer import PIPELINE, Enhancer
from .errors import Missing
from .model_file import random_model
from .paint import PAINTS
from .vector_cases import NOTES, PAINTED, RECORDINGS, Case

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "vectors"
MODEL = {"width": 64, "seed": 1}  # of percepnet.model_file.random_model
TOLERANCE = 1e-9  # relative; leaves room for another machine's last bits
TYPES = {"f32": np.float32, "f64": np.float64, "i32": np.int32}
INLINE = 4  # arrays up to this size stand in the JSON itself
# Delay lines: only the newest part is stored, the rest is the input moved.
NEWEST = {"history": FRAME_SIZE, "dry": FRAME_SIZE, "Y": 2 * NUM_BINS, "Ey": NUM_BANDS, "residual": HOP_16KHZ,
          "path_from": NUM_LAGS}  # fmt: skip


def stage_inputs(stage):
    """Signals a stage reads, the network's memory included."""
    return STAGES[stage]["in"] + (["nnet_memory"] if stage == "nnet" else [])


def stage_outputs(stage):
    """Signals a stage writes, the network's memory included."""
    return STAGES[stage]["out"] + (["nnet_memory"] if stage == "nnet" else [])


@cache
def test_model():
    return random_model(**MODEL)


def make_stream(dtype=np.float32, config=None):
    """A reference stream with the vectors' model, whose stages can be run alone."""
    return Enhancer(test_model(), dtype, **(config or {}))


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
    stream = make_stream(dtype, config)
    for name, values in inputs.items():
        stream.signal(name)[:] = values
    stream.run_stage(stage)
    return {name: stream.signal(name).copy() for name in stage_outputs(stage)}


def newest(name, values):
    """(index of the first element stored, the part stored)."""
    first = values.size - NEWEST.get(name, values.size)
    return first, values[first:]


# --- reading


def load(stage, folder=FOLDER):
    """The cases of a stage: dicts with tcId, comment, flags, config, inputs {signal: flat array in its type} and
    outputs {signal: (index of the first element that is stored, flat float64 array)}. Raises Missing.
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


# --- writing


class Store:
    """The arrays of a stage's two files as they grow."""

    def __init__(self, stage):
        self.stage = stage
        self.parts = {"f32": [], "f64": []}

    def add(self, values, kind):
        """What stands in the JSON for an array: its values if few, else where they are."""
        if values.size <= INLINE:
            return {"values": values.tolist()}
        offset = sum(part.size for part in self.parts[kind])
        self.parts[kind].append(np.asarray(values, TYPES[kind]))
        return {kind: f"{self.stage}.{kind}", "offset": offset, "shape": [values.size]}

    def files(self):
        return {
            f"{self.stage}.{kind}": np.concatenate(parts).astype(np.dtype(TYPES[kind]).newbyteorder("<")).tobytes()
            for kind, parts in self.parts.items()
            if parts
        }


def read_recording(name):
    import soundfile

    return soundfile.read(ROOT / "tests" / "audio" / name, dtype="float32")[0]


def recorded_cases():
    """{stage: cases} from the states that the recordings lead the float32 reference to."""
    cases = {stage: [] for stage in STAGES}
    for recording, frames in RECORDINGS.items():
        samples, stream = read_recording(recording), make_stream()
        for frame in range(frames):
            at = frame * FRAME_SIZE
            stream.signal("input")[:] = samples[at : at + FRAME_SIZE]
            for stage in PIPELINE:
                if frame == frames - 1:
                    inputs = {name: stream.signal(name).copy() for name in stage_inputs(stage)}
                    cases[stage].append(Case(f"{recording} after {frames} frames", ["Recording"], inputs))
                stream.run_stage(stage)
    return cases


def stored_input(name, source, store):
    """(what the JSON says of an input, its array)."""
    if isinstance(source, dict):
        return source, resolve(source, name)
    return store.add(source, "f64" if signal_type(name) == "f64" else "f32"), source


def encode_case(stage, number, case, store):
    """A case as the JSON holds it; its arrays go to the store."""
    described, inputs = {}, {}
    for name in stage_inputs(stage):
        idle = {"values": [PITCH_MIN_PERIOD]} if name == "period" else {"paint": "silence"}
        source = case.inputs.get(name, idle)
        described[name], inputs[name] = stored_input(name, source, store)
    outputs = run_case(stage, inputs, case.config, np.float64)
    single = run_case(stage, inputs, case.config, np.float32)
    integers = [name for name in outputs if signal_type(name) == "i32"]
    tie = any(not np.array_equal(outputs[name], single[name]) for name in integers)
    out = {}
    for name, values in outputs.items():
        first, part = newest(name, values)
        out[name] = store.add(part, "f64") | ({"first": first} if first else {})
    flags = case.flags + (["NearTie"] if tie else [])
    config = {"config": case.config} if case.config else {}
    return {"tcId": number, "comment": case.comment, "flags": flags, **config, "in": described, "out": out}


def generate():
    """All files: {name: bytes}."""
    files, recorded = {}, recorded_cases()
    for stage in STAGES:
        store = Store(stage)
        cases = [encode_case(stage, i, c, store) for i, c in enumerate(PAINTED[stage] + recorded[stage], 1)]
        used = sorted({flag for case in cases for flag in case["flags"]})
        head = {"stage": stage, "schema": "spec/vectors.schema.json", "generator": "make vectors"}
        head |= {"model": MODEL} if stage == "nnet" else {}
        text = json.dumps(head | {"notes": {flag: NOTES[flag] for flag in used}})[:-1] + ', "tests": [\n'
        text += ",\n".join(json.dumps(case) for case in cases) + "\n]}\n"
        files |= {f"{stage}.json": text.encode()} | store.files()
    return files


def differs(name, expected, path):
    """Is a stored file other than it should be? float64 arrays may differ by TOLERANCE, everything else not at all."""
    if not path.exists():
        return True
    found = path.read_bytes()
    if not name.endswith(".f64") or len(found) != len(expected):
        return found != expected
    a, b = (np.frombuffer(data, "<f8") for data in (found, expected))
    return not np.allclose(a, b, rtol=TOLERANCE, atol=0)


def stale(folder=FOLDER):
    """Names of stored files that are missing, outdated or not of this set."""
    files = generate()
    left = {path.name for path in folder.glob("*.*") if path.suffix in (".json", ".f32", ".f64")} - set(files)
    return sorted(left | {name for name, data in files.items() if differs(name, data, folder / name)})


def write(folder=FOLDER):
    """Writes what differs, removes what is of no stage; returns the names."""
    names, files = stale(folder), generate()
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        if name not in files:
            (folder / name).unlink()
            continue
        part = folder / f"{name}.part"
        part.write_bytes(files[name])
        os.replace(part, folder / name)
    return names


def main():
    parser = argparse.ArgumentParser(prog="python -m percepnet.vectors", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which files are stale; exit 1 if any")
    check = parser.parse_args().check
    names = stale() if check else write()
    for name in names:
        print(f"tests/vectors/{name} is stale: run `make vectors`" if check else f"wrote tests/vectors/{name}")
    return 1 if check and names else 0


if __name__ == "__main__":
    sys.exit(main())
