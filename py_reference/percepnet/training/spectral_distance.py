"""How far spectra and signals are apart, with slopes written out: autograd's own cost three times as much.

Sizes are compared after compression: s = sqrt(|X|^2 / unit + FLOOR), x = s^power; with phase, X s^(power - 1).
"""

from dataclasses import dataclass

import torch

from .pipeline import power

FLOOR = 1e-8  # power per bin, in units, under which differences fade: 80 dB below white noise at the level of speech


@dataclass(frozen=True)
class Comparison:
    """unit: power of a bin at 0 dB. exponent: of the compression. complex_share: weight of the comparison with phase.
    lost: what a size that is too small costs on top of one that is too large.
    """

    unit: float
    exponent: float
    complex_share: float
    lost: float


class SpectralDistance(torch.autograd.Function):
    """apply(X, S, weights, comparison) -> (B,): mean over frames, weighted sum over bins, of X against the wanted S.

    X, S: (B, T, 2, bins); only X has slopes. weights: (bins,).
    """

    @staticmethod
    def forward(ctx, X, S, weights, comparison):
        unit, exponent, share = comparison.unit, comparison.exponent, comparison.complex_share
        (size, factor), (wanted_size, wanted_factor) = (_compressed(Z, unit, exponent) for Z in (X, S))
        shape = wanted_size * wanted_factor - size * factor
        lost = shape.clamp_min(0)
        phased = (X * factor.unsqueeze(-2)).addcmul_(S, wanted_factor.unsqueeze(-2), value=-1)
        loss = shape.square().addcmul_(lost, lost, value=comparison.lost).mul_(1 - share)
        loss.add_(power(phased), alpha=share / unit)

        # Along X: through x, and through the size in the factor of the phased one; then the phased one's own slope.
        along = shape.add_(lost, alpha=comparison.lost).mul_(-2 * (1 - share) * exponent)
        inner = power(phased, X).div_(size)
        along.add_(inner, alpha=2 * share * (exponent - 1) / unit).mul_(factor).div_(size).mul_(weights / unit)
        own = factor.mul_(2 * share / unit * weights)
        slope = phased.mul_(own.unsqueeze(-2)).addcmul_(X, along.unsqueeze(-2))
        ctx.save_for_backward(slope.div_(X.shape[1]))
        return (loss @ weights).mean(1)

    @staticmethod
    def backward(ctx, grad):
        (slope,) = ctx.saved_tensors
        return grad.view(-1, 1, 1, 1) * slope, None, None, None


def _compressed(X: torch.Tensor, unit: float, exponent: float) -> tuple[torch.Tensor, torch.Tensor]:
    """(size of each bin in root units, off 0, where slopes are infinite; the factor that compresses it)."""
    size = power(X).div_(unit).add_(FLOOR).sqrt_()
    return size, size.pow(exponent - 1)


class WindowedSpectra(torch.autograd.Function):
    """apply(x, window, bins) -> (B, frames, 2, bins): spectra of x (B, samples) under a window, half of it apart.

    bins: how many of the lowest, not that at half the sample rate.
    """

    @staticmethod
    def forward(ctx, x, window, bins):
        ctx.save_for_backward(window)
        ctx.shape = x.shape
        spectrum = torch.fft.rfft(x.unfold(1, len(window), len(window) // 2) * window)[..., :bins]
        return torch.stack([spectrum.real, spectrum.imag], dim=-2)

    @staticmethod
    def backward(ctx, grad):
        (window,) = ctx.saved_tensors
        half = len(window) // 2
        spectrum = torch.complex(*(0.5 * grad).unbind(-2))  # the inverse adds every bin but the first twice
        spectrum[..., 0] *= 2
        frames = torch.fft.irfft(spectrum, n=len(window), norm="forward") * window
        slope = grad.new_zeros(ctx.shape)
        hops = slope[:, : (frames.shape[1] + 1) * half].view(len(slope), -1, half)
        hops[:, :-1] = frames[..., :half]
        hops[:, 1:] += frames[..., half:]
        return slope, None, None


def band_shares(edges: torch.Tensor, bins: int, spacing: float) -> torch.Tensor:
    """How much of each bin lies in each band, 0..1, (bins, bands). edges: of the bands, spacing: of the bins, Hz."""
    hz = torch.arange(bins, dtype=edges.dtype) * spacing
    low, high = (torch.clamp(hz[:, None] + side * spacing / 2, edges[:-1], edges[1:]) for side in (-1, 1))
    return (high - low) / spacing
