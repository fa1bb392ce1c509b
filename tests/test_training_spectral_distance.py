"""Distances between spectra: what the definition says, with the slopes that finite differences find."""

import pytest
import torch

from percepnet.training.spectral_distance import FLOOR, Comparison, SpectralDistance, WindowedSpectra

EVERYTHING = Comparison(unit=0.01, exponent=0.3, complex_share=0.4, lost=0.7)


@pytest.fixture(autouse=True)
def seeded():
    torch.set_num_threads(1)
    torch.manual_seed(1)


def spectra(*shape: int) -> torch.Tensor:
    return 0.1 * torch.randn(2, *shape, dtype=torch.double)


def definition(X: torch.Tensor, S: torch.Tensor, weights: torch.Tensor, how: Comparison) -> torch.Tensor:
    """The distance in complex numbers."""
    x, s = (torch.complex(*Z.unbind(-2)) / how.unit**0.5 for Z in (X, S))
    sizes = [(z.abs().square() + FLOOR).sqrt() for z in (x, s)]
    shape = sizes[1] ** how.exponent - sizes[0] ** how.exponent
    phased = x * sizes[0] ** (how.exponent - 1) - s * sizes[1] ** (how.exponent - 1)
    loss = (1 - how.complex_share) * (shape**2 + how.lost * shape.clamp_min(0) ** 2)
    return ((loss + how.complex_share * phased.abs() ** 2) * weights).sum(-1).mean(1)


def test_the_distance_is_as_defined():
    X, S = spectra(3, 4, 2, 5)
    weights = torch.rand(5, dtype=torch.double)
    torch.testing.assert_close(SpectralDistance.apply(X, S, weights, EVERYTHING), definition(X, S, weights, EVERYTHING))


def test_slopes_of_the_distance_are_those_of_finite_differences():
    X, S = spectra(2, 3, 2, 4)
    S[0] = 0  # no speech
    weights = torch.rand(4, dtype=torch.double)
    assert torch.autograd.gradcheck(lambda X: SpectralDistance.apply(X, S, weights, EVERYTHING), X.requires_grad_())


def test_a_bin_of_0_has_a_finite_slope():
    X = torch.zeros(1, 1, 2, 3, requires_grad=True)
    SpectralDistance.apply(X, torch.ones_like(X), torch.ones(3), EVERYTHING).sum().backward()
    assert torch.isfinite(X.grad).all()


@pytest.mark.parametrize("samples, bins", [(16, 4), (21, 3)])
def test_windowed_spectra_and_their_slopes(samples, bins):
    x, window = torch.randn(2, samples, dtype=torch.double), torch.hann_window(8, dtype=torch.double)
    found = WindowedSpectra.apply(x, window, bins)
    expected = torch.fft.rfft(x[1, 4:12] * window)[:bins]
    torch.testing.assert_close(torch.complex(*found[1, 1]), expected)
    assert found.shape == (2, (samples - 8) // 4 + 1, 2, bins)
    assert torch.autograd.gradcheck(lambda x: WindowedSpectra.apply(x, window, bins), x.requires_grad_())
