"""percepnet/livekit with the real LocalAudioTrack of livekit-client, and the guide's code."""

import pytest
from integration_page import IntegrationPage

pytestmark = pytest.mark.browser


@pytest.fixture
def livekit(page, server):
    return IntegrationPage(page, server, "livekit")


def test_from_set_processor_to_stop_processor(livekit):
    life = livekit.call("lifeOfAProcessor")
    assert life["log"] == [["percepnet", True, [500]], ["percepnet", True, [800]], [None, True, [800]]]
    assert life["kept"], "another microphone must not change the published track"
    assert life["live"]
    assert life["muted"] == []
    assert (life["processed"], life["ended"], life["node"]) == (None, "ended", None)


def test_the_processor_moves_to_another_context(livekit):
    result = livekit.call("changeContext")
    assert result == {"heard": [500], "moved": True, "tracks": ["ended", "live"], "stopped": "ended"}


def test_without_its_files_the_sound_stays_untouched(livekit):
    assert livekit.call("withoutFiles") == ["fetch", [500]]


def test_without_a_worklet_livekit_goes_on_with_the_plain_track(livekit):
    assert livekit.call("withoutWorklet") == [["PercepNetError", "fetch"], True, "live"]


def test_a_restart_without_a_worklet_leaves_the_sound_untouched_and_tells(livekit):
    assert livekit.call("restartWithoutWorklet") == ["fetch", [500]]
