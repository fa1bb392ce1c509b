"""The paper's losses on gains and strengths, made safe where their slopes are infinite."""

import torch

GAMMA = 0.5
FOURTH_POWER = 10.0  # C4: what large errors count on top
EPSILON = 1e-3  # keeps the slope of x^GAMMA finite at 0
STRENGTH_FLOOR = 0.1  # weight of a strength where the target gain is 0 and nobody hears it


def percepnet_loss(
    g: torch.Tensor, r: torch.Tensor, target_g: torch.Tensor, target_r: torch.Tensor, weights: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Weighted means of gain loss and strength loss; arguments (..., bands), gains and strengths 0..1."""
    return gain_loss(g, target_g, weights), strength_loss(r, target_r, weights * (STRENGTH_FLOOR + target_g))


def gain_loss(g: torch.Tensor, target: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Mean of d^2 + C4 d^4 with d = g^GAMMA - target^GAMMA."""
    squared = (_compressed(g) - _compressed(target)) ** 2
    return _weighted_mean(squared + FOURTH_POWER * squared**2, weights)


def strength_loss(r: torch.Tensor, target: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Mean of ((1-r)^GAMMA - (1-target)^GAMMA)^2."""
    return _weighted_mean((_compressed(1 - r) - _compressed(1 - target)) ** 2, weights)


def _compressed(x: torch.Tensor) -> torch.Tensor:
    return (x + EPSILON) ** GAMMA


def _weighted_mean(values: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    return (values * weights).sum() / weights.sum().clamp_min(1.0)
