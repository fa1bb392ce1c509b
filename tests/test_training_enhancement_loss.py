"""The end-to-end loss: 0 on the target, the same at any level, blind where the target is unknown, slopes finite."""

import numpy as np
import pytest
import torch
from recordings import recording

from percepnet.constants import FRAME_SIZE, NUM_BANDS
from percepnet.training.enhancement_loss import LossSettings, enhancement_loss, level, sequence_losses, sequences
from percepnet.training.feature_store import HISTORY_BLOCKS, AudioBatch
from percepnet.training.pipeline import analyse

ROWS = 40
EVERYTHING = LossSettings(distortion_weight=0.1, harm_weight=0.1)
OPEN, SHUT = (torch.full((ROWS, 1, NUM_BANDS), value) for value in (1.0, 0.0))


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def blocks(samples: np.ndarray, batch: int = 1) -> np.ndarray:
    """(HISTORY_BLOCKS + ROWS, batch, FRAME_SIZE) of one signal after the other."""
    return samples.astype(np.float32).reshape(batch, -1, FRAME_SIZE).swapaxes(0, 1)


def speech(batch: int = 1) -> np.ndarray:
    """Blocks of clean speech."""
    size = batch * (HISTORY_BLOCKS + ROWS) * FRAME_SIZE
    return blocks(recording("clean_speech.flac", 1.0, size / 48000), batch)


def noise(batch: int = 1, seed: int = 1) -> np.ndarray:
    """Blocks of white noise about as loud as the speech."""
    size = batch * (HISTORY_BLOCKS + ROWS) * FRAME_SIZE
    return blocks(np.random.default_rng(seed).normal(0, 0.05, size), batch)


def signals(noisy: np.ndarray, clean: np.ndarray) -> AudioBatch:
    """A batch with some period in every row."""
    return AudioBatch(noisy, clean, np.full((ROWS, noisy.shape[1]), 300))


def test_the_target_costs_nothing_and_anything_else_does():
    audio = signals(speech(), speech())
    assert enhancement_loss(OPEN, SHUT, OPEN, audio, EVERYTHING).abs() < 1e-5
    assert enhancement_loss(0.5 * OPEN, SHUT, OPEN, audio, EVERYTHING) > 0.01
    assert enhancement_loss(OPEN, OPEN, OPEN, audio, EVERYTHING) > 0.001


def test_quiet_mixtures_count_as_much_as_loud_ones():
    loud, quiet = (signals(scale * (speech() + noise()), scale * speech()) for scale in (1.0, 0.01))
    first, second = (enhancement_loss(0.5 * OPEN, 0.3 * OPEN, OPEN, audio, EVERYTHING) for audio in (loud, quiet))
    assert second == pytest.approx(float(first), rel=1e-4)


def test_lost_speech_costs_more_than_noise_left():
    dear, cheap = (LossSettings(lost_speech=price, complex_share=0.0, windows=()) for price in (2.0, 0.0))
    losses = [
        [enhancement_loss(0.5 * OPEN, SHUT, OPEN, audio, prices) for prices in (dear, cheap)]
        for audio in (signals(speech(), speech()), signals(noise(), 0 * noise()))
    ]
    assert losses[0][0] / losses[0][1] == pytest.approx(3.0)
    assert losses[1][0] == losses[1][1]


def harm(gain: float, noise_db: float) -> float:
    """What the harm done by one gain everywhere costs, in speech with white noise of that level to it."""
    clean = speech()
    scale = 10 ** (noise_db / 20) * np.std(clean[HISTORY_BLOCKS:]) / np.std(noise())
    audio = signals(clean + (scale * noise()).astype(np.float32), clean)
    with_harm, without = (
        enhancement_loss(gain * OPEN, SHUT, OPEN, audio, LossSettings(windows=(), harm_weight=weight))
        for weight in (1.0, 0.0)
    )
    return float(with_harm - without)


def test_harm_is_what_is_worse_than_an_input_with_hardly_any_noise():
    assert harm(1.0, -40) == pytest.approx(0, abs=0.01)  # the input itself
    assert 1.5 < harm(0.8, -40) < harm(0.5, -40)  # an error of -14 dB where there was one of -40 dB
    assert 0 < harm(0.8, -28) < 0.8 * harm(0.8, -40)  # half as much counts
    assert harm(0.5, -15) == 0  # noise that is worth to be taken away


def test_bands_without_weight_are_not_heard():
    known = OPEN.clone()
    known[:, :, 20:] = 0
    g = torch.rand(ROWS, 1, NUM_BANDS)
    other = g.clone()
    other[:, :, 20:] = 0.9
    audio = signals(speech() + noise(), speech())
    assert torch.equal(*(enhancement_loss(gains, SHUT, known, audio, LossSettings()) for gains in (g, other)))
    assert not torch.equal(*(enhancement_loss(gains, SHUT, OPEN, audio, LossSettings()) for gains in (g, other)))


def test_slopes_made_sequence_by_sequence_are_those_of_the_whole():
    torch.manual_seed(1)
    audio, settings = (
        signals(speech(2) + noise(2), speech(2)),
        LossSettings(windows=(512,), distortion_weight=0.1, harm_weight=0.1),
    )
    g, r = (torch.rand(ROWS, 2, NUM_BANDS, requires_grad=True) for _ in range(2))
    weights = torch.ones(ROWS, 2, NUM_BANDS)
    ours = enhancement_loss(g, r, weights, audio, settings)
    noisy, clean, period = sequences(audio, slice(None))
    scale = level(noisy, clean)
    first = [x.transpose(0, 1) for x in (g, r, weights)]
    whole = sequence_losses(analyse(noisy * scale, clean * scale, period), *first, 512, settings).mean()
    torch.testing.assert_close(ours, whole)
    for mine, plain in zip(torch.autograd.grad(3 * ours, (g, r)), torch.autograd.grad(3 * whole, (g, r)), strict=True):
        torch.testing.assert_close(mine, plain, rtol=1e-4, atol=1e-7)


def test_sequences_take_turns_at_the_windows():
    one, two = LossSettings(windows=(512,)), LossSettings(windows=(512, 2048))
    audio = signals(np.repeat(speech() + noise(), 2, axis=1), np.repeat(speech(), 2, axis=1))
    g, r, weights = (torch.full((ROWS, 2, NUM_BANDS), value) for value in (0.5, 0.2, 1.0))
    long = LossSettings(windows=(2048,))
    each = [enhancement_loss(g, r, weights, audio, settings) for settings in (one, long)]
    torch.testing.assert_close(enhancement_loss(g, r, weights, audio, two), sum(each) / 2)
    last = AudioBatch(*(x[:, 1:] for x in (audio.noisy, audio.clean, audio.period)))
    torch.testing.assert_close(enhancement_loss(g[:, 1:], r[:, 1:], weights[:, 1:], last, two, first=1), each[1])


@pytest.mark.parametrize("value", [0.0, 1e-6, 0.5, 1.0])
def test_noise_alone_drives_gains_down(value):
    g, r = (value * OPEN).requires_grad_(), (value * OPEN).requires_grad_()
    enhancement_loss(g, r, OPEN, signals(noise(), 0 * noise()), EVERYTHING).backward()
    assert torch.isfinite(g.grad).all() and torch.isfinite(r.grad).all()
    assert (g.grad >= 0).all() and (g.grad > 0).any() == (value > 0)


def test_silence_has_no_slopes():
    g, r = (0.5 * OPEN).requires_grad_(), (0.5 * OPEN).requires_grad_()
    loss = enhancement_loss(g, r, OPEN, signals(0 * noise(), 0 * noise()), EVERYTHING)
    loss.backward()
    assert loss == 0 and not g.grad.any() and not r.grad.any()
