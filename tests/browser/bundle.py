"""What is in the built web bundle, and the scripts that the tests run in its pages."""

import json
from pathlib import Path

from percepnet.engines.browser import DIST

SCRIPTS = Path(__file__).resolve().parent / "scripts"


def manifest_variants() -> list[str]:
    """The modules of the built bundle; one placeholder without a bundle, whose tests then fail in `dist`."""
    manifest = DIST / "manifest.json"
    return sorted(json.loads(manifest.read_text())["modules"]) if manifest.is_file() else ["not built"]


def script(name: str) -> str:
    """The JavaScript function in scripts/<name>.js."""
    return (SCRIPTS / f"{name}.js").read_text()
