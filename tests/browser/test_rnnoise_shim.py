"""percepnet/rnnoise beside the package whose shape it has, and the guide's code."""

import numpy as np
import pytest
from integration_page import IntegrationPage
from percepnet.laboratory.alignment import delay_between
from percepnet.constants import FRAME_SIZE, LATENCY

pytestmark = pytest.mark.browser


@pytest.fixture
def rnnoise(page, server):
    return IntegrationPage(page, server, "rnnoise")


def test_frames_are_those_of_the_enhancer_and_as_late_as_the_guide_says(rnnoise, server, clip):
    samples = clip[: clip.size // FRAME_SIZE * FRAME_SIZE]
    result = rnnoise.call("compare", server.offer("in", samples))
    np.testing.assert_array_equal(server.received("ours"), server.received("enhancer"))
    assert result["same"], "probabilities of voice"
    assert all(0.2 < voice < 1 for voice in result["voice"]), "both packages hear the voice"
    assert delay_between(samples, server.received("ours"), 0, 4800) == LATENCY == 1440
    assert delay_between(samples, server.received("theirs"), 0, 4800) == 960


def test_misuse_is_told_and_leaves_the_frame_alone(rnnoise):
    result = rnnoise.call("misuse")
    assert result == {"frameSize": 480, "latency": 1440, "failures": [["bad-arg", True], ["bad-arg", True]]}
