"""percepnet/mediasoup with the real Device, transport and handler of mediasoup-client, and the guide's code."""

import pytest
from integration_page import IntegrationPage

pytestmark = pytest.mark.browser


@pytest.fixture
def mediasoup(page, server):
    return IntegrationPage(page, server, "mediasoup")


def test_from_produce_to_close(mediasoup):
    life = mediasoup.call("lifeOfAProducer")
    assert life == {
        "kind": "audio",
        "produced": [True, True],
        "replaced": [True, True, "ended"],
        "paused": [False, "running"],
        "closed": ["stopped", "ended", "ended"],
    }


def test_a_closed_transport_ends_the_suppression_but_not_the_microphone(mediasoup):
    assert mediasoup.call("closedTransport") == {"heard": True, "states": ["stopped", "live"]}


def test_nothing_is_left_behind_when_the_server_refuses(mediasoup):
    assert mediasoup.call("refused") == ["the room is full", "ended", "live"]
