"""The network: dense, two convolutions over time, four GRUs for the gains, one for the strengths."""

import numpy as np

from .constants import ACTIVATION_SCALE, ACTIVATION_ZERO, CONV1_TAPS, CONV2_TAPS
from .lane_sum import ordered_sum
from .model_file import GRUS
from .vec_math import flush, vec_sigmoid, vec_tanh

EXACT_COLUMNS = 2048  # 2048 x 127 x 63 < 2^24: float32 sums of that many products are exact integers in any order


def quantise(x):
    """Activations in +-1 -> integers -63..63 (u - 64 with u = floor(63 x + 64.5)), as float32 for an exact product."""
    u = np.trunc(x * ACTIVATION_SCALE + (ACTIVATION_ZERO + 0.5))
    return (u - ACTIVATION_ZERO).astype(np.float32)


class Layer:
    """y = W x + b with float32 weights, summed in the order of the inputs."""

    def __init__(self, weights, name, dtype):
        self.columns = np.ascontiguousarray(weights[f"{name}.weight"].T).astype(dtype)
        self.bias = weights[f"{name}.bias"].astype(dtype)

    def __call__(self, x):
        return ordered_sum(np.concatenate([self.bias[None], self.columns * x[:, None]]))


class Int8Layer:
    """y = (W q) scale + b with int8 weights and quantised activations; W q is an exact integer."""

    def __init__(self, weights, name, dtype):
        self.weight = weights[f"{name}.weight"].astype(np.float32)
        self.scale = weights[f"{name}.scale"].astype(dtype)
        self.bias = weights[f"{name}.bias"].astype(dtype)

    def __call__(self, x):
        q = quantise(x)
        parts = [slice(at, at + EXACT_COLUMNS) for at in range(0, q.size, EXACT_COLUMNS)]
        total = sum((self.weight[:, part] @ q[part]).astype(np.int32) for part in parts)
        return total.astype(x.dtype) * self.scale + self.bias


class Gru:
    """Gated recurrent unit; rows of both products in the order z, r, n."""

    def __init__(self, weights, name, dtype):
        self.input = Int8Layer(weights, f"{name}.input", dtype)
        self.recurrent = Int8Layer(weights, f"{name}.recurrent", dtype)

    def __call__(self, h, x):
        """h: state, updated in place and returned."""
        a_z, a_r, a_n = np.split(self.input(x), 3)
        b_z, b_r, b_n = np.split(self.recurrent(h), 3)
        z, r = vec_sigmoid(a_z + b_z), vec_sigmoid(a_r + b_r)
        n = vec_tanh(a_n + r * b_n)
        h[:] = flush(n + z * (h - n))
        return h


class Network:
    """The network of one model at one precision; read-only, so several streams may share it."""

    def __init__(self, model, dtype=np.float32):
        make = {"dense": Layer, "conv1": Int8Layer, "conv2": Int8Layer, "gain": Layer, "strength": Layer}
        for name, layer in make.items():
            setattr(self, name, layer(model.weights, name, dtype))
        for name in GRUS:
            setattr(self, name, Gru(model.weights, name, dtype))
        E, W, R = model.embedding, model.width, model.strength_width
        self.memory_sizes = (CONV1_TAPS * E, CONV2_TAPS * W, W, W, W, W, W, R)

    def split(self, memory):
        """Views of the memory: inputs of both convolutions, oldest first, conv2's output, states of the five GRUs."""
        return np.split(memory, np.cumsum(self.memory_sizes)[:-1])


def push(memory, x):
    """Appends x to a convolution's inputs and drops the oldest."""
    memory[: -x.size] = memory[x.size :].copy()
    memory[-x.size :] = x
    return memory


def nnet(s, net):
    """features -> g, r of window l; s.nnet_memory is the network's state."""
    conv1_in, conv2_in, c2, h1, h2, h3, hg, hr = net.split(s.nnet_memory)
    x = vec_tanh(net.dense(s.features))
    x = vec_tanh(net.conv1(push(conv1_in, x)))
    c2[:] = vec_tanh(net.conv2(push(conv2_in, x)))
    net.gru1(h1, c2)
    net.gru2(h2, h1)
    net.gru3(h3, h2)
    net.gru_g(hg, h3)
    net.gru_r(hr, np.concatenate([h3, c2]))
    s.g[:] = vec_sigmoid(net.gain(np.concatenate([c2, h1, h2, h3, hg])))
    s.r[:] = vec_sigmoid(net.strength(hr))
