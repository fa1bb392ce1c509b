"""The demo page for everybody: axe's rules, less motion where that is asked for."""

import pytest
from axe import violations
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing(open_demo, scheme, width):
    page = open_demo(viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert violations(page) == []
    page.get_by_label("Through a call").check()
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#call-facts")).to_be_visible(timeout=20_000)
    assert violations(page) == []
    page.get_by_label("Your own file").check()
    page.get_by_label("Audio file").set_input_files(
        {"name": "notes.wav", "mimeType": "audio/wav", "buffer": b"not audio"}
    )
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []


def test_axe_would_find_something(open_demo):
    page = open_demo()
    page.evaluate("document.querySelector('#position').removeAttribute('aria-label')")
    assert any(found.startswith("label: ") for found in violations(page))


def left_edge(page: Page) -> list[int]:
    """The values in the first tenth of a picture of six seconds."""
    return page.locator("#noisy").evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width / 10, canvas.height).data]"
    )


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_scrolls_for_those_who_ask_for_less_motion(open_demo, motion):
    """Then a line wanders from left to right, and what it has left behind stays; else sound comes in from the right."""
    page = open_demo(reduced_motion=motion)
    page.get_by_role("button", name="Start").click()
    page.wait_for_timeout(2000)
    before = left_edge(page)
    page.wait_for_timeout(300)
    assert (len(set(before)) > 50) == (motion == "reduce")
    assert left_edge(page) == before
