"""Small C programs that measure, compiled where they run with the user's own compiler."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from ..building.environment import ROOT
from ..errors import Missing, PercepNetError

FOLDER = Path(__file__).parent


def compiler():
    """The C compiler: $CC, or the first that is there. Raises Missing."""
    for name in filter(None, (os.environ.get("CC"), "cc", "gcc", "clang")):
        if shutil.which(name):
            return name
    raise Missing("no C compiler: install gcc or clang, or name one with CC=...")


@contextmanager
def compiled(source, *flags):
    """Path of the program made from a C file of this folder, while the block runs. Raises Missing, PercepNetError."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / Path(source).stem
        run(compiler(), "-O2", f"-I{ROOT}/core_c/include", FOLDER / source, "-o", program, *flags)
        yield program


def run(*command):
    """What a program prints. Raises PercepNetError with its first line of complaint."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or [f"exit status {done.returncode}"]
        reason = next((line for line in lines if "rror" in line), lines[0])
        raise PercepNetError(f"{Path(str(command[0])).name} failed: {reason.strip()}")
    return done.stdout
