"""What tests of several folders share."""

import pytest

from percepnet.model_file import random_model, write_model


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """Path of the smallest model, of random weights."""
    path = tmp_path_factory.mktemp("model") / "random.pnet"
    made = random_model(64)
    write_model(path, made.weights, made.card)
    return path
