"""Calls over RTCPeerConnection in one page: what the other end hears, and the guide's code."""

import numpy as np
import pytest
import soundfile
from integration_page import IntegrationPage
from percepnet.building.environment import ROOT
from percepnet.quality import scores
from straighten import straighten

pytestmark = pytest.mark.browser
RATE = 48000
LEAD_IN = RATE  # the codec and the jitter buffer find their feet in it


@pytest.fixture
def calls(page, server):
    return IntegrationPage(page, server, "webrtc")


def test_the_other_end_hears_the_suppressed_voice_better(calls, server):
    """One call with two streams, the same voice in noise (at -1 dB) as it is and suppressed."""
    noisy, clean = clip_in_twice_the_noise()
    calls.call("sendBoth", server.offer("in", np.concatenate([noisy[-LEAD_IN:], noisy])))
    plain, suppressed = (scores(clean, straighten(server.received(name), clean)) for name in ("plain", "suppressed"))
    assert set(plain) == {"PESQ-WB", "ESTOI", "SI-SDR"}
    assert all(suppressed[measure] > plain[measure] for measure in plain), (plain, suppressed)


def clip_in_twice_the_noise() -> tuple[np.ndarray, np.ndarray]:
    """(noisy, clean), five seconds of both."""
    noisy, _ = soundfile.read(ROOT / "tests/audio/noisy_speech.wav", dtype="float32", frames=5 * RATE)
    clean, _ = soundfile.read(ROOT / "tests/audio/clean_speech.flac", dtype="float32", frames=5 * RATE)
    return 0.5 * (2 * noisy - clean), clean


def test_a_call_that_runs_is_suppressed_renegotiated_and_given_another_microphone(calls):
    result = calls.call("replaceAndRenegotiate")
    first, second = [True, False], [False, True]
    assert result["tones"] == [first, first, second, second, second]
    assert result["sent"] == [True, True]
    assert result["ended"] == "ended"


def test_the_guide_sends_a_microphone(calls):
    result = calls.call("callWithMicrophone")
    assert result["loudest"] > 0.001
    assert result["noiseSuppression"] is False and result["echoCancellation"] is True
    assert result["first"] == "ended", "stopInput ends the microphone that was replaced"
    assert result["second"] == "ended"
