"""suppressNoise: a live track whatever its input, its context, its files and the page's policies do."""

import numpy as np
import pytest
from integration_page import IntegrationPage
from percepnet.laboratory.alignment import delay_between
from percepnet.engines.browser import launch
from percepnet.engines.static_server import StaticServer

pytestmark = pytest.mark.browser
BUFFERED = 960  # samples: the sound as it was sent goes through buffers of 10 ms too, which fill up on a busy machine


@pytest.fixture
def tracks(page, server):
    return IntegrationPage(page, server, "suppress_noise")


def test_the_voice_is_suppressed_and_about_as_late_as_the_node_says(tracks, server, clip):
    result = tracks.call("suppress", server.offer("in", clip))
    sent, out = server.received("in"), server.received("out")
    delay = delay_between(sent, out, 0, 48000)
    assert -BUFFERED <= delay - result["latency"] < 9600, "the way between contexts comes on top"
    assert np.mean(np.square(out)) < 0.9 * np.mean(np.square(sent)), "as much noise as before"
    assert np.mean(np.square(out)) > 0.1 * np.mean(np.square(sent)), "the voice is gone"
    assert result["closed"] == "closed"


def test_there_is_sound_from_the_start(tracks):
    levels = tracks.call("fromDirectToNode")
    assert levels["wet"]
    assert levels["tenth"] > 0.5 * levels["median"], "silent for more than a tenth of the time"
    assert levels["loudest"] < 1.1 * levels["median"]


def test_another_microphone_comes_behind_the_same_track(tracks):
    assert tracks.call("anotherMicrophone") == {
        "log": [[500], [], [800], []],
        "same": True,
        "carriedOver": True,
        "states": ["ended", "ended", "ended"],
        "late": "context-closed",
        "state": "stopped",
    }


def test_mute_and_end_of_the_input_are_those_of_the_output(tracks):
    result = tracks.call("muteAndEnd", True)
    assert result["muted"] == [True, False]
    assert (result["event"], result["track"], result["state"]) == ("ended", "ended", "stopped")
    assert result["context"] == "closed"


def test_a_track_can_outlive_its_input_and_get_another(tracks):
    result = tracks.call("muteAndEnd", False)
    assert (result["event"], result["track"], result["state"]) == ("live", "live", "running")
    assert result["sound"] == [500]


def test_an_input_that_its_owner_stops_ends_the_output(tracks):
    assert tracks.call("stoppedByItsOwner") == "stopped"


def test_a_context_of_ones_own_is_left_open_and_ends_the_track_when_it_is_closed(tracks):
    result = tracks.call("contextClosed")
    assert result == {"left": "running", "state": "stopped", "late": "context-closed", "input": "live"}


def test_failures_have_codes_and_leave_nothing_behind(tracks):
    result = tracks.call("failures")
    assert result["codes"] == {
        "noAudio": "bad-track",
        "ended": "bad-track",
        "missing": "fetch",
        "range": "bad-arg",
        "aborted": "Error: changed my mind",
    }
    assert result["alive"] == ["running", "live"]


def test_without_a_model_the_sound_stays_untouched_and_that_is_told(tracks):
    assert tracks.call("withoutModel") == ["fetch", "fetch", [500]]


def test_a_node_that_failed_gives_way_to_the_untouched_sound(tracks):
    assert tracks.call("failedNode") == [[], "processor", [500], [800]]


def test_sound_begins_with_the_users_gesture_where_a_policy_wants_one(playwright, server):
    browser = launch(playwright, "--autoplay-policy=document-user-activation-required")
    try:
        page = browser.new_page()
        page.set_default_timeout(30000)
        script = IntegrationPage(page, server, "suppress_noise")
        server.replaced["/gesture.html"] = b'<script type="module" src="/gesture.js"></script>'
        server.replaced["/gesture.js"] = (
            f"import {{ beforeTheGesture }} from '{script.path}'; beforeTheGesture();".encode()
        )
        # Not evaluate(), which would count as a gesture. Chromium has something to say before it.
        with page.expect_console_message(lambda message: message.text == "waiting for the gesture"):
            page.goto(f"{server.url}/gesture.html")
        page.mouse.click(5, 5)
        result = script.call("afterTheGesture")
    finally:
        browser.close()
    assert result == {"states": ["waiting", "running"], "sound": [500], "end": "stopped"}


def test_a_frame_without_permission_is_told_what_it_needs(playwright, dist):
    frame_server = StaticServer(dist, policy="script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'")
    browser = launch(playwright, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    try:
        elsewhere = frame_server.url.replace("127.0.0.1", "localhost")
        frame_server.replaced["/outer.html"] = f'<iframe src="{elsewhere}/verify.html"></iframe>'.encode()
        page = browser.new_page()
        page.goto(f"{frame_server.url}/outer.html")
        frame = page.frames[1]
        code, message = IntegrationPage(frame, frame_server, "suppress_noise").call("microphoneRefusal")
    finally:
        browser.close()
        frame_server.close()
    assert code == "permission"
    assert 'allow="microphone"' in message


def test_a_microphone_that_is_not_there_is_told(tracks):
    assert tracks.call("noSuchMicrophone") == "microphone"
