"""The notebook in docs: `python -m percepnet.golden.notebook` runs it and keeps what it shows."""

import os
from pathlib import Path

from ..audio_io import atomic
from ..building.environment import ROOT

NOTEBOOK = ROOT / "docs/percepnet-step-by-step.ipynb"
CELL_TIMEOUT_S = 120


def executed(path=NOTEBOOK, **variables):
    """The notebook after a run in its folder, with these environment variables; raises CellExecutionError."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(Path(path).parent)}}
    client = NotebookClient(notebook, timeout=CELL_TIMEOUT_S, resources=resources, record_timing=False)
    client.execute(env=os.environ | variables)
    return notebook


def write(path=NOTEBOOK):
    """Runs the notebook and replaces it."""
    import nbformat

    notebook = executed(path)
    with atomic(path) as part:
        nbformat.write(notebook, part)


if __name__ == "__main__":
    write()
