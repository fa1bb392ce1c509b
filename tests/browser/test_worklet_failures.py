"""What strikes while a node is being made ends in one typed error; what strikes later leaves the sound alive."""

import pytest
from bundle import script

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "fault, code",
    [
        ("script 404", "fetch"),
        ("closed before", "context-closed"),
        ("closed while the script loads", "context-closed"),
        ("closed while the model loads", "context-closed"),
        ("destroyed", "destroyed"),
    ],
)
def test_a_fault_before_the_model_is_there(page, fault, code):
    outcome = page.evaluate(script("fail_while_loading"), fault)
    name, got, message = outcome["result"]
    assert (name, got) == ("PercepNetError", code)
    assert len(message) > 20
    assert outcome["unhandled"] == []
    if fault in ("destroyed", "closed while the model loads"):
        assert outcome["again"] == outcome["result"], "assets that are given later"


def test_suspended_and_with_another_source_the_node_lives_on(page):
    outcome = page.evaluate(script("live_node"))
    assert min(outcome["spans"]) > 2, outcome
    assert outcome["late"], "no statistics"
    assert max(outcome["late"]) < 0.5 * 48000 / 128, "the halt counted as lateness"
