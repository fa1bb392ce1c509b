"""Hostile calls of the Python API in a process of their own: a crash of it is one failure, and the rest go on."""

import subprocess
import sys
from pathlib import Path

import pytest

from percepnet.building.environment import ROOT

CRASH = "import ctypes\ndef test_crash(): ctypes.string_at(0)\n"


def run_apart(path: Path) -> None:
    """Runs a file of tests; fails with what it says."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ROOT, path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_crashes_the_interpreter():
    run_apart(ROOT / "tests/hostile_calls.py")


def test_a_crash_would_be_seen(tmp_path):
    (tmp_path / "test_crash.py").write_text(CRASH)
    with pytest.raises(AssertionError, match="Fatal Python error: Segmentation fault"):
        run_apart(tmp_path / "test_crash.py")
