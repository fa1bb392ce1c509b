"""The page that measures a visitor's device: one button gives every figure, with a fine clock or a coarse one."""

import json

import pytest
from bundle import manifest_variants, script
from demo_page import note_complaints
from percepnet.engines.static_server import ISOLATION, StaticServer
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
DONE_MS = 120_000  # on a busy machine
READY = "Ready. Close other programs first; it takes about a minute."


@pytest.fixture
def open_bench(browser, dist):
    """open_bench(headers, replaced, **context options) -> the page. Its console must stay free of complaints."""
    opened, complaints = [], []

    def open_page(headers=None, replaced=None, **options):
        server, context = StaticServer(dist, headers=headers), browser.new_context(**options)
        server.replaced |= replaced or {}
        opened.extend([server, context])
        page = context.new_page()
        note_complaints(page, complaints)
        page.goto(f"{server.url}/bench.html")
        expect(page.get_by_role("status")).to_have_text(READY)
        return page

    yield open_page
    for thing in opened:
        thing.close()
    assert complaints == []


def measure(page):
    """Presses the button, waits, and gives the figures as the page's JSON has them."""
    page.get_by_label("Quickly").check()
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Done.", timeout=DONE_MS)
    return json.loads(page.locator("#json").text_content())


@pytest.mark.parametrize("headers", [None, ISOLATION], ids=["coarse clock", "fine clock"])
def test_one_button_measures_every_model_and_module(open_bench, dist, headers):
    page = open_bench(headers, viewport={"width": 360, "height": 740})
    results = measure(page)
    models = [entry["name"] for entry in json.loads((dist / "models.json").read_text())["models"]]
    found = {(one["model"], one["variant"]) for one in results["figures"]}
    assert found == {(model, variant) for model in models for variant in manifest_variants()}
    assert results["crossOriginIsolated"] == (headers is not None)
    assert results["clock"]["kind"] in ("performance", "temporal")
    assert results["clock"]["resolutionMs"] <= (0.02 if headers else 0.2)
    for one in results["figures"]:
        assert 0 < one["inWorklet"] and 0 < one["calls"]["p999"] <= one["calls"]["worst"]
        assert one["calls"]["count"] == results["rounds"] * (results["seconds"] * 48000 // 128)
        assert one["coldStart"]["load"] >= one["coldStart"]["fetch"] > 0
        assert one["coldStart"]["transferred"] > 0
    assert page.locator("#cost tbody tr").count() == len(found) == page.locator("#bars meter").count()
    clock = page.locator("#clock").inner_text()
    assert ("finer where a page is cross-origin isolated" in clock) == (headers is None)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(script("nameless")) == []


def test_the_table_can_be_copied(open_bench):
    page = open_bench(permissions=["clipboard-read", "clipboard-write"])
    results = measure(page)
    page.get_by_role("button", name="Copy as a table").click()
    expect(page.get_by_role("status")).to_have_text("Copied.")
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len([line for line in lines if line.startswith("| percepnet-")]) == 2 * len(results["figures"])
    page.get_by_role("button", name="Copy as JSON").click()
    expect(page.get_by_role("status")).to_have_text("Copied.")
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == results


def test_what_fails_is_said(open_bench, model_path):
    page = open_bench(replaced={f"/{model_path.name}": b"cut short"})
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_role("alert")).to_contain_text("is not the file that the manifest names")
    expect(page.get_by_role("button", name="Measure")).to_be_enabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(open_bench, scheme):
    page = open_bench(color_scheme=scheme)
    page.evaluate("document.getElementById('results').hidden = false")
    ratios = page.evaluate(script("contrast"), ["header p", "header a", "#status", ".note", "summary", "#start"])
    assert min(ratios) >= 4.5
