"""The command line, run inside the tests' process."""

import pytest
from clips import write_clip

from percepnet.commands import cli
from percepnet.model_file import random_model, write_model


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """Path of the smallest model, of random weights."""
    path = tmp_path_factory.mktemp("model") / "random.pnet"
    made = random_model(64)
    write_model(path, made.weights, made.card)
    return path


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
