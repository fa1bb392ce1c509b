"""Runs the TypeScript unit tests (web/test) in Node."""

import shutil
import subprocess

import pytest
from percepnet.engines.browser import DIST

WEB = DIST.parent


def test_typescript_units(dist):
    npm = shutil.which("npm")
    if npm is None or not (WEB / "node_modules").is_dir():
        pytest.fail("Node's npm or web/node_modules is missing: install Node 20 or later and run `make`")
    done = subprocess.run([npm, "test"], cwd=WEB, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
