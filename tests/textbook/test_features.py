"""Features by numpy's logarithms."""

import numpy as np
import pytest
from textbook import noise, run

from percepnet.constants import NUM_BANDS, SIGNALS


def textbook_levels(E):
    """log10 with a floor of -110 dB; no band 70 dB under the loudest below it or 15 dB under the last."""
    L, out = np.log10(1e-11 + E), []
    for b, level in enumerate(L):
        masked = [value - 7 for value in [-11.0, *out]] + [value - 1.5 * (b - i) for i, value in enumerate(out)]
        out.append(max([level, -11 - 1.5 * (b + 1), *masked]))
    return np.array(out)


def features(E, q=0.0, period=96, correlation=0.0):
    Ey = noise(SIGNALS["Ey"]["shape"]) ** 2
    Ey[-1] = E
    given = {"q": np.full(NUM_BANDS, q), "period": [period], "correlation": [correlation]}
    return run("features", Ey=Ey, **given)["features"]


@pytest.mark.parametrize("seed", range(5))
def test_levels_are_numpys_logarithm_masked(seed):
    rng = np.random.default_rng(seed)
    E = 10.0 ** rng.uniform(-14, 3, NUM_BANDS)
    expected = 0.5 * (textbook_levels(E) + 7)
    np.testing.assert_allclose(features(E)[:NUM_BANDS], expected, atol=5e-8)


def test_levels_of_silence_are_the_floor():
    np.testing.assert_allclose(features(np.zeros(NUM_BANDS))[:NUM_BANDS], 0.5 * (-11 + 7), atol=1e-8)


def test_a_loud_band_masks_those_above_it():
    E = np.zeros(NUM_BANDS)
    E[3] = 1
    levels = features(E)[:NUM_BANDS] / 0.5 - 7
    np.testing.assert_allclose(levels[2:10], [-11, 0, -1.5, -3, -4.5, -6, -7, -7], atol=1e-6)


@pytest.mark.parametrize("period", [96, 97, 333, 480, 864])
def test_the_period_is_its_logarithm(period):
    assert features(np.ones(NUM_BANDS), period=period)[-2] == pytest.approx(np.log2(period / 96) / 3.2, abs=5e-8)


@pytest.mark.parametrize("q, expected", [(-0.5, -0.2), (-0.1, -0.1), (0.7, 0.7), (1.2, 1)])
def test_coherence_is_clipped_and_correlation_as_it_is(q, expected):
    x = features(np.ones(NUM_BANDS), q=q, correlation=0.625)
    np.testing.assert_array_equal(x[NUM_BANDS : 2 * NUM_BANDS], expected)
    assert x[-1] == 0.625
