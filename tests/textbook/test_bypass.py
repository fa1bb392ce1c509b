"""Bypass is a straight line from wet to dry."""

import numpy as np
import pytest
from textbook import noise, run

from percepnet.constants import FRAME_SIZE, SIGNALS

WET, DRY = noise(FRAME_SIZE), noise(SIGNALS["dry"]["shape"][0], 2)


@pytest.mark.parametrize("start, end", [(0, 0), (0, 1), (1, 1), (1, 0), (0.5, 0.5), (0.25, 0.75)])
def test_the_mix_moves_along_a_line(start, end):
    mix = np.interp(np.arange(1, FRAME_SIZE + 1), [0, FRAME_SIZE], [start, end])
    out = run("bypass", {"bypass": end}, wet=WET, dry=DRY, bypass_mix=[start])
    np.testing.assert_allclose(out["output"], (1 - mix) * WET + mix * DRY[:FRAME_SIZE], atol=1e-14)
    assert out["bypass_mix"] == end
