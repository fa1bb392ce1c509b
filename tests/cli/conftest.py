"""The command line, run inside the tests' process."""

import pytest
from clips import write_clip

from percepnet.commands import cli


@pytest.fixture
def clip(tmp_path):
    """0.2 s of noisy speech, in.wav in a folder of its own (float, so that nothing is rounded)."""
    return write_clip(tmp_path / "in.wav", 48000, 1)


@pytest.fixture
def percepnet(model, capsys):
    """percepnet(*words) -> (status, stdout, stderr); {model} stands for the random model."""

    def run(*words):
        status = cli.run([str(word).format(model=model) for word in words])
        return status, *capsys.readouterr()

    return run
