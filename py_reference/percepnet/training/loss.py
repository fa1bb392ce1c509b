"""The paper's losses on gains and strengths, made safe where their slopes are infinite."""

from collections.abc import Callable

import torch

GAMMA = 0.5
FOURTH_POWER = 10.0  # C4: what large errors count on top
EPSILON = 1e-3  # keeps the slope of x^GAMMA finite at 0
STRENGTH_FLOOR = 0.1  # weight of a strength where the target gain is 0 and nobody hears it


def percepnet_loss(
    g: torch.Tensor,
    r: torch.Tensor,
    target_g: torch.Tensor,
    target_r: torch.Tensor,
    weights: torch.Tensor,
    mean: Callable[[torch.Tensor], torch.Tensor] = lambda total: total,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Weighted means of gain loss and strength loss; arguments (..., bands), gains and strengths 0..1.

    mean: averages the sum of weights over the processes that share a batch, so that theirs is the whole batch's loss.
    """
    return (
        weighted_mean(gain_errors(g, target_g), weights, mean),
        weighted_mean(strength_errors(r, target_r), weights * (STRENGTH_FLOOR + target_g), mean),
    )


def gain_errors(g: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """d^2 + C4 d^4 with d = g^GAMMA - target^GAMMA."""
    squared = (_compressed(g) - _compressed(target)) ** 2
    return squared + FOURTH_POWER * squared**2


def strength_errors(r: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """((1-r)^GAMMA - (1-target)^GAMMA)^2."""
    return (_compressed(1 - r) - _compressed(1 - target)) ** 2


def weighted_mean(values: torch.Tensor, weights: torch.Tensor, mean: Callable) -> torch.Tensor:
    """Sum of weights times values over the sum of weights."""
    return (values * weights).sum() / mean(weights.sum()).clamp_min(1.0)


def _compressed(x: torch.Tensor) -> torch.Tensor:
    return (x + EPSILON) ** GAMMA
