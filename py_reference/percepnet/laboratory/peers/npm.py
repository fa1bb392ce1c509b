"""Runs the noise suppressors that come as npm packages, in Node."""

import shutil
import subprocess
from functools import partial
from pathlib import Path

import numpy as np

from ...errors import PercepNetError

from .peer import Peer

FOLDER = Path(__file__).parent / "node"
INSTALL = "npm ci --prefix py_reference/percepnet/laboratory/peers/node"


def npm_peer(name: str, package: str, about: str) -> Peer:
    """A system of node/run.mjs."""
    return Peer(name, about, partial(enhance, name), partial(is_installed, package), INSTALL)


def is_installed(package: str) -> bool:
    """Are an npm package and Node there?"""
    return shutil.which("node") is not None and (FOLDER / "node_modules" / package / "package.json").is_file()


def enhance(system: str, noisy: np.ndarray) -> np.ndarray:
    """What a system of node/run.mjs makes of (n,) in +-1 at 48 kHz: (n,), delayed. Raises PercepNetError."""
    data = np.ascontiguousarray(noisy, np.float32).tobytes()
    result = subprocess.run(["node", FOLDER / "run.mjs", system], input=data, capture_output=True, check=False)
    if result.returncode or len(result.stdout) != len(data):
        lines = [line for line in result.stderr.decode(errors="replace").splitlines() if "Error" in line]
        raise PercepNetError(f"{system} fails in Node ({(lines or ['no output'])[0][:200]}): run `{INSTALL}` again")
    return np.frombuffer(result.stdout, np.float32)
