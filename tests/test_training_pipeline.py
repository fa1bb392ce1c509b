"""The torch copy of the pipeline: the core's signal from the core's gains, and slopes that are right and finite."""

import numpy as np
import pytest
import torch
from compare import snr_db
from recordings import recording

from percepnet import native
from percepnet.constants import FRAME_SIZE, NUM_BANDS
from percepnet.model_file import encode_model, random_weights
from percepnet.training.feature_store import HISTORY_BLOCKS
from percepnet.training.pipeline import Spectra, analyse, enhance, power, synthesis, transparency

ROWS = 200
AGREEMENT_DB = 110  # float32 sums in another order; the core itself is 115 dB from float64


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def core_steps(samples: np.ndarray, postfilter: float) -> dict[str, np.ndarray]:
    """Every signal that the copy needs or must give, per step of the C core, with random gains and strengths.

    In every second band the gains are so near to 1 that it opens. given: g and r before that, (ROWS, 2, NUM_BANDS).
    """
    core = native.Inspector(encode_model(random_weights(64, 1), {}), postfilter=postfilter)
    rng = np.random.default_rng(1)
    names = ("history", "period", "Y", "P", "X", "g", "r", "wet")
    steps = {name: [] for name in (*names, "given")}
    closed = np.stack([np.where(np.arange(NUM_BANDS) % 2, 1, 0.3), np.ones(NUM_BANDS)])
    for block in samples[: ROWS * FRAME_SIZE].reshape(ROWS, FRAME_SIZE):
        core.signal("input")[:] = block
        for stage in core.stages:
            core.run_stage(stage)
            if stage == "nnet":
                given = (1 - closed * rng.random(closed.shape)).astype(np.float32)
                core.signal("g")[:], core.signal("r")[:] = given
                steps["given"].append(given)
        for name in names:
            steps[name].append(core.signal(name).copy())
    return {name: np.stack(values) for name, values in steps.items()}


def torch_steps(steps: dict[str, np.ndarray], postfilter: float) -> tuple[Spectra, torch.Tensor, torch.Tensor]:
    """The copy's spectra, enhanced spectrum and signal from the core's inputs, as a batch of one."""
    before = np.zeros(HISTORY_BLOCKS * FRAME_SIZE, np.float32)
    heard = np.concatenate([before, steps["history"][:, -FRAME_SIZE:].ravel()])
    noisy, period = torch.from_numpy(heard)[None], torch.from_numpy(steps["period"].T.astype(np.int64))
    spectra = analyse(noisy, noisy, period)
    X = enhance(spectra, *(torch.from_numpy(steps[name])[None] for name in "gr"), postfilter)
    return spectra, X, synthesis(X)


@pytest.mark.parametrize("postfilter", [0.0, 1.0])
@pytest.mark.parametrize("clip", ["noisy_speech.wav", "clipping_and_silence.flac"])
def test_gains_and_strengths_of_the_core_give_its_signal(clip, postfilter):
    steps = core_steps(recording(clip, 0.5, 2.5), postfilter)
    spectra, X, wet = torch_steps(steps, postfilter)
    for name, ours in (("Y", spectra.Y), ("P", spectra.P), ("X", X)):
        core = steps[name].reshape(ROWS, -1, 2, 481)[:, 0, :, : ours.shape[-1]]
        assert snr_db(ours[0].numpy(), core) > AGREEMENT_DB, name
    assert snr_db(wet[0].numpy(), steps["wet"].ravel()) > AGREEMENT_DB


def test_the_same_bands_open():
    steps = core_steps(recording("noisy_speech.wav", 0.5, 2.5), 0.0)
    Ey, (g, r) = torch_steps(steps, 0.0)[0].Ey, torch.from_numpy(np.stack(steps["given"], axis=1))[:, None]
    opened = transparency(Ey, g, r)
    assert (opened[1] == 0).any() and (opened[0] == g).any()
    for ours, name in zip(opened, "gr", strict=True):
        np.testing.assert_allclose(ours[0].numpy(), steps[name], atol=1e-5)


def test_a_stretch_is_a_part_of_the_whole():
    steps = core_steps(recording("noisy_speech.wav", 0.5, 2.5), 0.0)
    whole = torch_steps(steps, 0.0)[1]
    start = 60
    heard = torch.from_numpy(steps["history"][start - HISTORY_BLOCKS :, -FRAME_SIZE:].ravel())[None]
    period = torch.from_numpy(steps["period"][start:].T.astype(np.int64))
    g, r = (torch.from_numpy(steps[name][start:])[None] for name in "gr")
    assert torch.equal(enhance(analyse(heard, heard, period), g, r), whole[:, start:])


def test_slopes_are_those_of_finite_differences():
    torch.manual_seed(1)
    rows = 3
    noisy, clean = 0.1 * torch.randn(2, 1, (HISTORY_BLOCKS + rows) * FRAME_SIZE, dtype=torch.double)
    spectra = analyse(noisy, clean, torch.tensor([[96, 300, 864]]))
    g, r = 0.05 + 0.5 * torch.rand(2, 1, rows, NUM_BANDS, dtype=torch.double)

    def energy(g, r):
        return power(enhance(spectra, g, r, 0.5)).sum() + synthesis(enhance(spectra, g, r)).square().sum()

    assert torch.autograd.gradcheck(energy, (g.requires_grad_(), r.requires_grad_()))


def test_silence_has_finite_slopes():
    noisy = torch.zeros(1, (HISTORY_BLOCKS + 4) * FRAME_SIZE)
    g, r = torch.rand(2, 1, 4, NUM_BANDS)
    X = enhance(analyse(noisy, noisy, torch.full((1, 4), 96)), g.requires_grad_(), r.requires_grad_(), 1.0)
    X.square().sum().backward()
    assert not X.any() and torch.isfinite(g.grad).all() and torch.isfinite(r.grad).all()
