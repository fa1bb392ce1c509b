"""The intelligibility distance: 1 - ESTOI as pystoi finds it, the same at any level, slopes right and finite."""

import numpy as np
import pytest
import torch
from damaged_speech import mixture, noise
from pystoi import stoi
from recordings import recording
from scipy.stats import pearsonr, spearmanr

from percepnet.constants import SAMPLE_RATE
from percepnet.training.intelligibility_distance import intelligibility_distance


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def speech(seconds: float = 3.0, pause: float = 0.0) -> np.ndarray:
    """At RMS 1, with so much silence in the middle."""
    samples = recording("clean_speech.flac", 0.0, seconds)
    return np.insert(samples / samples.std(), len(samples) // 2, np.zeros(round(pause * SAMPLE_RATE)))


def distance(degraded: np.ndarray, clean: np.ndarray) -> float:
    return float(intelligibility_distance(*(torch.tensor(x)[None].float() for x in (degraded, clean))))


def test_is_what_the_measure_finds():
    clean = speech(pause=0.7)
    damaged = [mixture(clean, colour, snr) for colour in (0.0, 0.8, 0.98) for snr in (-10, -5, 0, 8, 16, 24)]
    ours = [1 - distance(x, clean) for x in damaged]
    theirs = [stoi(clean, x, SAMPLE_RATE, extended=True) for x in damaged]
    assert spearmanr(ours, theirs).statistic > 0.98
    assert pearsonr(ours, theirs).statistic > 0.99
    np.testing.assert_allclose(ours, theirs, atol=0.03)


def test_a_signal_is_at_no_distance_from_itself_at_any_level():
    clean = speech()
    noisy = mixture(clean, 0.8, 10)
    assert distance(clean, clean) < 5e-3
    assert distance(0.3 * noisy, clean) == pytest.approx(distance(noisy, clean), rel=1e-2)


@pytest.mark.parametrize("spoken_s", [0.0, 0.2])
def test_nothing_is_asked_of_silence_or_of_less_than_a_segment(spoken_s):
    wanted = np.pad(speech()[SAMPLE_RATE : round((1 + spoken_s) * SAMPLE_RATE)], (0, SAMPLE_RATE))
    degraded = torch.from_numpy(noise(len(wanted), 0.5))[None].float().requires_grad_()
    lost = intelligibility_distance(degraded, torch.from_numpy(wanted)[None].float()).sum()
    lost.backward()
    assert lost == 0
    assert torch.equal(degraded.grad, torch.zeros_like(degraded))


def test_slopes_stay_small_where_nothing_is_left():
    clean = torch.tensor(speech())[None].float()
    degraded = (1e-6 * clean).requires_grad_()
    intelligibility_distance(degraded, clean).sum().backward()
    assert degraded.grad.isfinite().all() and float(degraded.grad.abs().max()) < 10


def test_slopes_are_those_of_small_differences():
    clean = torch.tensor(speech(1.0))[None].double()
    degraded = clean + 0.3 * torch.from_numpy(noise(clean.shape[1], 0.5))[None]
    way = torch.from_numpy(noise(clean.shape[1], 0.9, seed=2))[None]
    moved = degraded.clone().requires_grad_()
    intelligibility_distance(moved, clean).sum().backward()
    ahead, behind = (intelligibility_distance(degraded + step * way, clean) for step in (1e-6, -1e-6))
    assert float((moved.grad * way).sum()) == pytest.approx(float(ahead - behind) / 2e-6, rel=1e-3)
