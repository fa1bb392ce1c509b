"""The pipeline around the network in torch, with slopes from the enhanced signal back to gains and strengths.

A spectrum is (..., 2, NUM_USED_BINS): real and imaginary part of bins 0..BAND_LIMIT_BIN, all that is ever put out.
Stages and letters are those of spec/pipeline.md; sums are not in the order that the core's exactness asks for.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from ..comb_filter import future_periods
from ..constants import (
    BAND_LIMIT_BIN,
    COMB_FUTURE,
    COMB_ORDER,
    DB_PER_LOG2,
    ENERGY_FLOOR,
    FRAME_SIZE,
    MAX_RESTORATION,
    NUM_BANDS,
    POSTFILTER_BETA,
    TRANSPARENCY_FRAMES,
    TRANSPARENCY_RANGE_DB,
    TRANSPARENCY_SNR_DB,
    WINDOW_SIZE,
)
from ..erb_bands import interpolate_bands
from ..tables import ANALYSIS_WINDOW, COMB_WEIGHTS, SYNTHESIS_WINDOW

from .feature_store import HISTORY_BLOCKS

NUM_USED_BINS = BAND_LIMIT_BIN + 1
FIRST_WINDOW = (HISTORY_BLOCKS + 1) * FRAME_SIZE - COMB_FUTURE - WINDOW_SIZE  # where the window of row 0 begins


@dataclass(frozen=True)
class Spectra:
    """What the network cannot change: noisy Y, comb-filtered P, wanted S, (B, T, 2, NUM_USED_BINS); Ey (B, T, 34)."""

    Y: torch.Tensor
    P: torch.Tensor
    S: torch.Tensor
    Ey: torch.Tensor


@cache
def table(name: str, device: torch.device, dtype: torch.dtype) -> torch.Tensor:
    """A constant table on a device: "analysis", "synthesis" (window,), "comb" (3, 7), "bands" (34, NUM_USED_BINS)."""
    values = {
        "analysis": ANALYSIS_WINDOW,
        "synthesis": SYNTHESIS_WINDOW,
        "comb": COMB_WEIGHTS,
        "bands": np.stack([interpolate_bands(band) for band in np.eye(NUM_BANDS)]),
    }[name]
    return torch.from_numpy(np.ascontiguousarray(values)).to(device, dtype)


def like(name: str, x: torch.Tensor) -> torch.Tensor:
    """A constant table where x is."""
    return table(name, x.device, x.dtype)


@torch.no_grad()
def analyse(noisy: torch.Tensor, clean: torch.Tensor, period: torch.Tensor) -> Spectra:
    """Signals of B stretches of T rows -> their spectra.

    noisy, clean: (B, (HISTORY_BLOCKS + T) * FRAME_SIZE), high-passed; row i's newest block is HISTORY_BLOCKS + i.
    period: int64 (B, T), samples.
    """
    rows = period.shape[1]
    Y, S = (spectrum(windows(x, rows)) for x in (noisy, clean))
    return Spectra(Y, spectrum(comb_filter(noisy, period)), S, band_energies(Y))


def windows(x: torch.Tensor, rows: int) -> torch.Tensor:
    """The window that each row enhances, (B, rows, WINDOW_SIZE), a view."""
    return x[:, FIRST_WINDOW:].unfold(1, WINDOW_SIZE, FRAME_SIZE)[:, :rows]


def comb_filter(noisy: torch.Tensor, period: torch.Tensor) -> torch.Tensor:
    """p of each row, (B, T, WINDOW_SIZE)."""
    batch, rows = period.shape
    everywhere = noisy.unfold(1, WINDOW_SIZE, 1)
    start = FIRST_WINDOW + FRAME_SIZE * torch.arange(rows, device=noisy.device)
    sequence = torch.arange(batch, device=noisy.device)[:, None]
    weights = like("comb", noisy)[future_periods(period.cpu().numpy()) - 1]
    p = noisy.new_zeros(batch, rows, WINDOW_SIZE)
    for k in range(-COMB_ORDER, COMB_ORDER + 1):
        at = (start - k * period).clamp_max(everywhere.shape[1] - 1)  # a period that lies further ahead weighs 0
        p.addcmul_(weights[:, :, k + COMB_ORDER, None], everywhere[sequence, at])
    return p


def spectrum(x: torch.Tensor) -> torch.Tensor:
    """Windows (..., WINDOW_SIZE) -> (..., 2, NUM_USED_BINS)."""
    bins = torch.fft.rfft(x * like("analysis", x))[..., :NUM_USED_BINS]
    return torch.stack([bins.real, bins.imag], dim=-2)


def power(X: torch.Tensor, Y: torch.Tensor | None = None) -> torch.Tensor:
    """|X|^2 of a spectrum, or Re(conj(X) Y) of two, (..., bins)."""
    (re, im), (other_re, other_im) = X.unbind(-2), (X if Y is None else Y).unbind(-2)
    return re * other_re + im * other_im


def band_energies(X: torch.Tensor) -> torch.Tensor:
    """Energies (..., 34) of a spectrum."""
    return power(X) @ like("bands", X).t()


def to_bins(bands: torch.Tensor) -> torch.Tensor:
    """Band values (..., 34) at the bins of a spectrum, for both parts: (..., 1, NUM_USED_BINS)."""
    return (bands @ like("bands", bands)).unsqueeze(-2)


def enhance(spectra: Spectra, g: torch.Tensor, r: torch.Tensor, postfilter_strength: float = 0.0) -> torch.Tensor:
    """Gains and strengths (B, T, 34) -> the enhanced spectrum X, (B, T, 2, NUM_USED_BINS).

    What is heard has `transparency` before this; losses do without, which see what a network itself does wrong.
    """
    Z = spectra.Y + to_bins(r) * (spectra.P - spectra.Y)
    return restoration(spectra.Ey, Z, postfilter(spectra.Ey, g, postfilter_strength))


def transparency(Ey: torch.Tensor, g: torch.Tensor, r: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """g and r, (B, T, 34), of streams that begin at row 0 -> those with bands opened that hold hardly any noise."""
    opened = openness(Ey, g)
    closed = 1 - g
    return g + opened * (closed - closed**9), r - opened * r


def openness(Ey: torch.Tensor, g: torch.Tensor) -> torch.Tensor:
    """How far the bands are open, 0..1, (B, T, 34)."""
    energies, snr_db = torch.stack([Ey, (1 - g) ** 6 * Ey]) + ENERGY_FLOOR, torch.empty_like(Ey)
    means = torch.zeros_like(energies[:, :, 0])
    for row in range(Ey.shape[1]):
        means += (energies[:, :, row] - means) / min(row + 1, TRANSPARENCY_FRAMES)
        whole = means.sum(-1, keepdim=True)
        snr_db[:, row] = DB_PER_LOG2 / 2 * torch.log2(means[0] / means[1] * (whole[0] / whole[1]))
    return ((snr_db - TRANSPARENCY_SNR_DB) / TRANSPARENCY_RANGE_DB).clamp(0, 1)


def postfilter(Ey: torch.Tensor, g: torch.Tensor, strength: float) -> torch.Tensor:
    """g_hat, (B, T, 34); without the attenuation limit."""
    if strength == 0:
        return g
    warped = g + strength * (g * torch.sin(torch.pi / 2 * g) - g)
    R = ((g * g * Ey).sum(-1, keepdim=True) + ENERGY_FLOOR) / (
        (warped * warped * Ey).sum(-1, keepdim=True) + ENERGY_FLOOR
    )
    return torch.sqrt((1 + POSTFILTER_BETA) * R / (1 + POSTFILTER_BETA * R * R)) * warped


def restoration(Ey: torch.Tensor, Z: torch.Tensor, g_hat: torch.Tensor) -> torch.Tensor:
    """X = h Z. The root is of Ez alone, so that a silent band has no slope instead of 0 times infinity."""
    h = g_hat * torch.sqrt(Ey) * torch.rsqrt(band_energies(Z) + ENERGY_FLOOR)
    return to_bins(h.clamp_max(MAX_RESTORATION)) * Z


def synthesis(X: torch.Tensor) -> torch.Tensor:
    """Spectra of T rows -> the hops those steps put out, (B, T * FRAME_SIZE); the first lacks the window before it."""
    bins = torch.complex(*X.unbind(-2))
    x = torch.fft.irfft(bins, n=WINDOW_SIZE, norm="forward") * like("synthesis", X)
    wet = x[..., :FRAME_SIZE] + torch.nn.functional.pad(x[:, :-1, FRAME_SIZE:], (0, 0, 1, 0))
    return wet.flatten(1)
