"""Block sparsity: blocks of weights with little energy become 0, ever more of them, and stay 0.

Blocks are those the model file stores, ROW_BLOCK x COLUMN_BLOCK (RNNoise 0.2 prunes the same way).
"""

from dataclasses import dataclass

import torch

from ..constants import COLUMN_BLOCK, ROW_BLOCK
from ..model_file import GRUS

from .model import PercepNet

GATES = ("update", "reset", "candidate")  # in the order of a GRU's rows: z, r, n


@dataclass(frozen=True)
class Sparsity:
    """[sparsity] of a run's config: the shares of blocks that are left at last_step, 0..1, by what they compute.

    From first_step on, every `every` steps, blocks are chosen anew.
    """

    first_step: int
    last_step: int
    update: float = 0.2
    reset: float = 0.3
    candidate: float = 0.5
    convolution: float = 0.5
    every: int = 100


class Pruner:
    """The masks of one network: {parameter: blocks to keep, bool (rows / ROW_BLOCK, columns / COLUMN_BLOCK)}."""

    def __init__(self, settings: Sparsity):
        self.settings = settings
        self.masks: dict[str, torch.Tensor] = {}

    @torch.no_grad()
    def choose(self, network: PercepNet, step: int) -> None:
        """Chooses the blocks that are kept after `step` updates, where that is due."""
        settings = self.settings
        if step < settings.first_step or (step - settings.first_step) % settings.every:
            return
        for name in ("conv1", "conv2"):
            weight = network.get_submodule(name).weight
            self.masks[f"{name}.weight"] = kept_blocks(weight, density(settings, settings.convolution, step))
        for name in GRUS:
            for part in ("input", "recurrent"):
                gates = network.get_submodule(f"{name}.{part}").weight.chunk(len(GATES))
                shares = [density(settings, getattr(settings, gate), step) for gate in GATES]
                masks = [kept_blocks(*pair, part == "recurrent") for pair in zip(gates, shares, strict=True)]
                self.masks[f"{name}.{part}.weight"] = torch.cat(masks)

    @torch.no_grad()
    def apply(self, *networks: PercepNet) -> None:
        """Sets the other blocks to 0."""
        for network in networks:
            for name, mask in self.masks.items():
                blocks(network.get_parameter(name)).mul_(mask[:, None, :, None])


def blocks(weight: torch.Tensor) -> torch.Tensor:
    """A view (block rows, ROW_BLOCK, block columns, COLUMN_BLOCK) of a matrix."""
    rows, columns = weight.shape
    return weight.view(rows // ROW_BLOCK, ROW_BLOCK, columns // COLUMN_BLOCK, COLUMN_BLOCK)


def density(settings: Sparsity, final: float, step: int) -> float:
    """The share of blocks kept at a step: falls from 1 quickly first, slowly at the end (cubic; Zhu and Gupta)."""
    way = (step - settings.first_step) / max(1, settings.last_step - settings.first_step)
    return final + (1 - final) * (1 - min(1.0, max(0.0, way))) ** 3


def kept_blocks(weight: torch.Tensor, share: float, keep_diagonal: bool = False) -> torch.Tensor:
    """The blocks with the most energy; those on the diagonal, by which a state remembers itself, first of all."""
    energy = blocks(weight).square().sum((1, 3))
    if keep_diagonal:
        units = torch.arange(len(weight), device=weight.device)
        energy[units // ROW_BLOCK, units // COLUMN_BLOCK] = torch.inf
    mask = torch.zeros(energy.numel(), dtype=torch.bool, device=weight.device)
    mask[energy.flatten().topk(max(1, round(share * energy.numel()))).indices] = True
    return mask.view_as(energy)
