"""Instructions per frame and stage of the native library, counted by valgrind: nothing else disturbs them."""

import re
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from .. import native
from ..constants import FRAME_SIZE, STAGES
from ..errors import Missing, PercepNetError
from ..requirements import how_to_build
from .compiled import compiled, run

FRAMES = 60
FRAME = "percepnet_process_frame"
WAYS = ("", "_part", "_step")  # what a frame calls of a stage ends so: it may run it bit by bit
NAME = re.compile(r"^c?fn=\((\d+)\)(?: (.+))?$")


def count_instructions(model, samples):
    """{"frame": instructions, "stages": {stage: instructions}, "frames": how many were counted}, means per frame.

    model: bytes of a model file. samples: at least FRAMES frames. Raises Missing without valgrind or a compiler.
    """
    if shutil.which("valgrind") is None:
        raise Missing("instructions were not counted: install valgrind (Debian: apt-get install valgrind)")
    if not (native.BUILD / f"libpercepnet.{native.SUFFIX}").exists():
        raise Missing(f"instructions were not counted: {how_to_build('native')}")
    link = (f"-L{native.BUILD}", "-lpercepnet", f"-Wl,-rpath,{native.BUILD}")
    with tempfile.TemporaryDirectory() as name, compiled("frames.c", *link) as program:
        folder = Path(name)
        (folder / "model").write_bytes(model)
        (folder / "pcm").write_bytes(np.asarray(samples[: FRAMES * FRAME_SIZE], "<f4").tobytes())
        out = folder / "callgrind"
        tool = ("valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--compress-pos=no", "--dump-line=no")
        run(*tool, program, folder / "model", folder / "pcm")
        return per_frame(inclusive_costs(out.read_text()))


def inclusive_costs(text):
    """{function: (calls, instructions with all that it calls)} of a callgrind file, compress-pos off, one event.

    Only what is called from elsewhere counts: recursion would count twice, and there is none.
    """
    names, costs, called, calls, is_call = {}, defaultdict(lambda: [0, 0]), None, 0, False
    for line in text.splitlines():
        if match := NAME.match(line):
            number, name = match.groups()
            if name:
                names[number] = name.split("'")[0]
            if line.startswith("cfn="):
                called = names[number]
        elif line.startswith("calls="):
            calls, is_call = int(line[6:].split()[0]), True
        elif is_call:
            costs[called][0] += calls
            costs[called][1] += int(line.split()[-1])
            is_call = False
    return {name: tuple(pair) for name, pair in costs.items()}


def per_frame(costs):
    """What count_instructions gives, from inclusive costs. PercepNetError where they lack the frames."""
    frames, instructions = costs.get(FRAME, (0, 0))
    if not frames:
        raise PercepNetError(f"{FRAME} is not in what valgrind counted: is the library stripped?")
    functions = {stage: [f"percepnet_{stage}{way}" for way in WAYS] for stage in STAGES}
    called = {stage: next((name for name in names if name in costs), None) for stage, names in functions.items()}
    found = {stage: costs[name][1] / frames for stage, name in called.items() if name}
    return {"frame": instructions / frames, "stages": found, "frames": frames}
