"""A trained network -> a model file with its card, and the proof that torch, reference and C agree."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from .. import native
from ..constants import NUM_BANDS
from ..errors import PercepNetError
from ..model_file import Model, layer_shapes, quantise_rows, read_model, write_model
from ..nnet import Network, nnet

from .card import training_card
from .checkpoint import load_best, saved_config
from .exact import exact_forward
from .model import PercepNet


def averaged_network(run: Path) -> tuple[PercepNet, dict]:
    """(network with the best averaged weights of a run, what was saved with them)."""
    saved = load_best(run)
    network = PercepNet(saved_config(saved).width)
    network.load_state_dict(saved["average"])
    return network.eval(), saved


def exported_weights(network: PercepNet) -> dict[str, np.ndarray]:
    """The tensors of the model file: int8 and a scale per row where the core has 8 bits, else float32."""
    values = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    embedding, units = values["dense.bias"].size, values["strength.weight"].shape[1]
    weights = {}
    for layer, (_, _, quantised) in layer_shapes(embedding, network.width, units).items():
        weights[f"{layer}.weight"], weights[f"{layer}.bias"] = (
            values[f"{layer}.weight"],
            values[f"{layer}.bias"],
        )
        if quantised:
            weights[f"{layer}.weight"], weights[f"{layer}.scale"] = quantise_rows(values[f"{layer}.weight"])
    return weights


def export(run: Path, path: Path, data: dict, hours: float, note: str) -> Model:
    """Writes the averaged weights of a run as a model file with its card; the model as read back."""
    network, saved = averaged_network(run)
    weights = exported_weights(network)
    write_model(path, weights, training_card(saved, data, hours, note))
    return read_model(path)


def reference_forward(model: Model, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The reference network on float32 features (T, 70) from a fresh state -> gains, strengths (T, 34)."""
    network = Network(model, np.float32)
    s = SimpleNamespace(
        features=None,
        g=np.zeros(NUM_BANDS, np.float32),
        r=np.zeros(NUM_BANDS, np.float32),
        nnet_memory=np.zeros(sum(network.memory_sizes), np.float32),
    )
    g, r = [], []
    for row in features.astype(np.float32):
        s.features = row
        nnet(s, network)
        g.append(s.g.copy())
        r.append(s.r.copy())
    return np.stack(g), np.stack(r)


def native_forward(path: Path, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The C network on float32 features (T, 70) from a fresh state -> gains, strengths (T, 34)."""
    core = native.Inspector(path)
    g, r = [], []
    for row in features.astype(np.float32):
        core.signal("features")[:] = row
        core.run_stage("nnet")
        g.append(core.signal("g").copy())
        r.append(core.signal("r").copy())
    return np.stack(g), np.stack(r)


def torch_forward(network: PercepNet, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """torch's exact forward pass on features (T, 70) -> gains, strengths (T, 34)."""
    return tuple(x.numpy() for x in exact_forward(network, torch.from_numpy(features.astype(np.float32))))


def count_differences(ours: tuple, theirs: tuple) -> int:
    """How many gains and strengths differ by any bit between two forward passes."""
    return sum(
        int((mine.view(np.int32) != their.view(np.int32)).sum()) for mine, their in zip(ours, theirs, strict=True)
    )


def prove(run: Path, path: Path, features: np.ndarray) -> int:
    """How many gains and strengths torch, reference and C agree in, bit by bit, on real features (T, 70).

    Raises PercepNetError if one differs.
    """
    ours = torch_forward(averaged_network(run)[0], features)
    theirs = {"the reference": reference_forward(read_model(path), features), "C": native_forward(path, features)}
    for name, values in theirs.items():
        different = count_differences(ours, values)
        if different:
            advice = "rebuild with `make build`, then export again"
            raise PercepNetError(f"{different} values differ between torch and {name}: {advice}")
    return sum(values.size for values in ours)
