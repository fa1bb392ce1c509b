"""The wheel in Pyodide, in Node and in Chromium: loaded from a URL, SIMD inside, the bits of the native library."""

import shutil
import zipfile

import numpy as np
import pytest
from compare import assert_same_bits
from percepnet import native
from percepnet.benchmark import pyodide
from percepnet.building import cross_environment, pyodide_wheel
from percepnet.building.environment import ROOT, SetupError
from percepnet.building.interpreters import find_python
from percepnet.engines.pyodide import run_in_chromium, run_in_node
from recordings import recording

pytestmark = pytest.mark.slow
DOT_PRODUCT = bytes((0xFD, 0xBA, 0x01))  # i32x4.dot_i16x8_s
MODEL = ROOT / "models/percepnet-128.pnet"
PROGRAM = """
from array import array
from core import FOLDER, Stream

noisy, clean, out = array("f"), array("f"), array("f", bytes(4 * 480))
noisy.frombytes(open("noisy", "rb").read())
stream = Stream(f"{FOLDER}/models/percepnet-128.pnet")
for at in range(0, len(noisy), 480):
    stream.process_frame(out, noisy[at : at + 480])
    clean += out
stream.close()
open("result", "wb").write(clean.tobytes())
"""

PACKAGE = """
import sys
from unittest.mock import MagicMock

sys.modules["numpy"] = sys.modules["numpy.typing"] = MagicMock()
import percepnet
model = percepnet.load_model(percepnet.native.INSTALLED.with_name("models") / "percepnet-64.pnet")
open("result", "w").write(model.library._name)
"""


@pytest.fixture(scope="module")
def wheel():
    return pyodide_wheel.build_pyodide_wheel()


@pytest.fixture(scope="module")
def noisy():
    return recording("noisy_speech.wav", start=1.0, seconds=2.0)


@pytest.fixture(scope="module")
def expected(noisy):
    with native.Enhancer(MODEL) as stream:
        return np.concatenate([stream.process_frame(frame)[0] for frame in noisy.reshape(-1, 480)])


@pytest.mark.parametrize("abi", pyodide_wheel.ABIS)
def test_in_node_it_has_the_bits_of_the_native_library(abi, wheel, noisy, expected):
    result = run_in_node(abi, wheel, {"noisy": noisy.tobytes()}, PROGRAM)
    assert_same_bits(np.frombuffer(result, np.float32), expected, f"Pyodide {abi} in Node")


@pytest.mark.browser
@pytest.mark.parametrize("abi", pyodide_wheel.ABIS)
def test_in_chromium_it_has_the_bits_of_the_native_library(abi, playwright, wheel, noisy, expected):
    result = run_in_chromium(playwright, abi, wheel, {"noisy": noisy.tobytes()}, PROGRAM)
    assert_same_bits(np.frombuffer(result, np.float32), expected, f"Pyodide {abi} in Chromium")


@pytest.mark.parametrize("abi", pyodide_wheel.ABIS)
def test_of_what_pyodide_leaves_out_the_package_needs_numpy_alone(abi, wheel):
    """Pyodide's numpy comes from the network, so something else bears its name; the core and a model do load."""
    library = run_in_node(abi, wheel, {}, PACKAGE).decode()
    assert library.endswith("site-packages/percepnet/libraries/libpercepnet.so")


def test_it_is_the_package_with_a_simd_side_module_and_the_models(wheel):
    assert wheel.name.startswith("percepnet-") and wheel.name.endswith("_wasm32.whl")
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
        library = files.read("percepnet/libraries/libpercepnet.so")
        tags = files.read(next(name for name in names if name.endswith("/WHEEL"))).decode().splitlines()
    assert library[:4] == b"\0asm" and DOT_PRODUCT in library
    for abi in pyodide_wheel.ABIS:
        assert f"Tag: py3-none-pyemscripten_{abi}_wasm32" in tags
    models = {f"percepnet/models/{path.name}" for path in (ROOT / "models").glob("*.pnet")}
    assert models <= set(names) and "percepnet/native.py" in names
    assert "emcc" in (wheel.parent / "built_by.txt").read_text()


@pytest.mark.browser
def test_a_wider_network_is_timed_as_slower(playwright, wheel):
    costs = pyodide.measure(playwright, pyodide_wheel.ABIS[0], wheel, 1, (64, 512))
    assert 0 < costs["64"] < costs["512"]


def test_without_its_python_one_line_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match=r"Python 3.13, which is not here: install it \(uv python install 3.13"):
        find_python(pyodide_wheel.PYTHON, "the Pyodide wheel is built with")


def test_the_official_environment_is_taken_where_it_can_be_fetched(monkeypatch, tmp_path):
    """With a stand-in for pyodide-build, which leaves what the real one would."""
    emscripten = tmp_path / "official/xbuildenv/emsdk/upstream/emscripten"
    (tmp_path / "pyodide").write_text(f"#!/bin/sh\nmkdir -p {emscripten}\n")
    shutil.copy(tmp_path / "pyodide", tmp_path / "broken")
    (tmp_path / "broken").write_text("#!/bin/sh\necho unreachable >&2; exit 1\n")
    emscripten.mkdir(parents=True)
    (emscripten / "emcc").write_text("#!/bin/sh\necho emcc 4.0.9\n")
    for program in (tmp_path / "pyodide", tmp_path / "broken", emscripten / "emcc"):
        program.chmod(0o755)
    package = ROOT / "wasm/pyodide/node_modules/pyodide-2025_0"
    found = cross_environment.find_cross_environment(tmp_path / "pyodide", package, tmp_path, ROOT)
    assert found.origin == "emcc 4.0.9, Pyodide 0.29.5's cross-build environment"
    assert found.variables["PATH"].startswith(str(emscripten))
    assert "SKIP_EMSCRIPTEN_VERSION_CHECK" not in found.variables
    found = cross_environment.find_cross_environment(tmp_path / "broken", package, tmp_path, ROOT)
    assert "npm package of Pyodide 0.29.5" in found.origin
