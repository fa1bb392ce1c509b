"""The C core on ARM, by an emulator: the same bits; and no kernel, of any processor, reads beside its arrays."""

import shutil
import subprocess

import numpy as np
import pytest
from backends import model_bytes
from compiler import CORE, SANITIZERS, compile_c, core_sources

from percepnet import native
from percepnet.building.environment import ARM_TOOLS
from percepnet.constants import FRAME_SIZE
from percepnet.golden import paint

COMPILER, EMULATOR = "aarch64-linux-gnu-gcc", "qemu-aarch64"
KERNELS = {"cortex-a53": ["plain", "neon"], "max": ["plain", "neon", "dotprod"]}  # processor: products it can run


def compile_for_arm(output, sources):
    if not (shutil.which(COMPILER) and shutil.which(EMULATOR)):
        pytest.fail(f"no ARM compiler or no emulator (Debian: apt-get install {' '.join(ARM_TOOLS)})")
    return compile_c(output, sources, "-O3", "-static", compiler=COMPILER)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def products(tmp_path_factory):
    """The program that compares all products, for ARM."""
    return compile_for_arm(tmp_path_factory.mktemp("arm") / "products", ["int8_products.c", *core_sources()])


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """core_c/example.c for ARM."""
    return compile_for_arm(tmp_path_factory.mktemp("arm") / "example", [CORE / "example.c", *core_sources()])


@pytest.mark.slow
@pytest.mark.parametrize("processor", KERNELS)
def test_products_of_arm_are_exact(products, processor):
    assert run(EMULATOR, "-cpu", processor, products).split() == KERNELS[processor]


@pytest.mark.slow
@pytest.mark.parametrize("processor", KERNELS)
def test_a_signal_has_the_same_bits_on_arm(example, processor, tmp_path):
    samples = np.concatenate([paint.paint_vowel(20 * FRAME_SIZE, 301), 0.1 * paint.paint_noise(20 * FRAME_SIZE, 3)])
    expected = native.Enhancer(model_bytes()).enhance(samples.astype(np.float32))
    samples.astype("<f4").tofile(tmp_path / "in.f32")
    (tmp_path / "model.pnet").write_bytes(model_bytes())
    run(EMULATOR, "-cpu", processor, example, *(tmp_path / name for name in ("model.pnet", "in.f32", "out.f32")))
    assert np.abs(expected).max() > 0.01
    assert (tmp_path / "out.f32").read_bytes() == expected.tobytes()


@pytest.mark.slow
def test_products_read_nothing_beside_their_arrays(tmp_path):
    program = compile_c(tmp_path / "products", ["int8_products.c", *core_sources()], *SANITIZERS)
    assert run(program).split()[0] == "plain"
