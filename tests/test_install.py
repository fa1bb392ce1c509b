"""The package as users get it: a complete sdist, a wheel with core and models, and without a compiler no core."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from backends import play
from compare import assert_same_bits
from recordings import FOLDER, recording

from percepnet import native
from percepnet.building.environment import ROOT, SetupError
from percepnet.building.interpreters import find_python
from percepnet.commands.models import find_model

VERSIONS = range(11, 15)  # of Python 3
PIP = "--disable-pip-version-check"
BUILD_SDIST = "import sys, scikit_build_core.build as build; print(build.build_sdist(sys.argv[1]))"
NUMPY_ALONE = """
import sys, wave
import numpy as np, percepnet
from percepnet.audio_io import read_audio

clip, model = sys.argv[1:]
with wave.open(clip) as file:
    noisy = np.frombuffer(file.readframes(48000), "<i2").astype(np.float32) / 32768
with percepnet.Enhancer(model) as stream:
    streamed = [stream.process_frame(frame)[0] for frame in noisy.reshape(-1, percepnet.FRAME_SIZE)]
np.save("streamed.npy", np.concatenate(streamed))
np.save("whole.npy", percepnet.enhance(noisy, model))
for call in (lambda: percepnet.enhance(noisy, model, 16000), lambda: read_audio(clip)):
    try:
        call()
    except percepnet.Missing as error:
        print(error)
print(*sys.version_info[:2], sep=".")
"""
NO_CORE = """
import numpy as np, percepnet
from percepnet.enhancer import Enhancer
from percepnet.model_file import random_model
try:
    percepnet.load_model(b"")
except percepnet.Missing as error:
    print(error)
print(Enhancer(random_model(64)).enhance(np.zeros(960)).shape)
"""

pytestmark = pytest.mark.slow


def run(*words, cwd, **environment):
    """Standard output and error of a command that must succeed."""
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=os.environ | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A folder with the files of this checkout that belong to it, as a fresh clone has them."""
    folder = tmp_path_factory.mktemp("clone")
    for name in run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def sdist(clone, tmp_path_factory):
    """Path of the sdist of this checkout."""
    folder = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-c", BUILD_SDIST, folder, cwd=clone)
    return next(folder.glob("*.tar.gz"))


def build_wheel(sdist, folder, **environment):
    """(the wheel, what pip said)"""
    options = ["-v", PIP, "--no-deps", "--no-build-isolation", "-w", folder]
    said = run(sys.executable, "-m", "pip", "wheel", *options, sdist, cwd=folder, **environment)
    return next(folder.glob("*.whl")), said


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """Path of the wheel made of it."""
    return build_wheel(sdist, tmp_path_factory.mktemp("wheel"))[0]


def models_in(wheel):
    """Names of the files in the wheel's folder of models."""
    folder = "percepnet/models/"
    return {name.removeprefix(folder) for name in zipfile.ZipFile(wheel).namelist() if name.startswith(folder)}


def install(wheel, folder):
    """Installs a wheel alone in the folder `site` of a folder."""
    run(sys.executable, "-m", "pip", "install", PIP, "--no-deps", "--target", folder / "site", wheel, cwd=folder)


def pythons_here():
    """{version: path}: the Python that runs this, and others that are on PATH, of pyenv or of uv."""
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for minor in VERSIONS:
        with suppress(SetupError):
            found.setdefault(f"3.{minor}", find_python(f"3.{minor}", "looked for"))
    return found


PYTHONS = pythons_here()


@pytest.mark.parametrize("version", PYTHONS)
def test_one_wheel_streams_on_every_python_with_numpy_alone(version, wheel, tmp_path):
    run(PYTHONS[version], "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv/bin/python"
    run(sys.executable, "-m", "pip", "--python", python, "install", PIP, "numpy>=2,<3", cwd=tmp_path)
    run(sys.executable, "-m", "pip", "--python", python, "install", PIP, "--no-deps", wheel, cwd=tmp_path)
    (tmp_path / "program.py").write_text(NUMPY_ALONE)
    clip, model = FOLDER / "noisy_speech.wav", find_model()
    said = run(python, "-I", "-W", "error", tmp_path / "program.py", clip, model, cwd=tmp_path).splitlines()
    advice = [f"{package} is not installed: run `pip install {package}`" for package in ("soxr", "soundfile")]
    assert said == [*advice, version]
    noisy = recording(clip.name, seconds=1.0)
    assert_same_bits(np.load(tmp_path / "streamed.npy"), play(native.Enhancer(model), noisy), "streamed")
    assert_same_bits(np.load(tmp_path / "whole.npy"), native.Enhancer(model).enhance(noisy), "whole")


def test_the_package_claims_the_versions_that_it_is_tested_on():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    claimed = [name.rsplit(" ", 1)[1] for name in project["classifiers"] if "Python :: 3." in name]
    assert f">={claimed[0]}" == project["requires-python"] and set(claimed) <= {f"3.{minor}" for minor in VERSIONS}


def test_what_is_installed_from_the_sdist_enhances_a_file_as_the_checkout_does(clone, wheel, tmp_path):
    install(wheel, tmp_path)
    assert wheel.name.startswith("percepnet-") and "-py3-none-" in wheel.name and "-any" not in wheel.name
    assert models_in(wheel) == {path.name for path in (clone / "models").iterdir()}
    noisy = recording("noisy_speech.wav", start=1.0, seconds=0.3)
    soundfile.write(tmp_path / "in.wav", noisy, 48000, "FLOAT")
    site = {"PYTHONPATH": str(tmp_path / "site")}
    run(sys.executable, "-m", "percepnet", "enhance", "in.wav", "out.wav", cwd=tmp_path, **site)
    out = soundfile.read(tmp_path / "out.wav", dtype="float32")[0]
    assert_same_bits(out, native.Enhancer(find_model()).enhance(noisy), "installed")
    where = "from percepnet import native; print(native.load_library(True)._name, native.load_library()._name)"
    found = run(sys.executable, "-c", where, cwd=tmp_path, **site).split()
    assert [Path(name).parent for name in found] == 2 * [tmp_path / "site/percepnet/libraries"]


def test_without_a_compiler_the_reference_and_models_are_installed_and_say_what_is_missing(clone, sdist, tmp_path):
    wheel, said = build_wheel(sdist, tmp_path, CC="/nowhere/cc")
    install(wheel, tmp_path)
    assert "The C core is left out" in said and "install a C compiler" in said
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith((".so", ".dylib"))]
    assert models_in(wheel) == {path.name for path in (clone / "models").iterdir()}
    told = run(sys.executable, "-c", NO_CORE, cwd=tmp_path, PYTHONPATH=str(tmp_path / "site")).splitlines()
    assert "install a C compiler, then percepnet again" in told[0] and told[1] == "(960,)"
    noisy = recording("noisy_speech.wav", start=1.0, seconds=0.1)
    soundfile.write(tmp_path / "in.wav", noisy, 48000, "FLOAT")
    command = [sys.executable, "-m", "percepnet", "enhance", "in.wav", "out.wav"]
    site = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run(command, cwd=tmp_path, env=site, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.count("\n") == 1
    assert "install a C compiler" in done.stderr and "--backend reference" in done.stderr
    run(*command, "--backend", "reference", cwd=tmp_path, **site)
    out = soundfile.read(tmp_path / "out.wav", dtype="float32")[0]
    assert_same_bits(out, native.Enhancer(find_model()).enhance(noisy), "without the core")


def test_the_sdist_is_complete(clone, sdist):
    with tarfile.open(sdist) as archive:
        held = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    there = {str(path.relative_to(clone)) for path in clone.rglob("*") if path.is_file()}
    assert len(there) > 500 and there - held == set()
