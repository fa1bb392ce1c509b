"""The notebook in docs runs, shows what it says it shows, and takes other recordings and models."""

import numpy as np
import nbformat
import pytest
import soundfile
from recordings import recording

from percepnet.enhancer import PIPELINE
from percepnet.golden.notebook import NOTEBOOK, executed

MOST_BYTES = 300_000  # so that it opens at once where it is hosted
REMEDY = "run `python -m percepnet.golden.notebook`"


def shown(notebook):
    """What the code cells put out: texts as they are, of all else only what kind it is."""
    return [
        [output.get("text") or sorted(output["data"]) for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@pytest.fixture(scope="module")
def kept():
    return nbformat.read(NOTEBOOK, as_version=4)


def test_it_shows_what_a_run_shows(kept):
    fresh = executed()
    assert shown(kept) == shown(fresh), REMEDY
    assert "the same frame as process_frame gave above: True\n" in sum(shown(fresh), [])
    assert sum("image/jpeg" in outputs for cell in shown(fresh) for outputs in cell) == 11


def test_it_is_small_and_names_every_stage(kept):
    assert NOTEBOOK.stat().st_size < MOST_BYTES
    said = "".join(cell.source for cell in kept.cells if cell.cell_type == "markdown")
    assert [stage for stage in PIPELINE if f"`{stage}`" not in said] == []


def test_it_takes_another_recording_and_model(model, tmp_path):
    samples = recording("noisy_speech_rain.flac", start=1.0, seconds=1.0)[::3]  # aliased: it need not sound well
    soundfile.write(tmp_path / "own.wav", np.stack([samples, samples], axis=1), 16000)
    fresh = executed(PERCEPNET_CLIP=str(tmp_path / "own.wav"), PERCEPNET_MODEL=str(model))
    assert "own.wav: 103 frames" in shown(fresh)[0][0] and "random" in shown(fresh)[0][0]
