"""The package as users get it: a complete sdist, a wheel with core and models, and no core without a compiler."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import soundfile
from compare import assert_same_bits
from recordings import recording

from percepnet import native
from percepnet.building.environment import ROOT
from percepnet.commands.models import find_model

BUILD_SDIST = "import sys, scikit_build_core.build as build; print(build.build_sdist(sys.argv[1]))"
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


def install(sdist, folder, **environment):
    """Builds a wheel and installs it in a folder; returns (the wheel, what pip said)."""
    options = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    said = run(sys.executable, "-m", "pip", "wheel", "-v", *options, "-w", folder, sdist, cwd=folder, **environment)
    wheel = next(folder.glob("*.whl"))
    run(sys.executable, "-m", "pip", "install", *options, "--target", folder / "site", wheel, cwd=folder)
    return wheel, said


def test_what_is_installed_from_the_sdist_enhances_a_file_as_the_checkout_does(sdist, tmp_path):
    wheel, _ = install(sdist, tmp_path)
    assert wheel.name.startswith("percepnet-") and "-py3-none-" in wheel.name and "-any" not in wheel.name
    files = zipfile.ZipFile(wheel).namelist()
    models = sorted((ROOT / "models").glob("*.pnet"))
    assert sorted(name for name in files if name.endswith(".pnet")) == [f"percepnet/models/{m.name}" for m in models]
    noisy = recording("noisy_speech.wav", start=1.0, seconds=0.3)
    soundfile.write(tmp_path / "in.wav", noisy, 48000, "FLOAT")
    site = {"PYTHONPATH": str(tmp_path / "site")}
    run(sys.executable, "-m", "percepnet", "enhance", "in.wav", "out.wav", cwd=tmp_path, **site)
    out = soundfile.read(tmp_path / "out.wav", dtype="float32")[0]
    assert_same_bits(out, native.Enhancer(find_model()).enhance(noisy), "installed")
    where = "from percepnet import native; print(native.load_library(True)._name, native.load_library()._name)"
    found = run(sys.executable, "-c", where, cwd=tmp_path, **site).split()
    assert [Path(name).parent for name in found] == 2 * [tmp_path / "site/percepnet/libraries"]


def test_without_a_compiler_the_reference_is_installed_and_says_what_is_missing(sdist, tmp_path):
    wheel, said = install(sdist, tmp_path, CC="/nowhere/cc")
    assert "The C core is left out" in said and "install a C compiler" in said
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith((".so", ".dylib"))]
    told = run(sys.executable, "-c", NO_CORE, cwd=tmp_path, PYTHONPATH=str(tmp_path / "site")).splitlines()
    assert "install a C compiler, then percepnet again" in told[0] and told[1] == "(960,)"


def test_the_sdist_is_complete(clone, sdist):
    with tarfile.open(sdist) as archive:
        held = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    there = {str(path.relative_to(clone)) for path in clone.rglob("*") if path.is_file()}
    assert len(there) > 500 and there - held == set()
