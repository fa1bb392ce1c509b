"""Makes the WASM modules in build/wasm, checks each, and writes the manifest that the web loader trusts."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import toolchain
from .environment import ROOT, SetupError, is_fresh, require_node, run

FUNCTION_DEFINITION = re.compile(r"^[\w *]*?\b(percepnet_\w+)\([^;{]*\)\s*\{", re.MULTILINE)
INPUTS = (  # everything the modules are made from
    "core_c/include", "core_c/src", "core_c/sources.txt", "wasm/freestanding", "wasm/describe.mjs",
    "wasm/toolchain.toml", "pyproject.toml",
)  # fmt: skip
LEFT_OUT = "src/create.c"  # the only file that calls an allocator


class BuildError(SetupError):
    """A build that failed or whose result is not as promised."""


@contextlib.contextmanager
def build_lock(root):
    """One build at a time in a tree; a second one waits."""
    (root / "build").mkdir(exist_ok=True)
    with open(root / "build/.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build_wasm(root=ROOT):
    """Builds every module that a compiler here can make, unless nothing they depend on changed.

    Returns the manifest, a dict: "version", "toolchain", "modules" and "testing" ({variant: {"file", "bytes",
    "gzip", "brotli", "sha256"}}) and "missing" ({variant: reason}). SetupError if no compiler can be had or a
    module is not as promised.
    """
    settings, folder = toolchain.load_settings(root), root / "build/wasm"
    with build_lock(root):
        if is_fresh(folder / "stamp", input_hash(root, settings)) and is_intact(folder):
            return json.loads((folder / "manifest.json").read_text())
        require_node()
        compilers, missing = toolchain.choose(settings, root)
        with tempfile.TemporaryDirectory(dir=root / "build") as work:
            manifest = make_modules(settings, root, Path(work), compilers, missing)
            (Path(work) / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
            replace_files(Path(work), folder)
        (folder / "stamp").write_text(input_hash(root, settings))
    return manifest


def replace_files(source, target):
    """Makes `target` hold the files of `source` and no others, each replaced at once."""
    target.mkdir(exist_ok=True)
    for path in target.iterdir():
        if not (source / path.name).exists():
            path.unlink()
    for path in source.iterdir():
        os.replace(path, target / path.name)


def input_hash(root, settings):
    """Hash of everything the modules' bytes depend on."""
    state = hashlib.sha256(repr([compiler.name for compiler in toolchain.find_all(settings, root)]).encode())
    files = [file for name in INPUTS for file in (root / name, *sorted((root / name).rglob("*")))]
    for path in filter(Path.is_file, files):
        state.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return state.hexdigest()


def is_intact(folder):
    """True if every module of the manifest is there with the bytes it says."""
    if not (folder / "manifest.json").exists():
        return False
    manifest = json.loads((folder / "manifest.json").read_text())
    entries = [*manifest["modules"].values(), *manifest.get("testing", {}).values()]  # web/dist has none
    paths = {folder / entry["file"]: entry["sha256"] for entry in entries}
    return all(path.exists() and sha256(path) == expected for path, expected in paths.items())


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def project_version(root=ROOT):
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]


def make_modules(settings, root, work, compilers, missing):
    """Makes release and testing modules of all variants of `compilers` in the folder `work`; the manifest."""
    jobs = [(variant, kind) for kind in ("modules", "testing") for variant in compilers]
    with ThreadPoolExecutor(max_workers=2) as pool:
        entries = list(pool.map(lambda job: make_module(settings, root, work, compilers[job[0]], *job), jobs))
    relaxed = compilers.get("relaxed")
    manifest = {
        "version": project_version(root),
        "toolchain": {"compiler": compilers["simd128"].name, "relaxed_compiler": relaxed and relaxed.name},
        "modules": {},
        "testing": {},
        "missing": missing,
    }
    for (variant, kind), entry in zip(jobs, entries, strict=True):
        manifest[kind][variant] = entry
    return manifest


def make_module(settings, root, work, compiler, variant, kind):
    """Compiles and checks one module; its entry in the manifest."""
    testing = kind == "testing"
    output = work / f"percepnet.{variant}{'.testing' if testing else ''}.wasm"
    exports = exported_functions(root, testing)
    defines = ["-DPERCEPNET_TESTING"] if testing else []
    compiler.compile(settings, variant, source_files(root), exports, output, defines, cwd=root)
    facts = json.loads(run(["node", root / "wasm/describe.mjs", output]))
    faults = module_faults(settings, facts, exports, variant, testing)
    if faults:
        raise BuildError(f"{output.name}, made by {compiler.name}: {'; '.join(faults)}")
    sizes = {key: facts[key] for key in ("bytes", "gzip", "brotli")}
    return {"file": output.name, **sizes, "sha256": sha256(output)}


def source_files(root):
    """C files of the modules, relative to the root, as core_c/sources.txt lists them."""
    listed = (root / "core_c/sources.txt").read_text().split()
    return [f"core_c/{path}" for path in listed if path != LEFT_OUT]


def exported_functions(root=ROOT, testing=False):
    """Names a module exports: what percepnet.h and, if `testing`, testing.h declare, without create.c's."""
    core = root / "core_c"
    names = declared(core / "include/percepnet.h", "PERCEPNET_API")
    if testing:
        names += declared(core / "src/testing.h", "PERCEPNET_TESTING_API")
    allocating = FUNCTION_DEFINITION.findall((core / LEFT_OUT).read_text())
    return [name for name in names if name not in allocating]


def declared(header, macro):
    return re.findall(rf"^{macro}\s[^;]*?\b(percepnet_\w+)\(", header.read_text(), re.MULTILINE)


def module_faults(settings, facts, exports, variant, testing):
    """What a host would stumble over in the module that wasm/describe.mjs describes as `facts`."""
    if not facts["valid"]:
        return ["not a valid WebAssembly module"]
    if facts["imports"]:
        return [f"imports {', '.join(facts['imports'])}, but nothing may be imported"]
    wanted = {"memory": "memory", "__heap_base": "global"} | dict.fromkeys(exports, "function")
    absent = [name for name, sort in wanted.items() if facts["exports"].get(name) != sort]
    faults = [f"does not export {', '.join(absent)}"] if absent else []
    memory = settings["memory"]
    if facts.get("initialBytes") != memory["initial"] or facts.get("maximumBytes") != memory["maximum"]:
        faults.append(f"memory is {facts.get('initialBytes')} to {facts.get('maximumBytes')} bytes")
    if facts["relaxedDot"] != (variant == "relaxed"):
        faults.append("relaxed SIMD's dot product is " + ("not used" if variant == "relaxed" else "used"))
    limit = settings["limits"]["module_bytes"]
    if not testing and facts["bytes"] > limit:
        faults.append(f"{facts['bytes']} bytes, more than {limit}")
    return faults
