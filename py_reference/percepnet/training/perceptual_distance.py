"""How different two signals sound, after ITU-T P.862.2 (PESQ, wide band), with slopes.

The model of hearing is the standard's: level, bands, equalisation of the wanted signal, loudness, and a disturbance
that counts added sound more than lost sound. Not the standard's: signals are not aligned in time, levels are found on
spectra instead of filtered signals, bands are of equal width in Bark and the hearing threshold is Terhardt's formula.
"""

from dataclasses import dataclass
from functools import cache

import torch

from ..constants import SAMPLE_RATE

from .pipeline import power
from .spectral_distance import WindowedSpectra, band_shares

WINDOW = SAMPLE_RATE * 32 // 1000
HIGHEST_HZ = 8000
BINS = HIGHEST_HZ * WINDOW // SAMPLE_RATE
NUM_BARK_BANDS = 49
LEVEL_HZ = (350, 3250)  # where both signals are brought to one level
LEVEL = 1e7  # their mean power there, in the standard's units
POWER_SCALE = 5e-4 / 9  # of a band's summed bins; the standard's spectra are of a third as many samples
LOUDNESS_SCALE = 0.1866
LOUDNESS_EXPONENT = 0.23
SILENCE = 1e-7  # power below which a wanted signal is none: nothing is compared


def perceptual_distance(x: torch.Tensor, s: torch.Tensor) -> torch.Tensor:
    """What the standard takes off its best score of 4.5, before it is bent to the scale of listeners, (B,).

    x, s: (B, samples) at 48 kHz, at least 25 windows long; only x has slopes. 0 where s is silent.
    """
    heard = s.square().mean(1) > SILENCE
    degraded, reference = (_band_powers(signal) for signal in (x, s))
    reference = _equalised(reference, degraded)
    degraded = degraded * _frame_gains(reference, degraded)
    symmetric, asymmetric = _disturbances(degraded, reference)
    return torch.where(heard, 0.1 * _over_time(symmetric) + 0.0309 * _over_time(asymmetric), 0.0)


@dataclass(frozen=True)
class Hearing:
    """Of each band: the bins it sums (bins, bands), its threshold, its exponent of loudness; widths in Bark."""

    bands: torch.Tensor
    threshold: torch.Tensor
    exponent: torch.Tensor
    width: float
    level: torch.Tensor  # (bins,): 1 within LEVEL_HZ
    emphasis: torch.Tensor  # (bins,): power response of the standard's input filter


def bark(hz: torch.Tensor) -> torch.Tensor:
    """The critical-band rate of a frequency."""
    return 6 * torch.asinh(hz / 600)


@cache
def hearing(device: torch.device, dtype: torch.dtype) -> Hearing:
    """The constants of the model of hearing."""
    spacing = HIGHEST_HZ / BINS
    hz = torch.arange(BINS, dtype=torch.double) * spacing
    width = float(bark(torch.tensor(HIGHEST_HZ, dtype=torch.double))) / NUM_BARK_BANDS
    edges = 600 * torch.sinh(torch.arange(NUM_BARK_BANDS + 1, dtype=torch.double) * width / 6)
    bands = band_shares(edges, BINS, spacing)
    bands[0] = 0  # the mean is not heard
    centre = (edges[:-1] + edges[1:]) / 2
    threshold = 0.25 * 10 ** (0.364 * ((centre / 1000).pow(-0.8) - 1).clamp(0, 20))
    exponent = LOUDNESS_EXPONENT * (6 / (bark(centre) + 2)).clamp(1, 2) ** 0.15
    level = ((hz >= LEVEL_HZ[0]) & (hz <= LEVEL_HZ[1])).double()
    z = torch.exp(-2j * torch.pi * hz / (2 * HIGHEST_HZ))
    emphasis = (2.740826 * (1 - 2 * z + z**2) / (1 - 1.9444777 * z + 0.94597794 * z**2)).abs().square()
    tensors = [x.to(device, dtype) for x in (bands, threshold, exponent, level, emphasis)]
    return Hearing(*tensors[:3], width, *tensors[3:])


def _band_powers(signal: torch.Tensor) -> torch.Tensor:
    """(B, samples) -> (B, frames, bands), the signal brought to LEVEL."""
    ear, window = hearing(signal.device, signal.dtype), _hann(signal.device, signal.dtype)
    bins = power(WindowedSpectra.apply(signal, window, BINS))
    mean = 2 * (bins @ ear.level).mean(1) / (WINDOW * window.square().sum())
    scale = POWER_SCALE * LEVEL / mean.clamp_min(1e-12)
    return (bins * ear.emphasis) @ ear.bands * scale.view(-1, 1, 1)


@cache
def _hann(device: torch.device, dtype: torch.dtype) -> torch.Tensor:
    return torch.hann_window(WINDOW, device=device, dtype=dtype)


def _audible(powers: torch.Tensor, factor: float) -> torch.Tensor:
    """Powers of bands at `factor` times their threshold or more, others 0."""
    return torch.where(powers > factor * hearing(powers.device, powers.dtype).threshold, powers, 0.0)


def _equalised(reference: torch.Tensor, degraded: torch.Tensor) -> torch.Tensor:
    """The wanted signal with the mean spectrum of the other one, by 20 dB at most."""
    spoken = (_audible(reference, 100).sum(2, keepdim=True) >= LEVEL).to(reference.dtype)
    means = [(_audible(powers, 100) * spoken).mean(1, keepdim=True) for powers in (degraded, reference)]
    return reference * ((means[0] + 1000) / (means[1] + 1000)).clamp(0.01, 100)


def _frame_gains(reference: torch.Tensor, degraded: torch.Tensor) -> torch.Tensor:
    """What brings each frame of the degraded signal to the loudness of the wanted one, (B, frames, 1)."""
    ratio = (_audible(reference, 1).sum(2) + 5e3) / (_audible(degraded, 1).sum(2) + 5e3)
    smooth = torch.cat([ratio[:, :1], 0.8 * ratio[:, 1:] + 0.2 * ratio[:, :-1]], dim=1)
    return smooth.clamp(3e-4, 5).unsqueeze(2)


def _loudness(powers: torch.Tensor) -> torch.Tensor:
    """Zwicker's law."""
    ear = hearing(powers.device, powers.dtype)
    above = (powers / ear.threshold).clamp_min(1)
    return LOUDNESS_SCALE * (2 * ear.threshold) ** ear.exponent * ((0.5 + 0.5 * above) ** ear.exponent - 1)


def _disturbances(degraded: torch.Tensor, reference: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Of each frame (B, frames): any difference, and what was added only."""
    loud, wanted = _loudness(degraded), _loudness(reference)
    difference = loud - wanted
    heard = (difference.abs() - 0.25 * torch.minimum(loud, wanted)).clamp_min(0)[..., 1:]
    asymmetry = ((degraded + 50) / (reference + 50)).pow(1.2)
    asymmetry = torch.where(asymmetry < 3, 0.0, asymmetry.clamp(max=12))[..., 1:]
    width = hearing(degraded.device, degraded.dtype).width
    total = width * (NUM_BARK_BANDS - 1)
    symmetric = (width * heard).square().sum(2).div(total).add(1e-12).sqrt() * total
    added = (width * heard * asymmetry).sum(2)
    masking = ((_audible(reference, 1).sum(2) + 1e5) / 1e7) ** 0.04
    return (symmetric / masking).clamp(max=45), (added / masking).clamp(max=45)


def _over_time(disturbance: torch.Tensor) -> torch.Tensor:
    """(B, frames) -> (B,): short loud disturbances weigh more than long weak ones."""
    syllables = disturbance.unfold(1, 20, 10).pow(6).mean(2).add(1e-12).pow(1 / 6)
    return syllables.square().mean(1).add(1e-12).sqrt()
