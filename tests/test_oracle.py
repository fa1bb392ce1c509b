"""Ideal gains and strengths: the algebra of algorithm and paper, and what the pipeline makes of them."""

import numpy as np
import pytest
from backends import open_stream
from compare import assert_same_bits
from recordings import recording
from scipy import signal

from percepnet import oracle
from percepnet.comb_filter import future_periods
from percepnet.enhancer import Enhancer
from percepnet.constants import FRAME_SIZE, HIGH_PASS_A1, HIGH_PASS_A2, LATENCY, NUM_BANDS, SAMPLE_RATE
from percepnet.tables import COMB_NOISE, COMB_WEIGHTS
from percepnet.targets import dereverberated, ideal_gains

PERIOD, NOISE = 150, 3 / 16  # all taps exist: sigma_w^2 = 3 / (4 (M + 1))
ONES = np.ones(1)


def strength(qy, qx):
    return float(ideal_gains(ONES, ONES, np.array([qy]), np.array([qx]), PERIOD)[1][0])


@pytest.mark.parametrize("q", [0.0, 0.3, 0.9, 1.0])
def test_clean_speech_is_left_alone(q):
    g, r = ideal_gains(ONES, ONES, np.array([q]), np.array([q]), PERIOD)
    assert g == 1 and r == 0


def test_the_stable_form_is_the_textbooks():
    """alpha = (sqrt(b^2 + a e) - b) / a wherever a is not close to 0."""
    qy, qx = (v.ravel() for v in np.meshgrid(np.linspace(0.02, 0.98, 60), np.linspace(0.03, 0.99, 60)))
    qp = qy / np.sqrt((1 - NOISE) * qy**2 + NOISE)
    a, b, e = qp**2 - qx**2, qp * qy * (1 - qx**2), qx**2 - qy**2
    used = (np.abs(a) > 1e-3) & (e > 0) & (qp >= qx)
    with np.errstate(invalid="ignore", divide="ignore"):
        alpha = (np.sqrt(b**2 + a * e) - b) / a
    _, r = ideal_gains(np.ones(qy.size), np.ones(qy.size), qy, qx, PERIOD)
    np.testing.assert_allclose(r[used], (alpha / (1 + alpha))[used], rtol=1e-5, atol=1e-8)
    assert used.sum() > 500


def test_mixing_with_r_reaches_the_clean_coherence():
    """By the model behind it: y and p^ have equal energy and share only the periodic part."""
    for qy, qx in [(0.5, 0.7), (0.8, 0.9), (0.3, 0.5)]:
        r, qp = strength(qy, qx), qy / np.sqrt((1 - NOISE) * qy**2 + NOISE)
        energy = (1 - r) ** 2 + r**2 + 2 * r * (1 - r) * qy * qp
        assert ((1 - r) * qy + r * qp) / np.sqrt(energy) == pytest.approx(qx, abs=1e-6)


def test_where_combing_is_not_enough_noise_is_masked():
    g, r = ideal_gains(ONES, ONES, np.array([0.0]), np.array([1.0]), PERIOD)
    assert r == 1 and 20 * np.log10(g[0]) == pytest.approx(10 * np.log10(0.03 / 1.03), abs=1e-9)
    assert 20 * np.log10(g[0]) == pytest.approx(-15.4, abs=0.05)


def test_gains_are_amplitude_ratios_up_to_one():
    Ex, Ey = np.array([0.25, 1, 4, 0, 1]), np.array([1, 1, 1, 1, 0.0])
    g, _ = ideal_gains(Ey, Ex, np.ones(5), np.ones(5), PERIOD)
    np.testing.assert_allclose(g, [0.5, 1, 1, 0, 1])


def test_fewer_future_periods_mean_a_noisier_comb():
    qy, qx = np.array([0.5]), np.array([0.6])
    by_period = [ideal_gains(ONES, ONES, qy, qx, T)[1][0] for T in (200, 400, 800)]
    assert by_period[0] < by_period[1] < by_period[2]
    assert list(future_periods(np.array([200, 400, 800]))) == [3, 2, 1]


# --- the same with real combs, on tones


def combed(x, T):
    return sum(w * np.roll(x, k * T) for k, w in zip(range(-3, 4), COMB_WEIGHTS[-1], strict=True))


def coherence(a, b):
    return np.dot(a, b) / np.sqrt(np.dot(a, a) * np.dot(b, b))


def tone_and_noise(T, snr_db):
    """x = harmonic tone + white noise of 0.15 rms, y = x + white noise."""
    rng, n = np.random.default_rng(T), 4000 * T // 10
    pulses = np.resize(np.eye(1, T)[0], n)
    tone = signal.lfilter([1], [1, -0.9], pulses)
    x = tone / tone.std() + 0.15 * rng.standard_normal(n)
    return x, x + x.std() * 10 ** (-snr_db / 20) * rng.standard_normal(n)


@pytest.mark.parametrize("T", [480, 300, 218, 160, 107])
def test_a_real_mix_reaches_the_clean_coherence(T):
    x, y = tone_and_noise(T, 20)
    p, p_hat = combed(x, T), combed(y, T)
    qx, qy = coherence(p, x), coherence(p, y)
    r = strength(qy, qx)
    assert 0 < r < 1
    assert abs(coherence(p, (1 - r) * y + r * p_hat) - qx) < 0.05


@pytest.mark.parametrize("T", [480, 218, 107])
def test_at_5_db_the_comb_is_fully_on(T):
    x, y = tone_and_noise(T, 5)
    p = combed(x, T)
    assert strength(coherence(p, y), coherence(p, x)) == 1


# --- in the pipeline


def test_oracle_has_the_same_bits_in_c():
    noisy, clean = (recording(name, 1.0, 0.5) for name in ("noisy_speech.wav", "clean_speech.flac"))
    ours = oracle.enhance(noisy, clean)
    assert_same_bits(oracle.enhance(noisy, clean, make_stream=lambda **c: open_stream("native", **c)), ours, "oracle")


def si_sdr(estimate, target):
    scaled = np.dot(estimate, target) / np.dot(target, target) * target
    return 10 * np.log10(np.sum(scaled**2) / np.sum((estimate - scaled) ** 2))


def test_ideal_gains_and_strengths_each_help():
    noisy, clean = (recording(name, 0.5, 4.0) for name in ("noisy_speech.wav", "clean_speech.flac"))

    def score(**which):
        stream = {"make_stream": lambda **c: open_stream("native", **c)}
        return si_sdr(
            oracle.enhance(noisy, clean, postfilter=0.0, **stream, **which).astype(float), clean.astype(float)
        )

    nothing, gains, both = score(gains=False, strengths=False), score(strengths=False), score()
    assert nothing == pytest.approx(si_sdr(noisy.astype(float), clean.astype(float)), abs=0.5)
    assert gains > nothing + 3
    assert both > gains


@pytest.mark.parametrize("dtype, limit_db", [(np.float32, -120), (np.float64, -150)])
def test_without_gains_and_strengths_the_chain_is_a_delay(dtype, limit_db):
    """Where no window leaks beyond 20 kHz, what comes out is the high-passed input, LATENCY late."""
    rng = np.random.default_rng(1)
    low = signal.firwin(1201, 14000, fs=SAMPLE_RATE, window=("kaiser", 18))
    x = signal.lfilter(low, 1, 0.1 * rng.standard_normal(30 * FRAME_SIZE)).astype(dtype)
    stream = Enhancer(None, dtype, postfilter=0.0)
    stream.signal("g")[:] = 1
    out = []
    for frame in x.reshape(-1, FRAME_SIZE):
        stream.signal("input")[:] = frame
        oracle.run(stream, oracle.BEFORE + oracle.AFTER)
        out.append(stream.signal("output").copy())
    y = signal.lfilter([1, -2, 1], [1, HIGH_PASS_A1, HIGH_PASS_A2], x.astype(float))
    error = np.concatenate(out)[LATENCY:] - y[:-LATENCY]
    assert not np.any(np.concatenate(out)[: LATENCY - FRAME_SIZE])
    assert 10 * np.log10(np.sum(error**2) / np.sum(y**2)) < limit_db


# --- reverberation targets


def test_dereverberation_shortens_the_tail_and_keeps_the_start():
    t60, n = 0.6, SAMPLE_RATE // 2
    t = np.arange(n) / SAMPLE_RATE
    response = np.concatenate([np.zeros(100), 10 ** (-3 * t / t60)])
    target = dereverberated(response, t60)
    early = 100 + round(0.02 * SAMPLE_RATE)
    np.testing.assert_allclose(target[:early], response[:early], rtol=1e-9)
    late = target[early + 100 :]
    fall = 20 * np.log10(late[4800] / late[0])
    assert fall == pytest.approx(-60 * 0.1 / 0.2, abs=1e-6)


def test_a_dry_room_is_left_as_it_is():
    response = np.random.default_rng(1).standard_normal(NUM_BANDS)
    np.testing.assert_array_equal(dereverberated(response, 0.15), response)


def test_comb_noise_of_the_long_row_is_the_model():
    assert COMB_NOISE[-1] == pytest.approx(NOISE)
