"""What isSupported says of pages that lack something: found by trying, told with what to do."""

from contextlib import closing

import pytest
from percepnet.engines.static_server import STRICT_POLICY, StaticServer

pytestmark = pytest.mark.browser
SUPPORT = "percepnet.isSupported()"


def support_of(browser, dist, policy=STRICT_POLICY, headers=None) -> dict:
    """The answer of a page that is served with these headers."""
    with closing(StaticServer(dist, policy, headers)) as server, closing(browser.new_page()) as page:
        page.goto(f"{server.url}/verify.html")
        return page.evaluate(SUPPORT)


def test_a_page_that_can_do_everything(page):
    support = page.evaluate(SUPPORT)
    assert support["supported"]
    assert (support["reasons"], support["warnings"]) == ([], [])
    assert support["variant"] in ("relaxed", "simd128")
    assert support["microphone"]
    assert not support["sharedMemory"], "the page is not cross-origin isolated"


def test_a_policy_that_forbids_webassembly(browser, dist):
    support = support_of(browser, dist, STRICT_POLICY.replace(" 'wasm-unsafe-eval'", ""))
    assert (support["supported"], support["variant"]) == (False, None)
    assert "'wasm-unsafe-eval'" in support["reasons"][0]


def test_a_policy_that_forbids_microphones(browser, dist):
    support = support_of(browser, dist, headers={"Permissions-Policy": "microphone=()"})
    assert support["supported"]
    assert not support["microphone"]
    assert "Permissions-Policy" in support["warnings"][0]


def test_an_isolated_page(browser, dist):
    isolation = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
    assert support_of(browser, dist, headers=isolation)["sharedMemory"]


@pytest.mark.parametrize(("allow", "microphone"), [("", False), ('allow="microphone"', True)])
def test_a_frame_of_another_origin(browser, dist, allow, microphone):
    """It is warned, not stopped."""
    with (
        closing(StaticServer(dist)) as inner,
        closing(StaticServer(dist, "default-src 'none'; frame-src *")) as outer,
        closing(browser.new_page()) as page,
    ):
        frame = f'<!doctype html><iframe {allow} src="{inner.url}/verify.html"></iframe>'
        outer.replaced["/index.html"] = frame.encode()
        page.goto(f"{outer.url}/index.html")
        support = page.frames[1].evaluate(SUPPORT)
    assert support["supported"]
    assert support["microphone"] == microphone
    assert ["allow=" in warning for warning in support["warnings"]] == [True] * (not microphone)


def test_an_insecure_page(browser, dist):
    """No AudioWorklet there; whole signals can be enhanced."""
    with closing(StaticServer(dist)) as server, closing(browser.new_page()) as page:
        page.route("http://insecure.example/**", lambda route: route.fulfill(**answer(server, route.request.url)))
        page.goto("http://insecure.example/verify.html")
        support = page.evaluate(SUPPORT)
    assert not support["supported"]
    assert ["HTTPS" in reason for reason in support["reasons"]] == [True]
    assert support["variant"] is not None


def answer(server: StaticServer, url: str) -> dict:
    path = "/" + url.split("/", 3)[3]
    return {"body": server.content(path), "content_type": "text/javascript" if path.endswith(".js") else "text/html"}
