"""Weights to start from: another run's, or those of a model file; of the width, or of half of it."""

from pathlib import Path

import numpy as np
import torch

from ..constants import ACTIVATION_SCALE
from ..model_file import Model, read_model

from .checkpoint import load_best, saved_config
from .configuration import ConfigError
from .model import PercepNet
from .widen import widened


def starting_network(source: Path) -> PercepNet:
    """The network of a run folder (its best weights) or of a model file."""
    if Path(source).is_dir():
        saved = load_best(Path(source))
        network = PercepNet(saved_config(saved).width)
        network.load_state_dict(saved["average"])
        return network
    model = read_model(source)
    network = PercepNet(model.width)
    network.load_state_dict({name: torch.from_numpy(value) for name, value in float_weights(model).items()})
    return network


def weights_for(source: Path, width: int) -> dict[str, torch.Tensor]:
    """The state of such a network, widened where it has half the width. Raises ConfigError for any other width."""
    network = starting_network(source)
    if 2 * network.width == width:
        network = widened(network)
    if network.width != width:
        advice = f"give one of {width} or of half that"
        raise ConfigError(f"{source} is of width {network.width} and cannot start a run of width {width}: {advice}")
    return network.state_dict()


def float_weights(model: Model) -> dict[str, np.ndarray]:
    """Weights and biases of a model, float32; the integers times their scales, which quantise to the same again."""
    weights = {}
    for name, value in model.weights.items():
        layer, part = name.rsplit(".", 1)
        if part == "scale":
            continue
        if f"{layer}.scale" in model.weights and part == "weight":
            value = value * (model.weights[f"{layer}.scale"] * np.float32(ACTIVATION_SCALE))[:, None]
        weights[name] = np.array(value, np.float32)
    return weights
