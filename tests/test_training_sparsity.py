"""Block sparsity: as many blocks as asked for, those with energy, the diagonal kept, and zeros for good."""

import numpy as np
import pytest
import torch
from percepnet.training.configuration import RunConfig, Stage
from percepnet.training.feature_store import NUM_COLUMNS
from percepnet.training.processes import Group
from percepnet.training.sparsity import Sparsity, blocks, density, kept_blocks
from percepnet.training.train import Trainer

SETTINGS = Sparsity(first_step=2, last_step=6, update=0.25, reset=0.3, candidate=0.5, convolution=0.4, every=2)
STAGE = Stage("features", "feature", 20, 0.1, 0.1, batch=2, frames=10)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def random_rows(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((10, 2, NUM_COLUMNS), np.float32)


def shares_left(weight: torch.Tensor, parts: int) -> list[float]:
    """The share of blocks that hold anything, per gate."""
    return [float((blocks(gate.detach()) != 0).any(3).any(1).float().mean()) for gate in weight.chunk(parts)]


def test_density_falls_from_1_to_the_end():
    densities = [density(SETTINGS, 0.25, step) for step in (0, 2, 3, 4, 6, 100)]
    assert densities[:2] == [1, 1] and densities[-2:] == [0.25, 0.25]
    assert densities == sorted(densities, reverse=True)
    assert densities[2] == 0.25 + 0.75 * 0.75**3


def test_the_blocks_with_the_most_energy_are_kept_and_the_diagonal():
    weight = torch.zeros(16, 16)
    weight[3, 14], weight[12, 1] = 2.0, 1.0
    assert torch.equal(kept_blocks(weight, 1 / 8).nonzero(), torch.tensor([[0, 3]]))
    mask = kept_blocks(weight, 5 / 8, keep_diagonal=True)
    assert mask.sum() == 5 and mask[0, [0, 1, 3]].all() and mask[1, [2, 3]].all()


def test_a_trained_network_has_the_density_asked_for():
    torch.manual_seed(1)
    trainer = Trainer(RunConfig(64, (STAGE,), sparsity=SETTINGS), Group(torch.device("cpu")))
    for step in range(12):
        trainer.step(random_rows(step), None)
    for network in (trainer.model, trainer.average):
        assert shares_left(network.gru2.input.weight, 3) == pytest.approx([0.25, 0.3, 0.5], abs=0.01)
        assert shares_left(network.gru2.recurrent.weight, 3) == pytest.approx([0.25, 0.3, 0.5], abs=0.01)
        assert shares_left(network.conv2.weight, 1) == pytest.approx([0.4], abs=0.01)
        assert (network.gru1.recurrent.weight[:64].diagonal() != 0).all()
        assert (network.dense.weight != 0).all()


def test_a_resumed_run_keeps_its_blocks(tmp_path):
    config = RunConfig(64, (STAGE,), sparsity=SETTINGS)
    first, second = (Trainer(config, Group(torch.device("cpu"))) for _ in range(2))
    for step in range(3):
        first.step(random_rows(step), None)
    first.save(tmp_path)
    second.resume(tmp_path)
    for trainer in (first, second):
        trainer.step(random_rows(3), None)
    for mine, theirs in zip(first.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(mine, theirs)
