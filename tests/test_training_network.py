"""The torch network: gradients, 8-bit arithmetic, export, losses on gains and strengths."""

import numpy as np
import pytest
import torch
from torch import nn
from percepnet.model_file import decode_model, encode_model

from percepnet.training.arithmetic import Arithmetic
from percepnet.training.export import count_differences, exported_weights, reference_forward, torch_forward
from percepnet.training.feature_store import NUM_COLUMNS
from percepnet.training.gru import GruSequence
from percepnet.training.level_shift import shift_levels
from percepnet.training.loss import percepnet_loss
from percepnet.training.model import Gru, PercepNet, fused_gru


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def rows(frames=30, batch=4, seed=1):
    """Features of noise; targets that follow from them; weights 1."""
    rng = np.random.default_rng(seed)
    out = np.ones((frames, batch, NUM_COLUMNS), np.float32)
    out[..., :70] = rng.normal(0.5, 0.5, (frames, batch, 70))
    out[..., 70:104] = np.clip(out[..., :34], 0, 1)
    out[..., 104:138] = np.clip(out[..., 34:68], 0, 1)
    return out


def plain_gru(a, weight, bias):
    size, h, states = weight.shape[1], a.new_zeros(a.shape[1], weight.shape[1]), []
    for x in a:
        b = h @ weight.t() + bias
        z = torch.sigmoid(x[:, :size] + b[:, :size])
        r = torch.sigmoid(x[:, size : 2 * size] + b[:, size : 2 * size])
        n = torch.tanh(x[:, 2 * size :] + r * b[:, 2 * size :])
        h = n + z * (h - n)
        states.append(h)
    return torch.stack(states)


def test_gru_and_its_gradients_agree_with_autograd():
    torch.manual_seed(1)
    arguments = [torch.randn(shape, dtype=torch.double, requires_grad=True) for shape in ((7, 3, 15), (15, 5), (15,))]
    ours, plain = GruSequence.apply(*arguments, Arithmetic.FLOAT), plain_gru(*arguments)
    torch.testing.assert_close(ours, plain)
    seen = torch.randn_like(plain)
    for mine, theirs in zip(
        torch.autograd.grad((ours * seen).sum(), arguments),
        torch.autograd.grad((plain * seen).sum(), arguments),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs)


def test_the_gru_of_torch_is_ours():
    torch.manual_seed(1)
    gru, x = Gru(12, 8).double(), torch.randn(7, 3, 12, dtype=torch.double, requires_grad=True)
    nn.init.normal_(gru.input.bias)
    nn.init.normal_(gru.recurrent.bias)
    ours, fused = gru(x, Arithmetic.FLOAT), fused_gru(x, gru)
    torch.testing.assert_close(ours, fused)
    arguments = [x, *gru.parameters()]
    for mine, theirs in zip(
        torch.autograd.grad(ours.square().sum(), arguments),
        torch.autograd.grad(fused.square().sum(), arguments),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize("width", [64, 128])
def test_exact_forward_has_the_bits_of_the_reference(width):
    torch.manual_seed(width)
    network = PercepNet(width)
    for parameter in network.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    model = decode_model(encode_model(exported_weights(network), {"name": "test"}))
    features = np.random.default_rng(1).normal(0.5, 1, (60, 70)).astype(np.float32)
    assert count_differences(torch_forward(network, features), reference_forward(model, features)) == 0


def test_quantised_training_sees_nearly_what_the_core_computes():
    torch.manual_seed(2)
    network, features = PercepNet(64), torch.randn(40, 1, 70)
    from percepnet.training.exact import exact_forward

    for ours, exact in zip(network(features, Arithmetic.INT8), exact_forward(network, features[:, 0]), strict=True):
        assert (ours[:, 0] - exact).abs().max() < 0.02


def test_bfloat16_changes_little():
    torch.manual_seed(3)
    network, features = PercepNet(64), torch.randn(40, 4, 70)
    results = []
    for arithmetic in (Arithmetic.FLOAT, Arithmetic.HALF):
        g, r = network(features, arithmetic)
        slopes = torch.autograd.grad(g.square().sum() + r.sum(), list(network.parameters()))
        results.append((torch.cat([g, r]).detach(), torch.cat([slope.flatten() for slope in slopes])))
    (exact, slope), (rounded, other) = results
    assert 0 < (exact - rounded).abs().max() < 0.01
    assert torch.cosine_similarity(slope, other, dim=0) > 0.999


def test_no_loss_on_the_target_and_none_where_masked():
    g, r = torch.rand(5, 34), torch.rand(5, 34)
    assert percepnet_loss(g, r, g, r, torch.ones(5, 34)) == (0, 0)
    assert percepnet_loss(g, r, 1 - g, 1 - r, torch.zeros(5, 34)) == (0, 0)


def test_gradient_is_finite_at_the_ends():
    g = torch.tensor([[0.0, 1.0]], requires_grad=True)
    r = torch.tensor([[0.0, 1.0]], requires_grad=True)
    sum(percepnet_loss(g, r, 1 - g.detach(), 1 - r.detach(), torch.ones(1, 2))).backward()
    assert torch.isfinite(g.grad).all() and torch.isfinite(r.grad).all()


def test_level_shift_is_a_smooth_curve_and_leaves_the_rest():
    before, after = rows(), rows()
    shift_levels(after, np.random.default_rng(1))
    assert np.array_equal(before[..., 34:], after[..., 34:])  # coherences, pitch, targets, weights
    shift = after[..., :34] - before[..., :34]
    assert np.ptp(shift, axis=0).max() < 1e-5 < np.abs(shift).max()  # one curve for all of a sequence
    fitted = np.polynomial.chebyshev.chebfit(np.linspace(-1, 1, 34), shift[0].T, 3)
    curves = np.polynomial.chebyshev.chebval(np.linspace(-1, 1, 34), fitted)
    assert np.allclose(curves, shift[0], atol=1e-4)  # each a cubic
    assert np.ptp(shift[0], axis=0).min() > 0  # and each its own
