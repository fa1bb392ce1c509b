"""What nodes take of the renderer's memory: made and destroyed, they leave nothing behind; many share one model."""

import psutil
import pytest
from bundle import script
from percepnet.engines.browser import launch

pytestmark = pytest.mark.slow
WARM, CYCLES = 200, 1000  # many: the memory of the browser itself jumps by 15e6 now and then, up or down
LIMIT = 5e6  # bytes for 200 nodes; usual is 1e6
NODES = 30
EACH = 1.2e6  # bytes; with weights of its own, a node takes 2.7e6


def descendants() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


@pytest.fixture
def renderer(playwright, server):
    """A page of a browser of its own, and a function that gives the bytes that only its renderers hold."""
    before = descendants()
    browser = launch(playwright, "--js-flags=--expose-gc", "--autoplay-policy=no-user-gesture-required")
    page = browser.new_page()
    page.goto(f"{server.url}/verify.html")

    def memory() -> int:
        processes = [process for process in descendants() - before if "--type=renderer" in process.cmdline()]
        assert processes
        return sum(process.memory_full_info().uss for process in processes)

    yield page, memory
    browser.close()


@pytest.mark.parametrize(
    ("rate", "closing"),
    [(48000, True), (44100, False)],
    ids=["contexts are closed", "one context goes on, with resamplers"],
)
def test_nodes_leave_no_memory_behind(renderer, rate, closing):
    page, memory = renderer
    page.evaluate(script("make_and_destroy"), {"count": WARM, "rate": rate, "closing": closing})
    before = memory()
    page.evaluate(script("make_and_destroy"), {"count": CYCLES, "rate": rate, "closing": closing})
    grown = (memory() - before) * 200 / CYCLES
    assert grown < LIMIT, f"{grown / 1e6:.1f} MB more after 200 nodes"


def test_nodes_of_a_context_share_the_weights(renderer):
    page, memory = renderer
    page.evaluate(script("make_and_keep"), 10)
    start = memory()
    page.evaluate(script("make_and_keep"), NODES)
    each = (memory() - start) / NODES
    assert each < EACH, f"{each / 1e6:.2f} MB for each node"
