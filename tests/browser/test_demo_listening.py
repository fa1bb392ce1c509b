"""The demo page's comparison: original and suppressed, equally loud, through a call; pictures that run; settings."""

import re

import pytest
from bundle import script
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
expect.set_options(timeout=20000)  # a busy machine takes its time
PICTURES = ("noisy", "enhanced", "gains", "strengths", "pitch")


def picture(page: Page, name: str) -> dict:
    return page.locator(f"#{name}").evaluate(script("brightness"))


def play(page: Page) -> None:
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("status")).to_have_text("Playing in a loop.")


def brightness_of_heard(page: Page, side: str) -> float:
    """Of the picture of what is heard, as a share of that of what comes in."""
    page.get_by_label(side).check()
    page.wait_for_timeout(3500)
    return picture(page, "enhanced")["mean"] / picture(page, "noisy")["mean"]


def test_what_is_heard_changes_with_the_side(open_demo):
    page = open_demo()
    page.get_by_label("Original").check()
    play(page)
    original = brightness_of_heard(page, "Original")
    assert original == pytest.approx(1, abs=0.15)
    assert brightness_of_heard(page, "Suppressed") < original - 0.1


def test_pictures_show_the_whole_sound_and_then_run(open_demo):
    page = open_demo()
    assert min(picture(page, name)["colours"] for name in PICTURES) > 20
    play(page)
    page.wait_for_timeout(1500)
    pixels = {name: page.locator(f"#{name}").evaluate("canvas => canvas.toDataURL()") for name in PICTURES}
    page.wait_for_timeout(500)
    for name, before in pixels.items():
        assert page.locator(f"#{name}").evaluate("canvas => canvas.toDataURL()") != before
        assert picture(page, name)["colours"] > 20
    page.get_by_label("Position").fill("5.5")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_label("Position")).to_have_value("0")


def test_the_louder_side_is_turned_down(open_demo):
    page = open_demo()
    text = page.locator("#match-text")
    expect(text).to_have_text(re.compile(r"^original side [1-9]\d*\.\d dB down$"))
    page.get_by_label("Equal loudness").uncheck()
    expect(text).to_have_text("off")
    page.get_by_label("Equal loudness").check()
    expect(text).to_have_text(re.compile("dB down$"))


def test_through_a_call_of_its_own(open_demo):
    page = open_demo()
    page.get_by_label("Through a call").check()
    play(page)
    expect(page.locator("#call-facts")).to_have_text(re.compile(r"^opus, [1-9]\d* kbit/s, jitter buffer [1-9]\d* ms$"))
    page.wait_for_timeout(2000)
    assert picture(page, "enhanced")["colours"] > 50
    page.get_by_label("Through a call").uncheck()
    expect(page.locator("#call-facts")).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("Playing in a loop.")


def test_shortcuts_can_be_switched_off(open_demo):
    page = open_demo()
    page.keyboard.press("s")
    expect(page.get_by_label("Original")).to_be_checked()
    page.keyboard.press("p")
    expect(page.get_by_role("status")).to_have_text("Playing in a loop.")
    page.keyboard.press("s")
    expect(page.get_by_label("Suppressed")).to_be_checked()
    page.keyboard.press("p")
    expect(page.get_by_role("status")).to_have_text("Stopped.")
    page.get_by_label("Keyboard shortcuts").uncheck()
    page.keyboard.press("s")
    expect(page.get_by_label("Suppressed")).to_be_checked()


def test_settings_are_in_the_address_and_kept(open_demo, server):
    page = open_demo()
    page.get_by_label("Conservative").check()
    expect(page.locator("#attenuation-text")).to_have_text("12 dB")
    page.get_by_label("WebAssembly module").select_option("scalar")
    expect(page.locator("#module")).to_have_text(re.compile("^percepnet-.*, scalar$"))
    assert page.url.endswith("#variant=scalar&maxAttenuationDb=12&postfilter=0")
    shared = open_demo("index.html#variant=scalar&maxAttenuationDb=12&postfilter=0")
    page.goto("about:blank")
    page.goto(f"{server.url}/index.html")  # another visit
    for visited in (shared, page):
        expect(visited.get_by_label("Conservative")).to_be_checked()
        expect(visited.locator("#postfilter-text")).to_have_text("0 %")
        expect(visited.locator("#module")).to_have_text(re.compile(", scalar$"))
    page.get_by_role("button", name="Defaults").click()
    expect(page.get_by_label("Balanced")).to_be_checked()
    expect(page.locator("#module")).not_to_have_text(re.compile(", scalar$"))
    assert page.url == f"{server.url}/index.html"


def test_an_address_of_nonsense_does_no_harm(open_demo):
    page = open_demo("index.html#model=none&variant=fancy&maxAttenuationDb=-1&postfilter=x")
    expect(page.get_by_label("Balanced")).to_be_checked()
    expect(page.locator("#module")).to_have_text(re.compile("^percepnet-"))


def test_a_worker_costs_delay_and_gives_the_same_picture(open_demo):
    page = open_demo("index.html#execution=worker")
    play(page)
    expect(page.locator("#latency")).to_have_text(re.compile(r"^(6|7)\d ms \+ device"))
    page.wait_for_timeout(2000)
    assert picture(page, "enhanced")["mean"] < 0.9 * picture(page, "noisy")["mean"]


def test_every_model_can_be_chosen_while_it_plays(open_demo):
    page = open_demo()
    play(page)
    for name in page.locator("#model option").all_inner_texts()[::-1]:
        page.get_by_label("Model").select_option(label=name)
        expect(page.locator("#module")).to_have_text(re.compile(f"^{name.split()[0]}, "))
        expect(page.get_by_role("status")).to_have_text("Playing in a loop.")
