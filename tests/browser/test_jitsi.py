"""percepnet/jitsi with the real JitsiLocalTrack of lib-jitsi-meet, and the guide's code."""

import pytest
from integration_page import IntegrationPage

pytestmark = pytest.mark.browser


@pytest.fixture
def jitsi(page, server):
    return IntegrationPage(page, server, "jitsi")


def test_from_set_effect_to_its_end(jitsi):
    life = jitsi.call("lifeOfAnEffect")
    assert life["changed"] and life["back"]
    assert life["heard"] == [True, False, True], "suppressed, muted, without the effect"
    assert life["muted"] == [True, True, False]
    assert life["attenuation"] == 30
    assert life["states"] == ["live", "ended"]
    assert (life["node"], life["end"]) == (None, "ended")
    assert life["text"] == "{}"


def test_mute_survives_the_coming_and_going_of_the_effect(jitsi):
    assert jitsi.call("mutedAllTheTime") == [True, True, True]


def test_without_its_files_the_sound_stays_untouched(jitsi):
    assert jitsi.call("withoutFiles") == ["fetch", True]


def test_only_audio_tracks_are_taken(jitsi):
    assert jitsi.call("takesAudioOnly") == [True, False]
