"""A variant of the system: a copy of a commit with an edited spec, generated and built anew."""

import io
import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

from percepnet.errors import PercepNetError

ROOT = Path(__file__).resolve().parents[2]
SPEC = "spec/percepnet.toml"


class VariantError(PercepNetError):
    """The variant cannot be made or run; the text says why."""


def make_variant(folder: Path, commit: str, spec: dict, edits: list[list[str]]) -> None:
    """Makes the variant in a folder, over what an interrupted attempt left there.

    spec: {name: value} of constants and tables of spec/percepnet.toml; an expression is a string.
    edits: [file, old text, new text]; the old text must be there exactly once.
    """
    export_commit(commit, folder)
    edit_spec(folder / SPEC, spec)
    for file, old, new in edits:
        replace_once(folder / file, old, new)
    run_in(folder, "-m", "codegen")
    run_in(folder, "-m", "percepnet.building.build", "--native")


def export_commit(commit: str, folder: Path) -> None:
    """Writes the files of a commit into a folder."""
    with tarfile.open(fileobj=io.BytesIO(git("archive", "--format=tar", commit))) as archive:
        archive.extractall(folder, filter="data")


def git(*arguments: str) -> bytes:
    """What git prints in this checkout."""
    try:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise VariantError(f"`git {' '.join(arguments)}` fails in {ROOT}: give a commit of this clone") from None


def edit_spec(path: Path, spec: dict) -> None:
    """Sets constants and tables of a spec file; VariantError for a name that it does not have."""
    text = path.read_text(encoding="utf-8")
    for name, value in spec.items():
        entry = re.compile(rf"^({re.escape(name)}\s*=\s*{{ value = )(.*?)(, unit = )", re.MULTILINE)
        text, count = entry.subn(lambda found, new=value: found[1] + json.dumps(new) + found[3], text)
        if count != 1:
            raise VariantError(f"{SPEC} has no constant or table '{name}': correct the experiment")
    path.write_text(text, encoding="utf-8")


def replace_once(path: Path, old: str, new: str) -> None:
    """Replaces text in a file; VariantError unless it is there exactly once."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if text.count(old) != 1:
        raise VariantError(f"{path} holds {text.count(old)} times, not once: {old!r}: correct the experiment")
    path.write_text(text.replace(old, new), encoding="utf-8")


def run_in(folder: Path, *arguments: str) -> None:
    """Runs this Python in a variant, on the variant's own code; VariantError with its last words if it fails."""
    environment = os.environ | {"PYTHONPATH": str(folder / "py_reference")}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise VariantError(f"{' '.join(arguments[:3])} failed in {folder}: {last[0]}")
