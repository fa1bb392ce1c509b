"""Writes the golden vectors: what every stage answers in float64. `--check` only says which are stale."""

import argparse
import json
import os
import sys

import numpy as np
import soundfile

from ..constants import FRAME_SIZE, PITCH_MIN_PERIOD, STAGES
from ..enhancer import PIPELINE
from ..building.environment import ROOT
from .vector_cases import NOTES, PAINTED, RECORDINGS, Case
from .vector_store import (
    FOLDER,
    MODEL,
    NEWEST,
    TYPES,
    make_stream,
    resolve,
    run_case,
    signal_type,
    stage_inputs,
)

TOLERANCE = 1e-9  # relative; leaves room for another machine's last bits
INLINE = 4  # arrays up to this size stand in the JSON itself


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
        """{name: bytes} of those that hold something."""
        used = {kind: np.concatenate(parts) for kind, parts in self.parts.items() if parts}
        return {f"{self.stage}.{kind}": x.astype(f"<f{x.itemsize}").tobytes() for kind, x in used.items()}


def newest(name, values):
    """(index of the first element stored, the part stored)."""
    first = values.size - NEWEST.get(name, values.size)
    return first, values[first:]


def recorded_cases():
    """{stage: cases} from the states that the recordings lead the float32 reference to."""
    cases = {stage: [] for stage in STAGES}
    for recording, frames in RECORDINGS.items():
        samples, _ = soundfile.read(ROOT / "tests" / "audio" / recording, dtype="float32")
        stream = make_stream()
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
        text += ",\n".join(json.dumps(case, allow_nan=False) for case in cases) + "\n]}\n"
        files |= {f"{stage}.json": text.encode()} | store.files()
    return files


def differs(name, expected, path):
    """Is a stored file not what it should be? float64 may differ by TOLERANCE, the rest not at all."""
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
    parser = argparse.ArgumentParser(prog="python -m percepnet.golden.vectors", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which files are stale; exit 1 if any")
    check = parser.parse_args().check
    names = stale() if check else write()
    for name in names:
        print(f"tests/vectors/{name} is stale: run `make vectors`" if check else f"wrote tests/vectors/{name}")
    return 1 if check and names else 0


if __name__ == "__main__":
    sys.exit(main())
