"""What is generated is fresh, and every place that names the same thing names it alike."""

import ast
import json
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest
from backends import NATIVE, WASM, shared_stream

from codegen import emit, spec
from percepnet.golden import vector_store, vectors
from percepnet.constants import CONFIG, FRAME_INFO, SIGNALS, STAGES
from percepnet.enhancer import PIPELINE
from percepnet.native import PUBLIC, TESTING, load_library
from percepnet.golden.vector_store import FOLDER

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "core_c"
KILOBYTE = 1000
STAGE_LIMIT, VECTORS_LIMIT = 300 * KILOBYTE, 4000 * KILOBYTE
SHARED_FILES = {"band_energy": "erb_bands", "coherence": "erb_bands", "comb_spectrum": "analysis"}
SOURCES = sorted((CORE / "src").glob("*.[ch]")) + sorted((CORE / "include").glob("*.h"))


def test_generated_files_are_fresh():
    assert emit.stale() == [], "run `make codegen`"


def test_golden_vectors_are_fresh():
    assert vectors.stale() == [], "run `make vectors`"


@pytest.mark.parametrize("stage", STAGES)
def test_vectors_follow_their_schema(stage):
    schema = json.loads((ROOT / "spec" / "vectors.schema.json").read_text())
    document = json.loads((FOLDER / f"{stage}.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)
    tests = document["tests"]
    assert document["stage"] == stage
    assert [test["tcId"] for test in tests] == list(range(1, len(tests) + 1))
    assert {flag for test in tests for flag in test["flags"]} == set(document["notes"])
    assert len({test["comment"] for test in tests}) == len(tests)
    for test in tests:
        assert set(test["in"]) == set(vector_store.stage_inputs(stage))
        assert set(test["out"]) == set(vector_store.stage_outputs(stage))


def test_vectors_are_small():
    sizes = {s: sum(p.stat().st_size for p in FOLDER.glob(f"{s}.*")) for s in STAGES}
    assert {stage: size for stage, size in sizes.items() if size >= STAGE_LIMIT} == {}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < VECTORS_LIMIT


def test_the_reference_pipeline_is_the_specification():
    assert list(PIPELINE) == list(STAGES)


@pytest.mark.parametrize("backend", NATIVE)
def test_the_core_pipeline_is_the_specification(backend):
    stream = shared_stream(backend)
    assert stream.stages == list(STAGES)
    assert list(stream.signals) == [*SIGNALS, "nnet_memory"]


@pytest.mark.parametrize("backend", WASM)
def test_the_modules_signals_are_the_specification(backend):
    assert list(shared_stream(backend).signals) == [*SIGNALS, "nnet_memory"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_one_word_everywhere(stage):
    file = SHARED_FILES.get(stage, stage)
    assert f"percepnet_{stage}(PercepNetState *st)" in (CORE / "src" / f"{file}.c").read_text()
    assert f"def {stage}(" in (ROOT / "py_reference/percepnet" / f"{file}.py").read_text()
    assert f"src/{file}.c" in (CORE / "sources.txt").read_text().split()


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_described_by_the_same_words_in_both_languages(stage):
    """The sentence at the head of the C file is that of the Python file."""
    file = SHARED_FILES.get(stage, stage)
    heads = [path.read_text().split("*/")[0] for path in (CORE / "src").glob(f"{file}.[ch]")]
    sentences = [" ".join(line.strip(" /*") for line in head.splitlines()[1:]).strip() for head in heads]
    module = ast.parse((ROOT / "py_reference/percepnet" / f"{file}.py").read_text())
    assert " ".join(ast.get_docstring(module).split()) in sentences


def declared(header, macro):
    return set(re.findall(rf"^{macro}\s[^;]*?\b(percepnet_\w+)\(", header.read_text(), re.MULTILINE))


def exported(library):
    done = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True)
    return {name for name in re.findall(r" [TDBR] (\w+)$", done.stdout, re.MULTILINE)}


@pytest.mark.parametrize("testing", [False, True])
def test_the_headers_declare_what_the_library_exports(testing):
    names = declared(CORE / "include/percepnet.h", "PERCEPNET_API")
    if testing:
        names |= declared(CORE / "src/testing.h", "PERCEPNET_TESTING_API")
    assert exported(load_library(testing)._name) == names
    assert set(PUBLIC) | (set(TESTING) if testing else set()) <= names


def test_the_generated_structs_are_the_specification():
    text = (CORE / "include/percepnet_types.h").read_text()
    for struct, fields in (("PercepNetConfig", CONFIG), ("PercepNetFrameInfo", FRAME_INFO)):
        body = re.search(rf"typedef struct {struct} {{(.*?)}} {struct};", text, re.DOTALL)[1]
        assert re.findall(r"^ +\w+ (\w+);", body, re.MULTILINE) == list(fields)


def code_of(path):
    """The C of a file without comments and strings."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", path.read_text(), flags=re.DOTALL)
    return re.sub(r'"(\\.|[^"\\])*"', '""', text)


FORBIDDEN = r"math\.h|\b(?:sin|cos|tanh|exp|log|log10|pow|fma|floor|round|fabs|sqrt)f?\s*\(|\bprintf\s*\("


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_the_core_uses_no_libm_and_no_heap(path):
    code = code_of(path)
    assert re.findall(FORBIDDEN, code) == []
    if path.name != "create.c":
        assert re.findall(r"\b(malloc|calloc|realloc|free|aligned_alloc|alloca)\s*\(", code) == []
    assert re.findall(r"^static (?!const\b|inline\b)\w[^(;{]*[;=].*", code, re.MULTILINE) == [], "global state"


def test_no_build_file_allows_reordered_or_fused_arithmetic():
    for path in (ROOT / "CMakeLists.txt", ROOT / "wasm/toolchain.toml"):
        flags = re.sub(r"#.*", "", path.read_text())
        assert "-ffp-contract=off" in flags, path
        assert re.findall(r"-Ofast|-ffast-math|-ffp-contract=(?!off)\w+|-funsafe-math\S*", flags) == [], path


def test_a_contradiction_in_the_specification_is_named(tmp_path):
    broken = tmp_path / "percepnet.toml"
    broken.write_text(spec.SPEC_PATH.read_text().replace("value = 480,", "value = 490,"))
    with pytest.raises(spec.SpecError, match="hop_divides_second: .* does not hold"):
        spec.load(broken)
