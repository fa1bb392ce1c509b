"""The staircase of the bundled clip as a page of the demo: `python -m percepnet.staircase.demo_page FOLDER`.

The demo's Content-Security-Policy allows neither scripts nor styles in a page, so all of it lies in files of its own.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import typer

from .. import quality, web_page
from ..commands.running import run_app
from ..constants import CONFIG
from ..engines.static_server import MEDIA_TYPES, STRICT_POLICY
from ..requirements import need
from .command import DEFAULT_SECONDS, DEFAULT_SNR_DB, chosen_models
from .mixture import read_mixture
from .page import SCRIPT, STYLE, fill_in
from .steps import all_steps, take
from .table import write_csv

PAGE, FILES = "staircase.html", "staircase"  # a page, and the folder with what it needs
ENDINGS = {media_type: ending for ending, media_type in MEDIA_TYPES.items()}
POLICY = f"{STRICT_POLICY}; base-uri 'none'; form-action 'none'"


class Folder:
    """Keeps sounds and pictures in FILES beside the page."""

    recording, recording_name = "constant-mp3", "MP3"

    def __init__(self, folder):
        self.folder = folder

    def place(self, name, media_type, data):
        file = f"{name}{ENDINGS[media_type]}"
        (self.folder / file).write_bytes(data)
        return f"{FILES}/{file}"


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def write_demo_page(folder: Path):
    """Make FOLDER hold the page and its files and nothing else: what `percepnet staircase` shows without an option."""
    need(*quality.PACKAGES, *web_page.PACKAGES)
    steps = all_steps(chosen_models(None), CONFIG["postfilter"]["default"])
    mixture = read_mixture(None, None, DEFAULT_SNR_DB, DEFAULT_SECONDS)
    outcomes = [take(step, mixture) for step in steps]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        made = Path(work) / "made"
        files = made / FILES
        files.mkdir(parents=True)
        write_csv(files / "scores.csv", outcomes)
        for source in (STYLE, SCRIPT):
            shutil.copyfile(source, files / source.name)
        fill_in(made / PAGE, mixture, outcomes, Folder(files), policy=POLICY, files=FILES)
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)


if __name__ == "__main__":
    sys.exit(run_app(app, "python -m percepnet.staircase.demo_page", label="the demo's page of steps"))
