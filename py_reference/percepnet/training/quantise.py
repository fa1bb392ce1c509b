"""The 8-bit arithmetic of the core, in torch: int8 weights with a scale per row, 7-bit activations."""

import torch

from ..constants import ACTIVATION_SCALE, ACTIVATION_ZERO

WEIGHT_LIMIT = 127


def weight_step(weight: torch.Tensor) -> torch.Tensor:
    """Size of one integer step per row, shape (rows, 1)."""
    step = weight.detach().abs().amax(dim=1, keepdim=True) / WEIGHT_LIMIT
    return torch.where(step > 0, step, 1.0)


def integer_weight(weight: torch.Tensor) -> torch.Tensor:
    """The int8 values of a weight matrix, as floats -127..127."""
    return torch.round(weight.detach() / weight_step(weight)).clamp(-WEIGHT_LIMIT, WEIGHT_LIMIT)


def integer_activation(x: torch.Tensor) -> torch.Tensor:
    """u - 64 = floor(63 x + 64.5) - 64 for x in +-1, as floats -63..63."""
    return torch.floor(x * ACTIVATION_SCALE + (ACTIVATION_ZERO + 0.5)) - ACTIVATION_ZERO


def fake_quantised_weight(weight: torch.Tensor) -> torch.Tensor:
    """The weight as the core sees it; gradients pass straight through."""
    return weight + (integer_weight(weight) * weight_step(weight) - weight).detach()


def fake_quantised_activation(x: torch.Tensor) -> torch.Tensor:
    """The activation as the core sees it; gradients pass straight through."""
    return x + (integer_activation(x) / ACTIVATION_SCALE - x).detach()
