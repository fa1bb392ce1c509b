"""The network in the core's own arithmetic, in torch: what quantisation-aware training approximates.

Integer products are exact in float32 (they stay below 2^24), float products are summed in the order of the
inputs, and tanh is the core's rational function; so every bit agrees with the reference and with C.
"""

import torch

from ..constants import ACTIVATION_SCALE, CONV1_TAPS, CONV2_TAPS, FLUSH_THRESHOLD
from ..tables import TANH_DENOMINATOR, TANH_NUMERATOR

from .model import Gru, Linear, PercepNet, last_frames
from .quantise import integer_activation, integer_weight, weight_step

TANH_LIMIT = 9.0


def exact_tanh(x: torch.Tensor) -> torch.Tensor:
    """The core's tanh, 7e-5 from the true one."""
    x = x.clamp(-TANH_LIMIT, TANH_LIMIT)
    square = x * x
    return (x * _horner(TANH_NUMERATOR, square) / _horner(TANH_DENOMINATOR, square)).clamp(-1, 1)


def exact_sigmoid(x: torch.Tensor) -> torch.Tensor:
    """0.5 + 0.5 tanh(x / 2) with the core's tanh."""
    return 0.5 + 0.5 * exact_tanh(0.5 * x)


@torch.no_grad()
def exact_forward(model: PercepNet, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """features float32 (T, 70) of one stream from its start -> gains and strengths (T, 34)."""
    x = exact_tanh(_ordered_linear(model.dense, features))
    c1 = exact_tanh(_int8_linear(model.conv1, last_frames(x, CONV1_TAPS)))
    c2 = exact_tanh(_int8_linear(model.conv2, last_frames(c1, CONV2_TAPS)))
    h1 = _gru(model.gru1, c2)
    h2 = _gru(model.gru2, h1)
    h3 = _gru(model.gru3, h2)
    hg = _gru(model.gru_g, h3)
    hr = _gru(model.gru_r, torch.cat([h3, c2], dim=-1))
    g = exact_sigmoid(_ordered_linear(model.gain, torch.cat([c2, h1, h2, h3, hg], dim=-1)))
    return g, exact_sigmoid(_ordered_linear(model.strength, hr))


def _horner(coefficients, x: torch.Tensor) -> torch.Tensor:
    values = [float(value) for value in coefficients]
    y = torch.full_like(x, values[-1])
    for value in values[-2::-1]:
        y = y * x + value
    return y


def _ordered_linear(layer: Linear, x: torch.Tensor) -> torch.Tensor:
    y = layer.bias.expand(*x.shape[:-1], -1)
    for column in range(x.shape[-1]):
        y = y + x[..., column : column + 1] * layer.weight[:, column]
    return y


def _int8_linear(layer: Linear, x: torch.Tensor) -> torch.Tensor:
    scale = weight_step(layer.weight)[:, 0] / float(ACTIVATION_SCALE)
    return integer_activation(x) @ integer_weight(layer.weight).t() * scale + layer.bias


def _gru(gru: Gru, x: torch.Tensor) -> torch.Tensor:
    a_z, a_r, a_n = _int8_linear(gru.input, x).chunk(3, dim=-1)
    h, states = x.new_zeros(gru.recurrent.weight.shape[1]), []
    for t in range(len(x)):
        b_z, b_r, b_n = _int8_linear(gru.recurrent, h).chunk(3, dim=-1)
        z, r = exact_sigmoid(a_z[t] + b_z), exact_sigmoid(a_r[t] + b_r)
        n = exact_tanh(a_n[t] + r * b_n)
        h = n + z * (h - n)
        h = torch.where(h.abs() < FLUSH_THRESHOLD, 0.0, h)
        states.append(h)
    return torch.stack(states)
