"""How much a signal has lost of what makes speech intelligible: 1 - ESTOI (Jensen and Taal 2016), with slopes.

As in the standard measure, third-octave bands of short frames are cut into overlapping segments; in each, every band
and then every frame is brought to mean 0 and length 1, and the frames of both signals are compared. Not the standard's:
frames of 25 instead of 25.6 ms at 48 kHz, bands that share bins at their edges, silent frames taken out of the spectra
instead of the signals.
"""

from functools import cache

import torch

from ..constants import SAMPLE_RATE

from .pipeline import power
from .spectral_distance import WindowedSpectra, band_shares

WINDOW = SAMPLE_RATE * 25 // 1000
HIGHEST_HZ = 5000  # frames are silent by their power up to here
BINS = HIGHEST_HZ * WINDOW // SAMPLE_RATE
NUM_THIRD_OCTAVES = 15
LOWEST_CENTRE_HZ = 150
SEGMENT = 30  # frames
STEP = 2  # frames from one segment to the next; the standard's is 1
SPOKEN = 1e-4  # of the loudest frame's power: quieter ones are left out
SILENCE = 1e-7  # power below which a wanted signal is none
FLOOR = 1e-4  # of a band's or frame's squared length where speech has RMS 1: less has no shape


def intelligibility_distance(x: torch.Tensor, s: torch.Tensor) -> torch.Tensor:
    """1 - ESTOI of each signal, (B,): 0 where x is intelligible as s, about 1 where nothing of it is left.

    x, s: (B, samples) at 48 kHz, s at about RMS 1; only x has slopes. 0 where s is silent or its speech is
    shorter than a segment.
    """
    degraded, reference = (_spectra(signal) for signal in (x, s))
    energies = reference.sum(2)
    spoken = (energies > SPOKEN * energies.amax(1, keepdim=True)) & (s.square().mean(1, keepdim=True) > SILENCE)
    order = torch.argsort((~spoken).to(torch.uint8), dim=1, stable=True).unsqueeze(2)
    alike = [_segments(spectra.take_along_dim(order, dim=1)) for spectra in (degraded, reference)]
    similarity = (alike[0] * alike[1]).sum((2, 3)) / SEGMENT
    starts = STEP * torch.arange(similarity.shape[1], device=x.device)
    counted = (starts + SEGMENT <= spoken.sum(1, keepdim=True)).to(x.dtype)
    return ((1 - similarity) * counted).sum(1) / counted.sum(1).clamp_min(1)


def _spectra(signal: torch.Tensor) -> torch.Tensor:
    """(B, samples) -> powers of bins (B, frames, BINS)."""
    return power(WindowedSpectra.apply(signal, _hann(signal.device, signal.dtype), BINS))


@cache
def _hann(device: torch.device, dtype: torch.dtype) -> torch.Tensor:
    window = torch.hann_window(WINDOW, device=device, dtype=dtype)
    return window / window.square().sum().sqrt()


@cache
def third_octaves(device: torch.device, dtype: torch.dtype) -> torch.Tensor:
    """Shares of bins in bands, (BINS, NUM_THIRD_OCTAVES)."""
    edges = LOWEST_CENTRE_HZ * 2 ** ((2 * torch.arange(NUM_THIRD_OCTAVES + 1, dtype=torch.double) - 1) / 6)
    return band_shares(edges, BINS, HIGHEST_HZ / BINS).to(device, dtype)


def _segments(spectra: torch.Tensor) -> torch.Tensor:
    """(B, frames, BINS) -> shapes (B, segments, bands, SEGMENT): bands normalised over time, then frames over bands."""
    sizes = (spectra @ third_octaves(spectra.device, spectra.dtype) + FLOOR**2).sqrt()
    return _normalised(_normalised(sizes.unfold(1, SEGMENT, STEP), 3), 2)


def _normalised(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Mean 0 and length 1 along a dimension."""
    x = x - x.mean(dim, keepdim=True)
    return x / (x.square().sum(dim, keepdim=True) + FLOOR).sqrt()
