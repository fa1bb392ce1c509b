"""The network of the spec in torch. Parameters carry the names and shapes of the model file's tensors."""

import torch
from torch import nn
from torch.nn import functional

from ..constants import CONV1_TAPS, CONV2_TAPS, NUM_BANDS, NUM_FEATURES
from ..model_file import SIZES

from .arithmetic import Arithmetic
from .gru import GruSequence
from .quantise import fake_quantised_activation, fake_quantised_weight


class Linear(nn.Module):
    """y = W x + b; in INT8, W and x are what the core sees."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x: torch.Tensor, arithmetic: Arithmetic = Arithmetic.FLOAT) -> torch.Tensor:
        weight = self.weight
        if arithmetic is Arithmetic.HALF:
            return functional.linear(x.to(arithmetic.dtype), weight.to(arithmetic.dtype)).to(x.dtype) + self.bias
        if arithmetic is Arithmetic.INT8:
            x, weight = fake_quantised_activation(x), fake_quantised_weight(weight)
        return functional.linear(x, weight, self.bias)


class Gru(nn.Module):
    """Sequence of `inputs` to sequence of `units`, (T, B, .), from a zero state."""

    def __init__(self, inputs: int, units: int):
        super().__init__()
        self.input = Linear(inputs, 3 * units)
        self.recurrent = Linear(units, 3 * units)
        with torch.no_grad():
            for weight, gain in ((self.input.weight, 1.0), (self.recurrent.weight, 0.7)):
                for block in weight.split(units):
                    nn.init.orthogonal_(block, gain)

    def forward(self, x: torch.Tensor, arithmetic: Arithmetic) -> torch.Tensor:
        if x.is_cuda and arithmetic is not Arithmetic.INT8:
            return fused_gru(x, self)
        weight = self.recurrent.weight
        weight = fake_quantised_weight(weight) if arithmetic is Arithmetic.INT8 else weight
        return GruSequence.apply(self.input(x, arithmetic), weight, self.recurrent.bias, arithmetic)


def fused_gru(x: torch.Tensor, gru: Gru) -> torch.Tensor:
    """The same by torch's own GRU, which is one kernel on a GPU. Its gates come in the order r, z, n."""
    parameters = [gru.input.weight, gru.recurrent.weight, gru.input.bias, gru.recurrent.bias]
    r_z_n = [torch.cat([p.chunk(3)[gate] for gate in (1, 0, 2)]) for p in parameters]
    state = x.new_zeros(1, x.shape[1], gru.recurrent.weight.shape[1])
    return torch.gru(x, state, r_z_n, True, 1, 0.0, True, False, False)[0]


class PercepNet(nn.Module):
    """features (T, B, 70) -> gains and strengths (T, B, 34), each 0..1, all memories starting at 0."""

    def __init__(self, width: int):
        super().__init__()
        embedding, strength_units = SIZES[width]
        self.width = width
        self.dense = Linear(NUM_FEATURES, embedding)
        self.conv1 = Linear(CONV1_TAPS * embedding, width)
        self.conv2 = Linear(CONV2_TAPS * width, width)
        self.gru1, self.gru2, self.gru3, self.gru_g = (Gru(width, width) for _ in range(4))
        self.gru_r = Gru(2 * width, strength_units)
        self.gain = Linear(5 * width, NUM_BANDS)
        self.strength = Linear(strength_units, NUM_BANDS)

    def forward(
        self, features: torch.Tensor, arithmetic: Arithmetic = Arithmetic.FLOAT
    ) -> tuple[torch.Tensor, torch.Tensor]:
        x = torch.tanh(self.dense(features))
        c1 = torch.tanh(self.conv1(last_frames(x, CONV1_TAPS), arithmetic))
        c2 = torch.tanh(self.conv2(last_frames(c1, CONV2_TAPS), arithmetic))
        h1 = self.gru1(c2, arithmetic)
        h2 = self.gru2(h1, arithmetic)
        h3 = self.gru3(h2, arithmetic)
        hg = self.gru_g(h3, arithmetic)
        hr = self.gru_r(torch.cat([h3, c2], dim=2), arithmetic)
        g = torch.sigmoid(self.gain(torch.cat([c2, h1, h2, h3, hg], dim=2)))
        return g, torch.sigmoid(self.strength(hr))


def last_frames(x: torch.Tensor, count: int) -> torch.Tensor:
    """(T, ..., C) -> (T, ..., count * C): frames with those before them, oldest first, zeros at the start."""
    padded = torch.cat([x.new_zeros(count - 1, *x.shape[1:]), x])
    return torch.cat([padded[k : k + len(x)] for k in range(count)], dim=-1)
