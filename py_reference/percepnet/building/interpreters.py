"""Finds Pythons of other versions: on PATH, of pyenv or of uv."""

import os
from pathlib import Path

from .environment import SetupError, run

WHERE_IS_IT = "import sys; print(sys.executable)"


def find_python(version, purpose):
    """Path of the Python of a version such as "3.13". purpose: what begins the SetupError if there is none."""
    chosen = os.environ | {"PYENV_VERSION": version}  # without it pyenv's shims know only the version in use
    for command in ([f"python{version}", "-c", WHERE_IS_IT], ["uv", "python", "find", version]):
        try:
            return Path(run(command, timeout_s=60, env=chosen).strip())
        except SetupError:
            continue
    advice = f"install it (uv python install {version}, pyenv install {version}, or your distribution's package)"
    raise SetupError(f"{purpose} Python {version}, which is not here: {advice}")
