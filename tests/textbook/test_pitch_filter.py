"""The pitch filter is a blend, with strengths interpolated by numpy."""

import numpy as np
import pytest
from textbook import EXACT, noise, run

from percepnet.constants import BAND_LIMIT_BIN, NUM_BANDS, NUM_BINS, SIGNALS
from percepnet.tables import BAND_PEAKS

USED = np.arange(BAND_LIMIT_BIN + 1)


def mixed(r):
    Y, P = noise(SIGNALS["Y"]["shape"]), noise((2, NUM_BINS), 2)
    return run("pitch_filter", Y=Y, P=P, r=r)["Z"], Y[0], P


def test_z_is_the_blend_of_y_and_p():
    r = np.random.default_rng(3).random(NUM_BANDS)
    Z, Y, P = mixed(r)
    rk = np.interp(USED, BAND_PEAKS, r)
    np.testing.assert_allclose(Z[:, USED], ((1 - rk) * Y[:, USED] + rk * P[:, USED]), **EXACT)
    assert not Z[:, BAND_LIMIT_BIN + 1 :].any()


@pytest.mark.parametrize("r", [0, 1])
def test_the_ends_are_y_and_p(r):
    Z, Y, P = mixed(np.full(NUM_BANDS, r))
    np.testing.assert_allclose(Z[:, USED], (Y, P)[r][:, USED], **EXACT)
