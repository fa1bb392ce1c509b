"""The linter has nothing to say and the formatter nothing to change; their rules are in pyproject.toml."""

import subprocess
import sys

import pytest

from percepnet.building.environment import ROOT

COMMANDS = {"check": ("check", "--output-format", "concise"), "format": ("format", "--check")}


@pytest.mark.parametrize("command", COMMANDS)
def test_ruff_finds_nothing(command):
    words = [sys.executable, "-m", "ruff", *COMMANDS[command], "--no-cache", "py_reference", "tests"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
