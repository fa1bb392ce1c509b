"""Finds, or installs, a compiler for each variant of the WASM module. wasm/toolchain.toml holds the flags."""

import contextlib
import importlib.util
import os
import re
import shutil
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .environment import SetupError, apt_install, can_apt_install, run, say

EMSDK_REACH_S = 15  # how long to wait for the download server before trying something else
RELAXED_DOT = bytes((0xFD, 0x93, 0x02))  # i32x4.relaxed_dot_i8x16_i7x16_add_s, opcode 0x113, final
PROBE = """#include <wasm_simd128.h>
v128_t probe(v128_t w, v128_t x, v128_t sum) { return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(w, x, sum); }
"""


@dataclass(frozen=True)
class Compiler:
    """One way to make modules. `kind` is its table in wasm/toolchain.toml."""

    kind: str
    command: tuple
    linker: tuple  # empty where the compiler links
    name: str  # "emcc 3.1.6", for people and for the manifest
    version: tuple

    def compile(self, settings, variant, sources, exports, output, defines=(), cwd=None):
        """Makes the module `output` from C `sources`, exporting the functions `exports`. SetupError with the
        compiler's words if that fails."""
        own, values = settings[self.kind], settings["memory"]
        flags = [*own["flags"], *settings["compile"]["flags"], *settings["variants"][variant][self.kind]]
        flags += defines
        link = [flag.format(**values) for flag in own["link_flags"]] + self.export_flags(exports)
        if not self.linker:
            run([*self.command, *flags, *sources, *link, "-o", output], cwd=cwd)
            return
        with tempfile.TemporaryDirectory() as folder:
            objects = [Path(folder) / f"{number}.o" for number in range(len(sources))]
            for source, target in zip(sources, objects, strict=True):
                run([*self.command, *flags, "-c", source, "-o", target], cwd=cwd)
            run([*self.linker, *objects, *link, "-o", output], cwd=cwd)

    def export_flags(self, exports):
        if self.kind == "emscripten":
            return ["-sEXPORTED_FUNCTIONS=" + ",".join("_" + name for name in exports)]
        prefix = "" if self.linker else "-Wl,"
        return [f"{prefix}--export={name}" for name in exports]

    def can_emit_relaxed(self, settings):
        """True if the final opcode arrives in a module: some older tools write another one, or break it."""
        with tempfile.TemporaryDirectory() as folder:
            source, module = Path(folder) / "probe.c", Path(folder) / "probe.wasm"
            source.write_text(PROBE)
            try:
                self.compile(settings, "relaxed", [source.name], ["probe"], module, cwd=folder)
            except SetupError:
                return False
            return RELAXED_DOT in module.read_bytes()


def load_settings(root):
    return tomllib.loads((root / "wasm/toolchain.toml").read_text())


def version_tuple(text):
    """(3, 1, 6) from any text that contains 3.1.6; None if it contains no version."""
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in match.groups()) if match else None


def is_tested(version, settings, kind):
    first, last = (version_tuple(text) for text in settings[kind]["tested"])
    return version is not None and first <= version <= last


def found(settings, kind, title, command, linker=(), ask=("--version",)):
    """The Compiler if `command` runs and is of a tested version, else None."""
    tools = [command[0], *linker]
    if not all(shutil.which(tool) for tool in tools):
        return None
    try:
        text = run([*command, *ask], timeout_s=60)
    except SetupError:
        return None
    version = version_tuple(text)
    if not is_tested(version, settings, kind) or "Apple clang" in text:
        return None
    return Compiler(kind, tuple(command), tuple(linker), f"{title} {'.'.join(map(str, version))}", version)


def find_emscripten(settings, root):
    """The first tested emcc: on PATH, in $EMSDK, or one that an earlier build put into build/emsdk."""
    folders = [os.environ.get("EMSDK"), root / "build/emsdk"]
    places = ["emcc", *(str(Path(folder) / "upstream/emscripten/emcc") for folder in folders if folder)]
    candidates = (found(settings, "emscripten", "emcc", [place]) for place in places)
    return next(filter(None, candidates), None)


def find_clang(settings):
    pairs = settings["clang"]["commands"]
    candidates = (found(settings, "clang", f"{cc} + {linker}", [cc], [linker]) for cc, linker in pairs)
    return next(filter(None, candidates), None)


def find_ziglang(settings):
    if importlib.util.find_spec("ziglang") is None:
        return None
    zig = [sys.executable, "-m", "ziglang"]
    compiler = found(settings, "ziglang", "zig", zig, ask=("version",))
    return compiler and Compiler("ziglang", (*zig, "cc"), (), compiler.name, compiler.version)


def install_emsdk(settings, root):
    """The official SDK at the pinned version in build/emsdk. SetupError where it cannot be downloaded."""
    url, version = settings["emscripten"]["emsdk"], settings["emscripten"]["pinned"]
    folder = root / "build/emsdk"
    try:
        silent = os.environ | {"GIT_TERMINAL_PROMPT": "0"}
        run(["git", "ls-remote", "--exit-code", url, "HEAD"], EMSDK_REACH_S, env=silent)
    except SetupError:
        raise SetupError(f"{url} cannot be reached") from None
    say(f"Emscripten {version} in build/emsdk")
    if not folder.exists():
        run(["git", "clone", "--quiet", "--depth=1", "--branch", version, url, folder])
    run([folder / "emsdk", "install", version])
    run([folder / "emsdk", "activate", version])


def install_emscripten(settings, root):
    """Tries the official SDK, then the distribution's package; does nothing if neither can be had."""
    try:
        install_emsdk(settings, root)
    except SetupError as error:
        say(str(error))
        if can_apt_install():
            with contextlib.suppress(SetupError):
                apt_install(settings["emscripten"]["apt"])


def find_all(settings, root):
    """The tested compilers that are here, the preferred first."""
    found_here = (find_emscripten(settings, root), find_clang(settings), find_ziglang(settings))
    return [compiler for compiler in found_here if compiler]


def choose(settings, root):
    """The compiler of each variant: ({variant: Compiler}, {variant: why there is none}).

    Installs what is missing and can be installed; SetupError if there is no compiler at all.
    """
    if not find_emscripten(settings, root):
        install_emscripten(settings, root)
    compilers = find_all(settings, root)
    if not compilers:
        raise SetupError("no compiler for WebAssembly: install Emscripten, or .venv/bin/pip install ziglang")
    chosen = {"scalar": compilers[0], "simd128": compilers[0]}
    relaxed = find_relaxed(settings, compilers)
    if not relaxed and can_apt_install() and not find_clang(settings):
        with contextlib.suppress(SetupError):
            apt_install(settings["clang"]["apt"])
        compilers = find_all(settings, root)
        relaxed = find_relaxed(settings, compilers)
    if relaxed:
        return chosen | {"relaxed": relaxed}, {}
    tried = ", ".join(compiler.name for compiler in compilers)
    advice = "install clang-19 and lld-19, or .venv/bin/pip install ziglang"
    return chosen, {"relaxed": f"{tried} cannot emit relaxed SIMD: {advice}"}


def find_relaxed(settings, compilers):
    """The first compiler that is new enough for relaxed SIMD and proves it; None if there is none."""
    new_enough = (c for c in compilers if c.version >= version_tuple(settings[c.kind]["relaxed_since"]))
    return next((compiler for compiler in new_enough if compiler.can_emit_relaxed(settings)), None)
