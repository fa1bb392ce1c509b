"""What `pyodide build` compiles with: Pyodide's own cross-build environment and Emscripten, or the nearest to it here.

Where they cannot be fetched, an environment is assembled from Pyodide's npm package, which has Python's settings but no
headers: enough for a library that is loaded with ctypes. It is compiled by the Emscripten of the WASM modules.
"""

import io
import json
import os
import shutil
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from . import toolchain
from .environment import SetupError, run, say

REACH_S = 15  # how long to wait for the download server before trying something else
SYSCONFIG = "_sysconfigdata__emscripten_wasm32-emscripten"
SETTINGS = """export PYODIDE_VERSION={version}
export PYODIDE_ABI_VERSION={abi_version}
export PYODIDE_EMSCRIPTEN_VERSION={emscripten}
export PYVERSION={python}
export PYMAJOR={major}
export PYMINOR={minor}
export PYMICRO={micro}
export PLATFORM_TRIPLET=wasm32-emscripten
export SYSCONFIG_NAME={sysconfig}
export TARGETINSTALLDIR=$(PYODIDE_ROOT)/target
export CPYTHONINSTALL=$(PYODIDE_ROOT)/target
export PYTHONINCLUDE=
.output_vars:
\t@env
"""


@dataclass(frozen=True)
class CrossEnvironment:
    """variables: for `pyodide build`. origin: what it is, for people, with its Emscripten."""

    variables: dict
    origin: str


def find_cross_environment(pyodide_build, package, folder, root):
    """The CrossEnvironment to build with. SetupError if there is no Emscripten.

    pyodide_build: the command `pyodide`. package: folder of Pyodide's npm package. folder: where to put things.
    """
    try:
        return official_environment(pyodide_build, package, folder / "official")
    except SetupError as error:
        say(f"Pyodide's own cross-build environment is not used: {str(error).splitlines()[0]}")
    return local_environment(package, folder, root)


def official_environment(pyodide_build, package, folder):
    """Pyodide's own environment, with its Emscripten."""
    variables = os.environ | {"PYODIDE_XBUILDENV_PATH": str(folder)}
    try:
        run([pyodide_build, "xbuildenv", "search"], REACH_S, env=variables)
    except SetupError:
        raise SetupError("the list of them cannot be reached") from None
    version = json.loads((package / "package.json").read_text())["version"]
    run([pyodide_build, "xbuildenv", "install", version], env=variables)
    run([pyodide_build, "xbuildenv", "install-emscripten"], env=variables)
    sdk = (folder / "xbuildenv").resolve() / "emsdk"
    emcc = sdk / "upstream/emscripten/emcc"
    path = os.pathsep.join([str(emcc.parent), os.environ["PATH"]])
    variables |= {"EM_CONFIG": str(sdk / ".emscripten"), "PATH": path}
    found = toolchain.version_tuple(run([emcc, "--version"], env=variables))
    return CrossEnvironment(variables, f"emcc {'.'.join(map(str, found))}, Pyodide {version}'s cross-build environment")


def local_environment(package, folder, root):
    """An environment out of Pyodide's npm package, with the Emscripten that the WASM modules are made with."""
    settings = toolchain.load_settings(root)
    if not toolchain.find_emscripten(settings, root):
        toolchain.install_emscripten(settings, root)
    compiler = toolchain.find_emscripten(settings, root)
    if not compiler:
        raise SetupError("the Pyodide wheel needs Emscripten: install it (Debian: apt-get install emscripten)")
    emscripten = Path(shutil.which(compiler.command[0])).parent
    llvm = run([emscripten / "em-config", "LLVM_ROOT"]).strip()  # pyodide-build asks its llvm-readobj what to export
    archive = folder / "cross_environment.tar"
    version = write_archive(package, archive)
    shutil.rmtree(folder / "local", ignore_errors=True)
    variables = os.environ | {
        "DEFAULT_CROSS_BUILD_ENV_URL": archive.resolve().as_uri(),
        "PYODIDE_XBUILDENV_PATH": str(folder / "local"),
        "SKIP_EMSCRIPTEN_VERSION_CHECK": "1",
        "PATH": os.pathsep.join([str(emscripten), os.environ["PATH"], llvm]),
    }
    return CrossEnvironment(variables, f"{compiler.name}, a cross-build environment from the npm package of {version}")


def write_archive(package, archive):
    """Writes a cross-build environment as pyodide-build expects it; returns the name of the Pyodide that it is for."""
    info = json.loads((package / "pyodide-lock.json").read_text())["info"]
    version = json.loads((package / "package.json").read_text())["version"]
    major, minor, micro = info["python"].split(".")
    emscripten = info["platform"].removeprefix("emscripten_").replace("_", ".")
    parts = {"major": major, "minor": minor, "micro": micro, "emscripten": emscripten, "sysconfig": SYSCONFIG}
    with zipfile.ZipFile(package / "python_stdlib.zip") as library:
        sysconfig = library.read(f"{SYSCONFIG}.py")
    files = {
        "requirements.txt": b"",
        "pyodide-root/Makefile.envs": SETTINGS.format(version=version, **info, **parts).encode(),
        f"pyodide-root/target/sysconfigdata/{SYSCONFIG}.py": sysconfig,
    }
    with tarfile.open(archive, "w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(f"xbuildenv/{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return f"Pyodide {version}"
