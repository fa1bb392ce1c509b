"""The demo page without a network: its service worker keeps one build, checked file by file."""

import re

import pytest
from percepnet.engines.static_server import StaticServer
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
READY = "Ready: press Start to listen."
INSTALLED = "async () => (await navigator.serviceWorker.ready).active.state"
OUTCOME = """async () => {
  const { installing: worker } = await navigator.serviceWorker.register('service_worker.js');
  return new Promise((done) => (worker.onstatechange = () => done(worker.state)));
}"""
CACHED = """async () => {
  const [name] = await caches.keys();
  return (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname.slice(1)).sort();
}"""


@pytest.fixture
def own_server(dist):
    """A server that a test may shut down."""
    server = StaticServer(dist)
    yield server
    server.close()


@pytest.fixture
def visitor(browser):
    """A page of a browser profile that may have service workers."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def visit(page: Page, server: StaticServer) -> None:
    page.goto(f"{server.url}/index.html")
    expect(page.get_by_role("status")).to_have_text(READY, timeout=20_000)


def test_the_page_comes_back_without_a_network(visitor, own_server, model_path):
    visit(visitor, own_server)
    assert visitor.evaluate(INSTALLED) in ("activating", "activated")
    kept = visitor.evaluate(CACHED)
    assert {"index.html", "demo.js", "percepnet_processor.js", model_path.name} <= set(kept)
    own_server.close()
    visitor.reload()
    expect(visitor.get_by_role("status")).to_have_text(READY, timeout=20_000)
    visitor.get_by_role("button", name="Start").click()
    expect(visitor.get_by_role("status")).to_have_text("Playing in a loop.", timeout=20_000)
    expect(visitor.locator("#cpu")).to_have_text(re.compile(r"^\d+\.\d %$"), timeout=20_000)


def test_with_a_network_every_file_comes_from_there(visitor, own_server):
    visit(visitor, own_server)
    assert visitor.evaluate(INSTALLED) in ("activating", "activated")
    own_server.replaced["/index.html"] = own_server.content("/index.html").replace(
        b"Speech without", b"Tomorrow without"
    )
    visit(visitor, own_server)
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Tomorrow without the noise")


def test_files_that_are_not_of_the_build_are_not_kept(visitor, own_server):
    own_server.replaced["/demo.css"] = own_server.content("/demo.css") + b"\n"
    visit(visitor, own_server)
    assert visitor.evaluate(OUTCOME) == "redundant"
