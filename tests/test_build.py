"""The build's promises: reproducible modules without imports, a library without libm, a README that works."""

import ctypes
import json
import re
import shutil
import struct
import subprocess

import pytest

import percepnet
from percepnet import build, toolchain, wasm_modules
from percepnet.environment import ROOT, SetupError
from percepnet.model_file import random_model, write_model

VARIANTS = ("scalar", "simd128", "relaxed")
ALLOCATOR = {"malloc", "calloc", "realloc", "free", "aligned_alloc", "posix_memalign"}
MEMORY = {"memcpy", "memmove", "memset", "memcmp"}
LINKER = {"__cxa_finalize", "__gmon_start__", "__stack_chk_fail", "dyld_stub_binder"}
EXAMPLE_SAMPLES = 48000 + 7


def need(*names):
    """The first of these programs that is installed; the test fails if none is."""
    path = next(filter(None, map(shutil.which, names)), None)
    return path or pytest.fail(f"{' or '.join(names)} is missing: install it")


@pytest.fixture(scope="module")
def manifest():
    return build.build_wasm()


@pytest.fixture(scope="module")
def library():
    return build.build_native()


@pytest.fixture(scope="module", params=VARIANTS)
def module_facts(request, manifest):
    """(variant, what wasm/describe.mjs says of its release module, the same of its testing module)."""
    if request.param in manifest["missing"]:
        pytest.fail(f"no {request.param} module: {manifest['missing'][request.param]}")
    files = [ROOT / "build/wasm" / manifest[kind][request.param]["file"] for kind in ("modules", "testing")]
    described = subprocess.run(["node", ROOT / "wasm/describe.mjs", *files], capture_output=True, check=True)
    return request.param, *map(json.loads, described.stdout.splitlines())


def percepnet_names(facts):
    return {name for name in facts["exports"] if name.startswith("percepnet_")}


def test_modules_import_nothing_and_export_the_header(module_facts):
    _, release, testing = module_facts
    assert release["imports"] == testing["imports"] == []
    assert percepnet_names(release) == set(build.exported_functions())
    assert percepnet_names(testing) == set(build.exported_functions(testing=True))
    assert {"percepnet_init", "percepnet_process_frame"} < percepnet_names(release)
    assert percepnet_names(release) < percepnet_names(testing)
    assert not any("create" in name or "destroy" in name for name in percepnet_names(testing))
    assert release["exports"]["memory"] == "memory" and release["exports"]["__heap_base"] == "global"


def test_modules_are_small_and_fit_their_memory(module_facts):
    _, release, _ = module_facts
    assert release["bytes"] <= 120 * 1024
    assert release["initialBytes"] <= 128 * 1024 and release["maximumBytes"] == 64 * 1024 * 1024
    assert 64 * 1024 < release["heapBase"] <= release["initialBytes"]


def test_only_the_relaxed_module_uses_relaxed_simd(module_facts):
    variant, release, testing = module_facts
    assert release["valid"] and testing["valid"]
    assert release["relaxedDot"] == testing["relaxedDot"] == (variant == "relaxed")


def test_manifest_describes_the_files(manifest):
    folder = ROOT / "build/wasm"
    assert json.loads((folder / "manifest.json").read_text()) == manifest
    entries = [*manifest["modules"].values(), *manifest["testing"].values()]
    assert {path.name for path in folder.glob("*.wasm")} == {entry["file"] for entry in entries}
    for entry in entries:
        data = (folder / entry["file"]).read_bytes()
        assert len(data) == entry["bytes"] and wasm_modules.sha256(folder / entry["file"]) == entry["sha256"]
    assert set(manifest["modules"]) | set(manifest["missing"]) == set(VARIANTS)


def test_modules_are_reproducible(manifest):
    build.check_reproducible()


def test_second_build_does_nothing_and_a_damaged_module_is_rebuilt(manifest, tmp_path):
    build.copy_inputs(ROOT, tmp_path / "clone")
    first = build.build_wasm(tmp_path / "clone")
    module = tmp_path / "clone/build/wasm" / first["modules"]["simd128"]["file"]
    made = module.stat().st_mtime_ns
    assert build.build_wasm(tmp_path / "clone") == first and module.stat().st_mtime_ns == made
    module.write_bytes(module.read_bytes()[:-1])
    assert build.build_wasm(tmp_path / "clone") == first and wasm_modules.is_intact(module.parent)


def test_a_module_with_imports_is_refused(tmp_path):
    build.copy_inputs(ROOT, tmp_path / "clone")
    source = tmp_path / "clone/core_c/src/calls_out.c"
    source.write_text("float sinf(float);\nfloat percepnet_version(void) { return sinf(1.0f); }\n")
    (tmp_path / "clone/core_c/sources.txt").write_text("src/calls_out.c\n")
    with pytest.raises(SetupError, match="sinf|percepnet_init"):
        build.build_wasm(tmp_path / "clone")
    assert not (tmp_path / "clone/build/wasm/manifest.json").exists()


def nm(*arguments):
    """Symbol names nm prints, without the underscore macOS adds and the version Linux adds."""
    listed = subprocess.run([need("nm"), *arguments], capture_output=True, text=True, check=True).stdout
    names = (line.split()[-1].split("@")[0] for line in listed.splitlines() if line.strip())
    return {name.removeprefix("_") if build.LIBRARY_SUFFIX == ".dylib" else name for name in names}


def test_library_needs_an_allocator_and_nothing_else(library):
    undefined = {name for name in nm("-u", library) if not name.startswith("_ITM")}
    assert undefined - ALLOCATOR - MEMORY - LINKER == set()


def test_only_create_calls_the_allocator(library):
    objects = list((ROOT / "build/cmake/CMakeFiles/percepnet.dir").rglob("*.o"))
    sources = (ROOT / "core_c/sources.txt").read_text().split()
    assert len(objects) == len(sources)
    callers = {path.name for path in objects if nm("-u", path) & ALLOCATOR}
    assert callers == {"create.c.o"}


def test_library_exports_the_header_and_nothing_else(library):
    release = nm("-D", "--defined-only", library)
    testing = nm("-D", "--defined-only", build.build_native(testing=True))
    declared = set(wasm_modules.declared(ROOT / "core_c/include/percepnet.h", "PERCEPNET_API"))
    assert release == declared
    assert testing == declared | set(build.exported_functions(testing=True))


def test_every_language_has_the_same_version(library, manifest):
    version = ctypes.CDLL(library).percepnet_version
    version.restype = ctypes.c_char_p
    web = json.loads((ROOT / "web/package.json").read_text())["version"]
    assert version().decode() == manifest["version"] == percepnet.__version__ == web


@pytest.fixture(scope="module")
def example_files(tmp_path_factory):
    """(model file, raw input) for the example."""
    folder = tmp_path_factory.mktemp("example")
    model = random_model(64, seed=1)
    write_model(folder / "model.pnet", model.weights, model.card)
    wave = [0.25 * (((7919 * n) % 1001) / 500 - 1) for n in range(EXAMPLE_SAMPLES)]
    (folder / "in.f32").write_bytes(struct.pack(f"<{EXAMPLE_SAMPLES}f", *wave))
    return folder / "model.pnet", folder / "in.f32"


def readme_command():
    """The one line of core_c/README.md that builds the example."""
    return re.search(r"^cc .* -o example$", (ROOT / "core_c/README.md").read_text(), re.MULTILINE).group()


@pytest.mark.parametrize("compilers", [("gcc",), ("clang", "clang-19")], ids=lambda names: names[0])
def test_readme_builds_an_example_that_runs(compilers, example_files, library, tmp_path):
    options = f"-Wall -Wextra -Werror -o {tmp_path}/example"
    command = readme_command().replace("cc", need(*compilers), 1).replace("-o example", options)
    subprocess.run(command, shell=True, cwd=ROOT, check=True)
    outputs = []
    for program in (tmp_path / "example", library.parent / "example"):
        subprocess.run([program, *example_files, tmp_path / "out.f32"], check=True)
        outputs.append((tmp_path / "out.f32").read_bytes())
    assert len(outputs[0]) == 4 * EXAMPLE_SAMPLES and any(outputs[0])
    assert outputs[0] == outputs[1], "two compilers, two results"


@pytest.mark.parametrize("arguments", [[], ["no-such.pnet", "in", "out"], ["Makefile", "in", "out"]])
def test_example_refuses_bad_arguments_in_one_line(arguments, library):
    done = subprocess.run([library.parent / "example", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1


def test_headers_are_c_plus_plus_too():
    command = [need("clang", "clang-19"), "-x", "c++", "-std=c++11", "-fsyntax-only"]
    command += ["-Wall", "-Wextra", "-Werror", "-pedantic", ROOT / "core_c/include/percepnet.h"]
    subprocess.run(command, check=True)


def test_installed_library_serves_a_program(library, example_files, tmp_path):
    install = [build.need_tool("cmake"), "--install", ROOT / "build/cmake", "--prefix", tmp_path]
    subprocess.run(install, check=True, capture_output=True)
    (described,) = tmp_path.rglob("percepnet.pc")
    assert f"Version: {wasm_modules.project_version(ROOT)}" in described.read_text()
    folder = described.parent.parent
    options = [f"-I{tmp_path}/include", f"-L{folder}", f"-Wl,-rpath,{folder}", "-lpercepnet"]
    subprocess.run([need("cc"), ROOT / "core_c/example.c", *options, "-o", tmp_path / "example"], check=True)
    subprocess.run([tmp_path / "example", *example_files, tmp_path / "out.f32"], check=True)


@pytest.fixture
def bare_machine(monkeypatch):
    """A machine without compilers on which nothing can be installed."""
    monkeypatch.setattr(toolchain, "can_apt_install", lambda: False)
    monkeypatch.setattr(toolchain, "install_emscripten", lambda *_: None)
    for name in ("find_emscripten", "find_clang", "find_ziglang"):
        monkeypatch.setattr(toolchain, name, lambda *_: None)
    return monkeypatch


def test_without_a_compiler_the_build_says_what_to_install(bare_machine):
    with pytest.raises(SetupError, match="install Emscripten"):
        toolchain.choose(toolchain.load_settings(ROOT), ROOT)


def test_without_relaxed_simd_the_manifest_says_why(bare_machine):
    old = toolchain.Compiler("emscripten", ("emcc",), (), "emcc 3.1.6", (3, 1, 6))
    bare_machine.setattr(toolchain, "find_emscripten", lambda *_: old)
    chosen, missing = toolchain.choose(toolchain.load_settings(ROOT), ROOT)
    assert chosen == {"scalar": old, "simd128": old}
    assert "emcc 3.1.6" in missing["relaxed"] and "clang-19" in missing["relaxed"]
