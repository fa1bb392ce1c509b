"""The perceptual distance: ranks damage as PESQ does, the same at any level, slopes right and finite."""

import numpy as np
import pesq
import pytest
import torch
from damaged_speech import mixture, noise
from recordings import recording
from scipy.signal import resample_poly
from scipy.stats import spearmanr

from percepnet.constants import SAMPLE_RATE
from percepnet.training.perceptual_distance import perceptual_distance


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def speech(seconds: float = 3.0) -> np.ndarray:
    return recording("clean_speech.flac", 0.0, seconds)


def distance(degraded: np.ndarray, clean: np.ndarray) -> float:
    return float(perceptual_distance(*(torch.tensor(x)[None].float() for x in (degraded, clean))))


def listeners_score(distance: float) -> float:
    """The standard's bend to the scale of listeners."""
    return 0.999 + 4 / (1 + np.exp(-1.3669 * (4.5 - distance) + 3.8224))


def test_ranks_and_scores_damage_as_pesq_does():
    clean = speech()
    damaged = [mixture(clean, colour, snr) for colour in (0.0, 0.8, 0.98) for snr in (0, 8, 16, 24, 32)]
    ours = [listeners_score(distance(x, clean)) for x in damaged]
    theirs = [pesq.pesq(16000, *(resample_poly(y, 1, 3) for y in (clean, x)), "wb") for x in damaged]
    assert spearmanr(ours, theirs).statistic > 0.98
    np.testing.assert_allclose(ours, theirs, atol=0.4)


def test_a_signal_is_at_no_distance_from_itself_at_any_level():
    clean = speech()
    noisy = mixture(clean, 0.8, 10)
    assert distance(clean, clean) < 0.01
    assert distance(0.1 * noisy, clean) == pytest.approx(distance(noisy, clean), rel=1e-3)


def test_nothing_is_asked_of_silence():
    degraded = torch.from_numpy(noise(SAMPLE_RATE, 0.5))[None].float().requires_grad_()
    lost = perceptual_distance(degraded, torch.zeros(1, SAMPLE_RATE)).sum()
    lost.backward()
    assert lost == 0
    assert torch.equal(degraded.grad, torch.zeros_like(degraded))


def test_slopes_are_those_of_small_differences():
    clean = torch.tensor(speech(1.0))[None].double()
    degraded = clean + 0.3 * clean.std() * torch.from_numpy(noise(clean.shape[1], 0.5))[None]
    way = torch.from_numpy(noise(clean.shape[1], 0.9, seed=2))[None] * clean.std()
    moved = degraded.clone().requires_grad_()
    perceptual_distance(moved, clean).sum().backward()
    ahead, behind = (perceptual_distance(degraded + step * way, clean) for step in (1e-6, -1e-6))
    assert float((moved.grad * way).sum()) == pytest.approx(float(ahead - behind) / 2e-6, rel=1e-3)
