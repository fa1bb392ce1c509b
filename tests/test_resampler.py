"""The resampler: the bits of its reference, an ideal sinc's sound, and exactly the delay it states."""

import ctypes
from math import gcd

import numpy as np
import pytest
from scipy import signal

from percepnet.errors import BadOption
from percepnet.native import load_library
from percepnet.resampler import Resampler, reach

INNER = 48000
RATES = [8000, 11025, 16000, 22050, 32000, 44100, 88200, 96000, 192000]
#: Whose fractions are too many for a row each.
ODD_RATES = [8001, 44101, 47999, 191999]
FLAT, STOP = 0.86, 1.0  # of half the lower rate
BAD_ARG = -1


class Native:
    """The C core's resampler."""

    def __init__(self, from_rate: int, to_rate: int, offset: int = 0) -> None:
        self.library = load_library()
        size = self.library.percepnet_resampler_get_size(from_rate, to_rate)
        self.buffer = ctypes.create_string_buffer(size + 16)
        self.address = -(-ctypes.addressof(self.buffer) // 16) * 16
        self.error = self.library.percepnet_resampler_init(self.address, from_rate, to_rate, offset)

    def process(self, samples: np.ndarray, room: int) -> np.ndarray | int:
        samples, out = np.ascontiguousarray(samples, np.float32), np.full(room, np.nan, np.float32)
        made = self.library.percepnet_resampler_process(
            self.address, out.ctypes.data, room, samples.ctypes.data, len(samples)
        )
        return out[:made] if made >= 0 else made

    def reset(self) -> None:
        self.library.percepnet_resampler_reset(self.address)


def noise(count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, count).astype(np.float32)


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype == np.float32 and np.array_equal(a.view(np.uint32), b.view(np.uint32))


def ways(rates):
    return [way for rate in rates for way in ((rate, INNER), (INNER, rate))]


@pytest.mark.parametrize("from_rate, to_rate", ways(RATES + ODD_RATES))
def test_core_gives_the_bits_of_the_reference_however_the_signal_is_cut(from_rate, to_rate):
    x = noise(3000)
    x[500:600] *= np.float32(1e-14)
    offset = (to_rate // gcd(from_rate, to_rate)) // 3
    expected = Resampler(from_rate, to_rate, offset).process(x)
    core, parts, rng = Native(from_rate, to_rate, offset), [], np.random.default_rng(2)
    for _ in range(2):
        parts = []
        cuts = np.cumsum(rng.integers(0, 200, 100))
        for part in np.split(x, cuts[cuts < len(x)]):
            parts.append(core.process(part, 7 * len(part) + 7))
        core.reset()
    assert same_bits(np.concatenate(parts), expected)
    assert len(expected) > 0


@pytest.mark.parametrize("from_rate, to_rate", ways(RATES))
def test_as_many_outputs_as_their_time_says(from_rate, to_rate):
    divisor = gcd(from_rate, to_rate)
    a, b = from_rate // divisor, to_rate // divisor
    for count in (1, 128, 480, 1000):
        assert len(Resampler(from_rate, to_rate).process(noise(count))) == -(-count * b // a)


@pytest.mark.parametrize("rate", RATES)
def test_what_does_not_fit_comes_next_time(rate):
    """Back from 48 kHz exactly as many samples as a block of the context has are wanted; never fewer are there."""
    divisor = gcd(rate, INNER)
    for offset in (0, INNER // divisor - 1):
        up, down, whole = Resampler(rate, INNER), Native(INNER, rate, offset), Resampler(INNER, rate, offset)
        x, parts, inner = noise(128 * 12), [], []
        for block in x.reshape(-1, 128):
            inner.append(up.process(block))
            parts.append(down.process(inner[-1], 128))
            assert len(parts[-1]) == 128
        assert same_bits(np.concatenate(parts), whole.process(np.concatenate(inner), len(x)))


def response(from_rate: int, to_rate: int, frequencies: np.ndarray, offset: int = 0):
    """Complex gain of the float64 reference for sines at `frequencies`, Hz, with the stated delay taken off."""
    r = Resampler(from_rate, to_rate, offset, np.float64)
    delay = (r.reach + offset / r.b) / from_rate
    count = 4 * r.reach + 400
    settled = slice(-(-3 * r.reach * to_rate // from_rate) + 4, None)
    gains = []
    for frequency in frequencies:
        r.reset()
        out = r.process(np.cos(2 * np.pi * frequency * np.arange(count) / from_rate))
        times = np.arange(len(out)) / to_rate - delay
        basis = np.stack([np.cos(2 * np.pi * frequency * times), -np.sin(2 * np.pi * frequency * times)], 1)
        (re, im), *_ = np.linalg.lstsq(basis[settled], out[settled])
        gains.append(complex(re, im))
        assert np.abs(out - basis @ (re, im))[settled].max() < 10 ** (-80 / 20), "images"
    return np.array(gains)


@pytest.mark.parametrize("from_rate, to_rate", ways([*RATES, 44101]))
def test_flat_and_of_the_stated_delay_in_the_pass_band(from_rate, to_rate):
    band = np.linspace(0.01, FLAT, 12) * min(from_rate, to_rate) / 2
    offset = to_rate // gcd(from_rate, to_rate) // 2
    assert np.abs(response(from_rate, to_rate, band, offset) - 1).max() < 3e-4  # 0.003 dB


@pytest.mark.parametrize("rate", RATES)
def test_nothing_folds_back(rate):
    from_rate, to_rate = max(rate, INNER), min(rate, INNER)
    r = Resampler(from_rate, to_rate, dtype=np.float64)
    for frequency in np.linspace(STOP * to_rate / 2, from_rate / 2, 9):
        r.reset()
        out = r.process(np.cos(2 * np.pi * frequency * np.arange(4 * r.reach + 400) / from_rate))
        settled = out[-(-3 * r.reach * to_rate // from_rate) + 4 :]
        assert np.abs(settled).max() < 10 ** (-80 / 20)


@pytest.mark.parametrize("from_rate, to_rate", ways([8000, 44100, 96000]))
def test_agrees_with_scipy_where_both_are_flat(from_rate, to_rate):
    r = Resampler(from_rate, to_rate, dtype=np.float64)
    smooth = signal.firwin(301, 0.75 * min(from_rate, to_rate) / 2, fs=from_rate, window=("kaiser", 10))
    x = np.convolve(noise(4000).astype(float), smooth)
    steep = signal.firwin(200 * max(r.a, r.b) + 1, 0.9 / max(r.a, r.b), window=("kaiser", 12))
    theirs = signal.resample_poly(x, r.b, r.a, window=steep)
    whole = -r.reach % r.a  # zeros before the signal that make the delay whole outputs
    ours = r.process(np.concatenate([np.zeros(whole), x, np.zeros(4 * r.reach)]))
    ours = ours[(whole + r.reach) * r.b // r.a :][: len(theirs)]
    assert np.abs(ours - theirs).max() < 1e-4 * np.abs(theirs).max()


def test_what_is_out_of_range():
    library = load_library()
    for rates in ((7999, INNER), (INNER, 192001), (0, 0), (-8000, INNER)):
        assert library.percepnet_resampler_get_size(*rates) == library.percepnet_resampler_get_reach(*rates) == 0
        with pytest.raises(BadOption, match="whole Hz from 8000 to 192000"):
            Resampler(*rates)
    assert Native(INNER, 44100, 16 * 147).error == Native(INNER, 44100, -1).error == BAD_ARG
    with pytest.raises(BadOption, match="offset is 2352: give 0 to 2351"):
        Resampler(INNER, 44100, 16 * 147)
    assert Native(INNER, 16000).process(noise(3000), 10) == BAD_ARG, "input that nobody takes must not be lost"


@pytest.mark.parametrize("from_rate, to_rate", ways(RATES + ODD_RATES))
def test_reach_is_the_same_everywhere(from_rate, to_rate):
    assert load_library().percepnet_resampler_get_reach(from_rate, to_rate) == reach(from_rate, to_rate)
