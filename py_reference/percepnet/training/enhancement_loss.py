"""How far the enhanced signal is from the wanted one: compressed spectra of the pipeline's own and of other windows.

Signals are brought to one level first, so that quiet mixtures count as much as loud ones. A power of 1 per bin is
then what white noise at the level of the speech has.
"""

from dataclasses import dataclass
from functools import cache

import torch

from ..constants import FRAME_SIZE, SAMPLE_RATE, WINDOW_SIZE

from .feature_store import HISTORY_BLOCKS, AudioBatch
from .intelligibility_distance import intelligibility_distance
from .perceptual_distance import perceptual_distance
from .pipeline import NUM_USED_BINS, Spectra, analyse, enhance, synthesis, to_bins
from .spectral_distance import Comparison, SpectralDistance, WindowedSpectra

QUIETEST_SPEECH = 0.3  # speech more than 10 dB below the mixture is not brought up any further
SILENCE = 1e-5  # RMS below which a sequence is left as it is
ERROR_FLOOR = 1e-3  # error 30 dB below the speech, from where a smaller one counts no more
HARM_FLOOR = 1e-5  # the same where the input is compared with: 50 dB
HARMLESS_DB = (20.0, 35.0)  # ratio of an input to its noise from where harm counts at all, and fully
PIPELINE_UNIT = 1 / (2 * WINDOW_SIZE)  # power per bin of white noise at RMS 1: sum of the squared window over 960^2
USED_HZ = (NUM_USED_BINS - 1) * SAMPLE_RATE / WINDOW_SIZE


@dataclass(frozen=True)
class LossSettings:
    """Weights and shapes of the end-to-end loss; [loss] of a run's config.

    power: magnitudes are compared after |X|^power. complex_share: weight of the comparison with phase, 0..1.
    lost_speech: what taking away speech costs on top of leaving as much noise. low_share: 0 weighs all bins alike,
    1 as the ear's bandwidths do. windows: lengths, samples, of the spectra of the signal, of which each sequence takes
    one; windows_weight: theirs against the pipeline's own spectrum. distortion_weight: of the signal-to-distortion
    ratio, per 10 dB. harm_weight: of what it is worse than the input's where there is hardly any noise, per 10 dB.
    perceptual_weight: of the difference that PESQ's model of hearing finds, in its points. intelligibility_weight: of
    what ESTOI finds lost. feature_weight: of the losses on gains and strengths, which remain as a guide. postfilter:
    its strength in training.
    """

    power: float = 0.3
    complex_share: float = 0.3
    lost_speech: float = 0.5
    low_share: float = 0.5
    windows: tuple[int, ...] = (512, 1024, 2048)
    windows_weight: float = 1.0
    distortion_weight: float = 0.0
    harm_weight: float = 0.0
    perceptual_weight: float = 0.0
    intelligibility_weight: float = 0.0
    feature_weight: float = 0.1
    postfilter: float = 0.0

    @property
    def compares_signals(self) -> bool:
        """Whether what is heard is compared, not its spectra alone."""
        return any((self.distortion_weight, self.harm_weight, self.perceptual_weight, self.intelligibility_weight))


def enhancement_loss(
    g: torch.Tensor,
    r: torch.Tensor,
    weights: torch.Tensor,
    audio: AudioBatch,
    settings: LossSettings,
    first: int = 0,
) -> torch.Tensor:
    """Mean over the sequences; g, r, weights (T, B, 34) as the network and the store give them.

    Sequences take turns at the windows; first: the number of the first one, where another process has those before.
    Without a GPU they are gone through one by one, slopes included: what one needs fits the cache.
    """
    windows, sequences_in_all = settings.windows or (0,), g.shape[1]
    turns = [windows[(first + number) % len(windows)] for number in range(sequences_in_all)]
    if g.is_cuda:
        parts = [(slice(at, None, len(windows)), turns[at]) for at in range(min(len(windows), sequences_in_all))]
    else:
        parts = [(slice(at, at + 1), turns[at]) for at in range(sequences_in_all)]

    def loss_of(g: torch.Tensor, r: torch.Tensor, part: slice, window: int) -> torch.Tensor:
        noisy, clean, period = (x.to(g.device) for x in sequences(audio, part))
        scale = level(noisy, clean)
        spectra = analyse(noisy * scale, clean * scale, period)
        return sequence_losses(spectra, g, r, weights[:, part].transpose(0, 1), window, settings).sum()

    return _PartByPart.apply(g, r, loss_of, parts) / sequences_in_all


class _PartByPart(torch.autograd.Function):
    """apply(g, r, loss_of, parts) -> sum of loss_of(g[:, slice] batch first, r likewise, slice, window) over the parts.

    The slopes are made at once, so that nothing of a part is kept.
    """

    @staticmethod
    def forward(ctx, g, r, loss_of, parts):
        total, slopes = g.new_zeros(()), [torch.zeros_like(g), torch.zeros_like(r)]
        for part, window in parts:
            inputs = [x[:, part].transpose(0, 1).contiguous().requires_grad_() for x in (g.detach(), r.detach())]
            with torch.enable_grad():
                loss = loss_of(*inputs, part, window)
                found = torch.autograd.grad(loss, inputs)
            total += loss.detach()
            for slope, new in zip(slopes, found, strict=True):
                slope[:, part] = new.transpose(0, 1)
        ctx.save_for_backward(*slopes)
        return total

    @staticmethod
    def backward(ctx, grad):
        return *(grad * slope for slope in ctx.saved_tensors), None, None


def sequences(audio: AudioBatch, part: slice) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """noisy, clean (B, (HISTORY_BLOCKS + T) * FRAME_SIZE) and period (B, T) of some sequences of a batch."""
    noisy, clean = (torch.from_numpy(x[:, part]).transpose(0, 1).flatten(1) for x in (audio.noisy, audio.clean))
    return noisy, clean, torch.from_numpy(audio.period[:, part]).t()


def level(noisy: torch.Tensor, clean: torch.Tensor) -> torch.Tensor:
    """What to multiply each sequence with, (B, 1)."""
    at = HISTORY_BLOCKS * FRAME_SIZE
    rms = [x[:, at:].square().mean(1, keepdim=True).sqrt() for x in (clean, noisy)]
    return 1 / torch.maximum(rms[0], QUIETEST_SPEECH * rms[1]).clamp_min(SILENCE)


def sequence_losses(
    spectra: Spectra, g: torch.Tensor, r: torch.Tensor, weights: torch.Tensor, window: int, settings: LossSettings
) -> torch.Tensor:
    """Loss of each sequence, (B,). Bins with a share in a band of weight 0 are taken out of both signals.

    window: length of the spectra that the signals are compared by besides the pipeline's own; 0: none.
    """
    known = to_bins((weights == 0).to(g.dtype)) == 0
    X, S = enhance(spectra, g, r, settings.postfilter) * known, spectra.S * known
    loss = compressed_loss(X, S, PIPELINE_UNIT, settings)
    if window or settings.compares_signals:
        x, s = synthesis(X), synthesis(S)
        if window:
            loss = loss + settings.windows_weight * window_loss(x, s, window, settings)
        loss = loss + settings.distortion_weight * distortion(x, s)
        if settings.harm_weight:
            loss = loss + settings.harm_weight * harm(x, synthesis(spectra.Y * known), s)
        if settings.perceptual_weight:
            loss = loss + settings.perceptual_weight * perceptual_distance(x, s)
        if settings.intelligibility_weight:
            loss = loss + settings.intelligibility_weight * intelligibility_distance(x, s)
    return loss


def window_loss(x: torch.Tensor, s: torch.Tensor, length: int, settings: LossSettings) -> torch.Tensor:
    """The compressed loss of signals (B, samples) seen through windows of that length, (B,)."""
    window, bins = hann(length, x.device, x.dtype), int(USED_HZ * length / SAMPLE_RATE) + 1
    X, S = (WindowedSpectra.apply(signal, window, bins) for signal in (x, s))
    return compressed_loss(X, S, float(window.square().sum()), settings)


@cache
def hann(length: int, device: torch.device, dtype: torch.dtype) -> torch.Tensor:
    """A periodic Hann window."""
    return torch.hann_window(length, device=device, dtype=dtype)


def compressed_loss(X: torch.Tensor, S: torch.Tensor, unit: float, settings: LossSettings) -> torch.Tensor:
    """Weighted mean over frames and bins of X against S, (B, T, 2, bins) -> (B,). unit: power of a bin at 0 dB."""
    weights = bin_weights(X.shape[-1], settings.low_share, X.device, X.dtype)
    comparison = Comparison(unit, settings.power, settings.complex_share, settings.lost_speech)
    return SpectralDistance.apply(X, S, weights, comparison)


@cache
def bin_weights(bins: int, low_share: float, device: torch.device, dtype: torch.dtype) -> torch.Tensor:
    """Weights of bins from 0 to 20 kHz that sum to 1: between all alike and as dense as the ear's bands."""
    khz = torch.linspace(0, USED_HZ / 1000, bins, dtype=torch.double)
    density = 1 / (4.37 * khz + 1)
    weights = (1 - low_share) / bins + low_share * density / density.sum()
    return weights.to(device, dtype)


def distortion(x: torch.Tensor, s: torch.Tensor) -> torch.Tensor:
    """log10 of the error's power over ERROR_FLOOR, at least 0, (B,)."""
    return torch.log10(1 + (x - s).square().mean(1) / ERROR_FLOOR)


def harm(x: torch.Tensor, y: torch.Tensor, s: torch.Tensor) -> torch.Tensor:
    """log10 of the power of x's error over that of the input y, where it is larger, else 0, (B,).

    It counts where there is hardly any noise, more and more within HARMLESS_DB.
    """
    none, full = HARMLESS_DB
    error, untouched = ((signal - s).square().mean(1) + HARM_FLOOR for signal in (x, y))
    share = ((-10 * torch.log10(untouched) - none) / (full - none)).clamp(0, 1)
    return share * torch.log10(error / untouched).clamp_min(0)
