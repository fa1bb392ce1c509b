"""A model on its way into a live context: in parts, so that no render call waits for all of it."""

import pytest
from bundle import script

pytestmark = pytest.mark.browser
COPIED, CHECKED = 2**19, 2**20  # bytes of the file that a part goes through; then come parts of whole tensors


def least_parts(size: int) -> float:
    return size / COPIED + size / CHECKED


def check_parts(page, kind: str) -> None:
    found = page.evaluate(script("switch_models"), {"kind": kind, "models": ["64", "512", "256"]})
    assert found["whole"] and len(found["taken"]) == 3
    if kind != "unconnected":
        assert found["state"] == kind
    for taken in found["taken"]:
        assert taken["parts"] >= least_parts(taken["bytes"]), taken


@pytest.mark.parametrize("kind", ["running", "suspended", "unconnected"])
def test_no_message_task_makes_a_whole_model(page, kind):
    check_parts(page, kind)


def test_a_model_that_is_still_there_is_taken_at_once(page):
    found = page.evaluate(script("switch_models"), {"kind": "running", "models": ["64", "512", "64", "512"]})
    assert [taken["parts"] > 0 for taken in found["taken"]] == [True, True, False, False]
