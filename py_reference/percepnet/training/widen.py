"""A network of twice the width that computes what the narrow one does, to go on from where that one stands.

Every unit becomes two twins. The weights of whatever listens to them are shared out between the two at random, so that
their gradients differ and they part (Chen, Goodfellow, Shlens: Net2Net, ICLR 2016).
"""

import torch

from ..constants import NUM_BANDS, NUM_FEATURES
from ..model_file import GRUS, SIZES

from .model import PercepNet


def widened(narrow: PercepNet, seed: int = 1) -> PercepNet:
    """The network of twice the width; its gains and strengths are those of `narrow`, but for rounding."""
    wide = PercepNet(2 * narrow.width)
    old, new = group_sizes(narrow.width), group_sizes(wide.width)
    state = wide.state_dict()
    draw = torch.Generator().manual_seed(seed)
    for name, value in narrow.state_dict().items():
        layer, part = name.rsplit(".", 1)
        value = twinned(value, old[layer][0], new[layer][0])
        if part == "weight":
            value = shared_out(value, old[layer][1], new[layer][1], draw)
        state[name] = value
    wide.load_state_dict(state)
    return wide


def group_sizes(width: int) -> dict[str, tuple[int, int]]:
    """By layer: how many rows belong together (one gate, one layer's outputs), and how many columns (one frame's inputs
    from one layer).
    """
    E, R = SIZES[width]
    sizes = {"dense": (E, NUM_FEATURES), "conv1": (width, E), "conv2": (width, width)}
    for gru in GRUS:
        units = R if gru == "gru_r" else width
        sizes |= {f"{gru}.input": (units, width), f"{gru}.recurrent": (units, units)}
    return sizes | {"gain": (NUM_BANDS, width), "strength": (NUM_BANDS, R)}


def twinned(rows: torch.Tensor, old: int, new: int) -> torch.Tensor:
    """Every group of `old` rows, or biases, repeated until it has `new`."""
    return torch.cat([group.repeat(new // old, *[1] * (rows.dim() - 1)) for group in rows.split(old)])


def shared_out(weight: torch.Tensor, old: int, new: int, draw: torch.Generator) -> torch.Tensor:
    """Columns for groups of `new` twins instead of `old` units; two twins have one unit's weight between them."""
    if new == old:
        return weight
    groups = []
    for group in weight.split(old, dim=1):
        share = torch.rand(group.shape, generator=draw)
        groups += [group * share, group * (1 - share)]
    return torch.cat(groups, dim=1)
