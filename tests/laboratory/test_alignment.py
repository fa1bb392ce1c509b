"""Delays are found to the sample, and taken off."""

import numpy as np
import pytest

from percepnet.laboratory.alignment import LONGEST_DELAY, MOST_LEAD, align


@pytest.mark.parametrize("delay", [0, 1, 992, 1531, LONGEST_DELAY, -1, -MOST_LEAD])
def test_a_delay_is_found_and_taken_off(clean, noisy, delay):
    late = np.roll(np.pad(noisy, (0, LONGEST_DELAY)), delay)
    output, found = align(clean, late)
    assert found == delay
    assert output.shape == clean.shape
    kept = slice(MOST_LEAD, -MOST_LEAD)
    assert np.array_equal(output[kept], noisy[kept])


def test_noise_of_its_own_does_not_mislead(clean):
    rng = np.random.default_rng(1)
    loud = 0.1 * rng.standard_normal(clean.size + LONGEST_DELAY).astype(np.float32)
    assert align(clean, np.roll(np.pad(clean, (0, LONGEST_DELAY)), 480) + loud)[1] == 480


def test_what_ends_early_is_filled_with_silence(clean):
    output, delay = align(clean, clean[:-4800])
    assert delay == 0
    assert np.array_equal(output, np.pad(clean[:-4800], (0, 4800)))


def test_silence_has_no_delay(clean):
    output, delay = align(clean, np.zeros_like(clean))
    assert delay == 0 and not output.any()
