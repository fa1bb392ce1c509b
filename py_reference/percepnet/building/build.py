"""Builds the native libraries, the WASM modules and the web folder; skips what is up to date.

`python -m percepnet.building.build [--native] [--wasm] [--web] [--pyodide] [--check-reproducible]`; the first three
without an option.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from . import wasm_modules
from .environment import ROOT, SetupError, digest, input_files, is_fresh, run, set_up_npm
from .pyodide_wheel import build_pyodide_wheel
from .wasm_modules import BuildError, build_lock, build_wasm, is_intact

LIBRARY_SUFFIX = ".dylib" if sys.platform == "darwin" else ".so"
CLIP = ("tests/audio/noisy_speech.wav", "tests/audio/clean_speech.flac")
STAIRCASE_INPUTS = (  # whatever its numbers, sounds and pictures can depend on
    "models", "core_c", *CLIP, "pyproject.toml", "py_reference/percepnet/*.py", "py_reference/percepnet/staircase/*.*",
    *(f"py_reference/percepnet/commands/{name}.py" for name in ("figures", "inspection", "models", "oracle_files")),
    "py_reference/percepnet/engines/static_server.py",
)  # fmt: skip
WEB_INPUTS = ("web", "models", "build/wasm/manifest.json", "build/staircase", "tests/audio")
WEB_OUTPUTS = ("node_modules", "dist")


def build_native(testing=False, root=ROOT):
    """Builds the shared libraries with CMake, which skips what is up to date.

    Returns the path of the release library or, if `testing`, of the one that also exports the stages.
    """
    folder = root / "build/cmake"
    with build_lock(root):
        if not (folder / "CMakeCache.txt").exists():
            generator = ["-G", "Ninja"] if find_tool("ninja") else []
            run([need_tool("cmake"), *generator, "-S", root, "-B", folder], env=tool_environment())
        run([need_tool("cmake"), "--build", folder, "--parallel", "2"], env=tool_environment())
    return root / "build/native" / f"libpercepnet{'_testing' if testing else ''}{LIBRARY_SUFFIX}"


def tool_environment():
    """The environment with this Python's own programs on PATH: pip can provide cmake and ninja."""
    own_programs = str(Path(sys.executable).parent)
    return os.environ | {"PATH": os.pathsep.join([os.environ.get("PATH", ""), own_programs])}


def find_tool(name):
    return shutil.which(name, path=tool_environment()["PATH"])


def need_tool(name):
    path = find_tool(name)
    if path is None:
        raise BuildError(f"{name} is missing: install it, or run .venv/bin/pip install {name}")
    return path


def build_staircase(root=ROOT):
    """Computes the demo's page of steps in build/staircase, in a process that loads the library as it is now."""
    build_native(testing=True, root=root)
    folder, stamp = root / "build/staircase", root / "build/staircase.stamp"
    with build_lock(root):
        key = digest(*input_files(STAIRCASE_INPUTS, root))
        if not (is_fresh(stamp, key) and (folder / "staircase.html").exists()):
            stamp.unlink(missing_ok=True)
            environment = os.environ | {"PYTHONPATH": str(root / "py_reference")}
            run([sys.executable, "-m", "percepnet.staircase.demo_page", folder], env=environment)
            stamp.write_text(key)


def build_web(root=ROOT):
    """Builds the modules and, from them, web/dist; returns that folder."""
    build_wasm(root)
    build_staircase(root)
    dist, stamp = root / "web/dist", root / "build/web.stamp"
    set_up_npm("web", root)
    with build_lock(root):
        key = digest(*web_inputs(root))
        if not (is_fresh(stamp, key) and is_intact(dist)):
            stamp.unlink(missing_ok=True)
            run(["npm", "run", "--silent", "build"], cwd=root / "web")
            stamp.write_text(key)
    return dist


def web_inputs(root):
    """Every file that web/dist depends on."""
    for file in input_files(WEB_INPUTS, root):
        if not set(WEB_OUTPUTS) & set(file.relative_to(root).parts):
            yield file


def check_reproducible(root=ROOT, clone=None):
    """Builds the modules once more, in the new folder `clone` or a temporary one; BuildError if not equal."""
    with tempfile.TemporaryDirectory() as work:
        clone = clone or Path(work) / "another folder"
        copy_inputs(root, clone)
        if build_wasm(clone) != build_wasm(root):
            raise BuildError("two builds of the same source differ: does the compiler write paths or times?")


def copy_inputs(root, target):
    """Copies what the modules are made from."""
    for name in wasm_modules.INPUTS:
        source = root / name
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target / name)


def print_modules(manifest):
    """A table of the release modules and of what is missing."""
    compilers = {name: manifest["toolchain"]["compiler"] for name in manifest["modules"]}
    compilers |= {"relaxed": manifest["toolchain"]["relaxed_compiler"]}
    print(f"{'module':<24}{'bytes':>8}{'gzip':>8}{'brotli':>8}  {'SHA-256':<64}  compiler")
    for variant, entry in manifest["modules"].items():
        sizes = "".join(f"{entry[key]:>8}" for key in ("bytes", "gzip", "brotli"))
        print(f"{entry['file']:<24}{sizes}  {entry['sha256']}  {compilers[variant]}")
    for variant, reason in manifest["missing"].items():
        print(f"no {variant} module: {reason}")


def build(native=False, wasm=False, web=False, reproducible=False, pyodide=False):
    """Builds what is asked for, or everything if nothing is, and prints what came of it."""
    everything = not (native or wasm or web or reproducible or pyodide)
    if native or everything:
        print(f"native library: {build_native().relative_to(ROOT)}")
    if wasm or web or reproducible or everything:
        print_modules(build_wasm())
    if reproducible:
        check_reproducible()
        print("reproducible: another build, in another folder, has the same bytes")
    if web or everything:
        print(f"web folder: {build_web().relative_to(ROOT)}")
    if pyodide:
        wheel = build_pyodide_wheel()
        print(f"Pyodide wheel: {wheel.relative_to(ROOT)}")
        print(f"built by {(wheel.parent / 'built_by.txt').read_text().strip()}")


def main():
    parser = argparse.ArgumentParser(prog="python -m percepnet.building.build", description=__doc__.splitlines()[0])
    parser.add_argument("--native", action="store_true", help="the shared libraries")
    parser.add_argument("--wasm", action="store_true", help="the WASM modules")
    parser.add_argument("--web", action="store_true", help="web/dist, modules included")
    parser.add_argument("--pyodide", action="store_true", help="the wheel for Pyodide")
    again = "build the modules in another folder too and compare"
    parser.add_argument("--check-reproducible", action="store_true", help=again)
    options = parser.parse_args()
    try:
        build(options.native, options.wasm, options.web, options.check_reproducible, options.pyodide)
    except SetupError as error:
        print(f"build: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
