"""The public package passes a strict type checker, inside and as users see it."""

import re
import subprocess
import sys
import tomllib

from percepnet.building.environment import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
MISUSE = """
import percepnet
percepnet.enhance([0.0], "model.pnet", rate="48000")
percepnet.Enhancer(48000)
voice: str = percepnet.Enhancer("model.pnet").process_frame([0.0])[1]
"""


def test_the_public_modules_and_their_use_pass_and_misuse_does_not(tmp_path):
    (tmp_path / "misuse.py").write_text(MISUSE)
    command = [sys.executable, "-m", "mypy", "--cache-dir", "build/mypy", *SETTINGS["mypy"]["files"]]
    done = subprocess.run([*command, tmp_path / "misuse.py"], cwd=ROOT, capture_output=True, text=True)
    found = re.findall(r"(\w+\.py):(\d+): error", done.stdout)
    assert found == [("misuse.py", line) for line in "345"], done.stdout + done.stderr
