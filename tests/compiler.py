"""Compiles the small C programs of tests/c, with the core where they need it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "core_c"
FLAGS = ["-std=gnu11", "-ffp-contract=off", "-fno-math-errno", f"-I{CORE / 'include'}", f"-I{CORE / 'src'}"]
SANITIZERS = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def core_sources():
    return [CORE / line for line in (CORE / "sources.txt").read_text().split()]


def compile_c(output, sources, *flags, compiler=None):
    """Compiles C files of tests/c (by name) and others (by path). The test fails without a compiler.

    compiler: one for another processor, which is there.
    """
    compiler = compiler or os.environ.get("CC") or next(filter(shutil.which, ("cc", "gcc", "clang")), None)
    if compiler is None:
        pytest.fail("no C compiler: install gcc or clang")
    files = [ROOT / "tests" / "c" / source if isinstance(source, str) else source for source in sources]
    done = subprocess.run([compiler, *FLAGS, *flags, *files, "-o", output], capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f"{compiler} {' '.join(flags)}: {done.stderr}")
    return output
