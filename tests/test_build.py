"""The build's promises: reproducible modules without imports, a library without libm, a README that works."""

import ctypes
import json
import re
import shutil
import struct
import subprocess

import pytest

import percepnet
from percepnet.building import build, toolchain, wasm_modules
from percepnet.building.environment import ROOT
from percepnet.model_file import random_model, write_model

VARIANTS = ("scalar", "simd128", "relaxed")
ALLOCATOR = {"malloc", "calloc", "realloc", "free", "aligned_alloc", "posix_memalign"}
MEMORY = {"memcpy", "memmove", "memset", "memcmp"}
LINKER = {"__cxa_finalize", "__gmon_start__", "__stack_chk_fail", "dyld_stub_binder"}
MODULE_WITH_IMPORT = b"\0asm\1\0\0\0\1\6\1\x60\1\x7d\1\x7d\2\x0c\1\3env\4sinf\0\0"
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


def describe(*paths):
    done = subprocess.run(["node", ROOT / "wasm/describe.mjs", *paths], capture_output=True, check=True)
    return map(json.loads, done.stdout.splitlines())


@pytest.fixture(scope="module", params=VARIANTS)
def module_facts(request, manifest):
    """(variant, what wasm/describe.mjs says of its release module, the same of its testing module)."""
    if request.param in manifest["missing"]:
        pytest.fail(f"no {request.param} module: {manifest['missing'][request.param]}")
    files = [ROOT / "build/wasm" / manifest[kind][request.param]["file"] for kind in ("modules", "testing")]
    return request.param, *describe(*files)


def percepnet_names(facts):
    return {name for name in facts["exports"] if name.startswith("percepnet_")}


def test_modules_import_nothing_and_export_the_header(module_facts):
    _, release, testing = module_facts
    assert release["imports"] == testing["imports"] == []
    assert percepnet_names(release) == set(wasm_modules.exported_functions())
    assert percepnet_names(testing) == set(wasm_modules.exported_functions(testing=True))
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


@pytest.mark.slow
def test_modules_are_reproducible_and_a_second_build_does_nothing(manifest, tmp_path):
    clone = tmp_path / "another/with a longer name"
    build.check_reproducible(clone=clone)
    made = {path: path.stat().st_mtime_ns for path in (clone / "build/wasm").iterdir()}
    assert build.build_wasm(clone) == manifest
    assert made == {path: path.stat().st_mtime_ns for path in (clone / "build/wasm").iterdir()}


def test_a_change_or_damage_is_noticed(manifest, tmp_path):
    build.copy_inputs(ROOT, tmp_path / "clone")
    settings = toolchain.load_settings(ROOT)
    before = wasm_modules.input_hash(tmp_path / "clone", settings)
    assert before == wasm_modules.input_hash(ROOT, settings)
    (tmp_path / "clone/core_c/src/fft.c").write_text("")
    assert before != wasm_modules.input_hash(tmp_path / "clone", settings)

    shutil.copytree(ROOT / "build/wasm", tmp_path / "wasm")
    assert wasm_modules.is_intact(tmp_path / "wasm")
    module = tmp_path / "wasm" / manifest["testing"]["scalar"]["file"]
    module.write_bytes(module.read_bytes()[:-1])
    assert not wasm_modules.is_intact(tmp_path / "wasm")


@pytest.mark.parametrize("data, fault", [(MODULE_WITH_IMPORT, "imports env.sinf"), (b"\0asm", "not a valid")])
def test_a_module_no_host_can_use_is_refused(data, fault, tmp_path):
    (tmp_path / "bad.wasm").write_bytes(data)
    (facts,) = describe(tmp_path / "bad.wasm")
    faults = wasm_modules.module_faults(toolchain.load_settings(ROOT), facts, [], "scalar", False)
    assert fault in faults[0]


@pytest.mark.parametrize(
    "change, fault",
    [
        ({"exports": {"memory": "memory", "__heap_base": "global"}}, "does not export percepnet_init"),
        ({"maximumBytes": 65536}, "memory is"),
        ({"relaxedDot": True}, "is used"),
        ({"bytes": 200_000}, "200000 bytes"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_fault_of_a_module_is_found(change, fault):
    settings = toolchain.load_settings(ROOT)
    exports = {"memory": "memory", "__heap_base": "global", "percepnet_init": "function"}
    memory = {"initialBytes": settings["memory"]["initial"], "maximumBytes": settings["memory"]["maximum"]}
    good = {"valid": True, "imports": [], "exports": exports, "relaxedDot": False, "bytes": 50_000, **memory}
    assert wasm_modules.module_faults(settings, good, ["percepnet_init"], "simd128", False) == []
    (found,) = wasm_modules.module_faults(settings, good | change, ["percepnet_init"], "simd128", False)
    assert fault in found


def nm(*arguments):
    """Symbol names nm prints, without the underscore macOS adds and the version Linux adds."""
    listed = subprocess.run([need("nm"), *arguments], capture_output=True, text=True, check=True).stdout
    names = (line.split()[-1].split("@")[0] for line in listed.splitlines() if line.strip())
    return {name.removeprefix("_") if build.LIBRARY_SUFFIX == ".dylib" else name for name in names}


def test_library_needs_an_allocator_and_nothing_else(library):
    undefined = {name for name in nm("-u", library) if not name.startswith("_ITM")}
    assert undefined - ALLOCATOR - MEMORY - LINKER == set()


def test_only_create_calls_the_allocator(library):
    sources = (ROOT / "core_c/sources.txt").read_text().split()
    folder = ROOT / "build/cmake/CMakeFiles/percepnet.dir/core_c"  # also holds objects of sources that are no more
    callers = {source for source in sources if nm("-u", folder / f"{source}.o") & ALLOCATOR}
    assert callers == {"src/create.c"}


def test_library_exports_the_header_and_nothing_else(library):
    release = nm("-D", "--defined-only", library)
    testing = nm("-D", "--defined-only", build.build_native(testing=True))
    declared = set(wasm_modules.declared(ROOT / "core_c/include/percepnet.h", "PERCEPNET_API"))
    assert release == declared
    assert testing == declared | set(wasm_modules.exported_functions(testing=True))


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


@pytest.mark.slow
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
