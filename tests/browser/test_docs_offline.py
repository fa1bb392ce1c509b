"""The documentation site opens from a file without a network: pages, phone's width, search."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PAGES = ("index", "web/README", "typescript/index/functions/suppressNoise", "c", "python", "spec/percepnet",
         "docs/percepnet-step-by-step")  # fmt: skip


@pytest.fixture
def asked(browser, docs_site):
    """A phone's page that is offline, and the addresses outside the site that it asked for."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, offline=True)
    outside = []
    context.on("request", lambda r: r.url.startswith(("file:", "data:")) or outside.append(r.url))
    yield context.new_page(), outside
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_page_fits_a_phone_and_asks_nobody(asked, docs_site, name):
    page, outside = asked
    page.goto((docs_site / f"{name}.html").as_uri())
    expect(page.locator("h1").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert outside == []


def test_search_finds_a_function(asked, docs_site):
    page, outside = asked
    page.goto((docs_site / "search.html").as_uri() + "?q=percepnet_process_frame")
    expect(page.locator("ul.search a", has_text="percepnet_process_frame").first).to_be_visible()
    assert outside == []
