"""The npm package as `npm pack` makes it, and a project that has it installed."""

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from percepnet.building.environment import ROOT

WEB = ROOT / "web"
LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")  # in Markdown, to a file


def run(*command, folder: Path) -> str:
    """What the command prints; the test fails with all of it, and with what to install, if it does."""
    program = shutil.which(command[0])
    if program is None:
        pytest.fail(f"{command[0]} is missing: install Node.js 20 or newer and run `make`")
    done = subprocess.run([program, *map(str, command[1:])], cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, command))} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def pack(folder: Path) -> Path:
    """The tarball, made in `folder`."""
    run("npm", "pack", "--pack-destination", folder, folder=WEB)
    (tarball,) = folder.glob("percepnet-*.tgz")
    return tarball


def contents(tarball: Path) -> dict[str, int]:
    """{path inside the package: bytes}."""
    with tarfile.open(tarball) as archive:
        return {member.name.removeprefix("package/"): member.size for member in archive if member.isfile()}


def install(tarball: Path, folder: Path) -> Path:
    """A project in `folder` with the package installed; --offline: it must need no other."""
    (folder / "package.json").write_text('{ "private": true, "type": "module" }\n')
    run("npm", "install", "--offline", "--no-audit", "--no-fund", tarball, folder=folder)
    return folder
