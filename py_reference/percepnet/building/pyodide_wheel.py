"""The wheel for Pyodide, in build/pyodide: made by `pyodide build`, which needs the Python that Pyodide has."""

import os

from .cross_environment import find_cross_environment
from .environment import PYODIDES, ROOT, digest, input_files, is_fresh, run, say, set_up_npm
from .interpreters import find_python
from .wasm_modules import BuildError, build_lock

PYTHON = "3.13"  # of the first ABI
PYODIDE_BUILD = "pyodide-build==0.39.2"
ABIS = ("2025_0", "2026_0")  # packages in wasm/pyodide; the core is the same to both, as the tests show
INPUTS = ("CMakeLists.txt", "pyproject.toml", "README.md", "core_c", "models", "py_reference/percepnet")


def build_pyodide_wheel(root=ROOT):
    """Builds the wheel unless nothing it depends on changed; returns its path.

    SetupError without the Python it takes, or without an Emscripten; the file built_by.txt beside it names the latter.
    """
    folder = root / "build/pyodide"
    folder.mkdir(parents=True, exist_ok=True)
    set_up_npm(PYODIDES, root)
    with build_lock(root):
        key = digest(*input_files((*INPUTS, f"{PYODIDES}/package.json"), root))
        wheel = next(folder.glob("*.whl"), None)
        if wheel and is_fresh(folder / "stamp", key):
            return wheel
        for old in folder.glob("*.whl"):
            old.unlink()
        wheel = make_wheel(folder, root)
        (folder / "stamp").write_text(key)
    return wheel


def make_wheel(folder, root):
    """Runs `pyodide build` and names the other ABI too."""
    programs = set_up_pyodide_build(folder)
    package = root / PYODIDES / f"node_modules/pyodide-{ABIS[0]}"
    cross = find_cross_environment(programs / "pyodide", package, folder, root)
    path = os.pathsep.join([str(programs), cross.variables["PATH"]])
    run([programs / "pyodide", "build", root, "-o", folder], cwd=root, env=cross.variables | {"PATH": path})
    (folder / "built_by.txt").write_text(cross.origin + "\n")
    return add_abis(programs, folder)


def set_up_pyodide_build(folder):
    """pyodide-build in a virtual environment of its own; returns the folder of its programs."""
    programs, stamp = folder / "venv/bin", folder / "venv/set-up"
    if not is_fresh(stamp, PYODIDE_BUILD):
        python = find_python(PYTHON, "the Pyodide wheel is built with")
        say(f"{PYODIDE_BUILD} for {python}")
        run([python, "-m", "venv", "--clear", folder / "venv"])
        run([programs / "pip", "install", "--quiet", PYODIDE_BUILD])
        stamp.write_text(PYODIDE_BUILD)
    return programs


def add_abis(programs, folder):
    """Adds the tags of the other ABIs; returns the wheel's path."""
    built = [path for path in folder.glob("*.whl") if f"-py3-none-pyemscripten_{ABIS[0]}_wasm32" in path.name]
    if len(built) != 1:
        raise BuildError(f"pyodide build made no wheel for Pyodide, but {[path.name for path in folder.glob('*.whl')]}")
    others = [f"+pyemscripten_{abi}_wasm32" for abi in ABIS[1:]]
    run([programs / "python", "-m", "wheel", "tags", "--remove", *(f"--platform-tag={tag}" for tag in others), *built])
    return next(folder.glob("*.whl"))
