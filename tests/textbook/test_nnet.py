"""The network against one written from the equations, with numpy's products and activations."""

import numpy as np
import pytest
from scipy.special import expit
from textbook import run

from percepnet.model_file import random_model
from percepnet.golden.vector_store import MODEL

FRAMES = 12
WEIGHTS = random_model(**MODEL).weights
E, W, R = 64, 64, 16
INT8 = [name.removesuffix(".scale") for name in WEIGHTS if name.endswith(".scale")]


def rounded(x):
    """Activations as int8 layers see them: multiples of 1/63."""
    return np.floor(63 * x + 0.5) / 63


class Textbook:
    """float64, float weights, numpy's tanh; activations rounded or not."""

    def __init__(self, see):
        self.see = see
        self.w = {n: v.astype(float) for n, v in WEIGHTS.items()}
        for name in INT8:  # scale carries the 63 of the activations too
            self.w[f"{name}.weight"] = self.w[f"{name}.weight"] * self.w[f"{name}.scale"][:, None] * 63
        self.embedded, self.convolved = [np.zeros(E)] * 5, [np.zeros(W)] * 3
        self.h = {name: np.zeros(R if name == "gru_r" else W) for name in ("gru1", "gru2", "gru3", "gru_g", "gru_r")}

    def layer(self, name, x):
        return self.w[f"{name}.weight"] @ (self.see(x) if name in INT8 else x) + self.w[f"{name}.bias"]

    def gru(self, name, x):
        """Cho et al. 2014 with the reset gate after the recurrent product, as in PyTorch."""
        h = self.h[name]
        a, b = np.split(self.layer(f"{name}.input", x), 3), np.split(self.layer(f"{name}.recurrent", h), 3)
        z, r = expit(a[0] + b[0]), expit(a[1] + b[1])
        self.h[name] = (1 - z) * np.tanh(a[2] + r * b[2]) + z * h
        return self.h[name]

    def step(self, features):
        self.embedded = [*self.embedded[1:], np.tanh(self.layer("dense", features))]
        self.convolved = [*self.convolved[1:], np.tanh(self.layer("conv1", np.concatenate(self.embedded)))]
        c2 = np.tanh(self.layer("conv2", np.concatenate(self.convolved)))
        h1 = self.gru("gru1", c2)
        h2 = self.gru("gru2", h1)
        h3 = self.gru("gru3", h2)
        hg = self.gru("gru_g", h3)
        hr = self.gru("gru_r", np.concatenate([h3, c2]))
        return expit(self.layer("gain", np.concatenate([c2, h1, h2, h3, hg]))), expit(self.layer("strength", hr))


def largest_difference(see):
    textbook, memory, worst = Textbook(see), 0, 0
    for features in np.random.default_rng(1).uniform(-1, 1, (FRAMES, 70)):
        out = run("nnet", features=features, nnet_memory=np.broadcast_to(memory, 848))
        memory = out["nnet_memory"]
        g, r = textbook.step(features)
        worst = max(worst, np.abs(out["g"] - g).max(), np.abs(out["r"] - r).max())
    return worst


def test_with_rounded_activations():
    """The rational tanh is 7e-5 off; over frames that flips an activation to the next 1/63 here and there."""
    assert largest_difference(rounded) < 0.005


def test_with_plain_float_activations():
    """7-bit activations cost less than this with random weights (algorithm note: below 0.03)."""
    assert largest_difference(lambda x: x) < 0.01


def test_the_order_of_frames_matters():
    """A network that took its frames newest first would pass neither test above."""

    class Reversed(Textbook):
        def layer(self, name, x):
            parts = {"conv1": 5, "conv2": 3}.get(name, 1)
            return super().layer(name, np.concatenate(np.split(x, parts)[::-1]))

    forward, backward = Textbook(rounded), Reversed(rounded)
    rng = np.random.default_rng(1)
    worst = max(np.abs(forward.step(x)[0] - backward.step(x)[0]).max() for x in rng.uniform(-1, 1, (FRAMES, 70)))
    assert worst > 0.1


@pytest.mark.parametrize("name", INT8)
def test_int8_weights_use_their_range(name):
    weight = np.abs(WEIGHTS[f"{name}.weight"].astype(int))
    assert (weight.max(1) == 127).all()
