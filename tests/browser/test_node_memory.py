"""Two hundred nodes made and destroyed in one context leave nothing behind in the renderer's memory when it is closed.

Before that, memory of destroyed nodes waits on the audio thread until its engine collects it, which nobody can ask for.
"""

import psutil
import pytest
from percepnet.engines.browser import launch

WARM, CYCLES = 60, 200
LIMIT = 20e6  # bytes: what eight nodes of the default model take; the same work twice already differs by 10e6

CYCLE = """async (count) => {
  globalThis.loaded ??= percepnet.loadPercepNet({ baseUrl: '.' });
  const context = new AudioContext({ sampleRate: 48000 });
  for (let i = 0; i < count; i++) {
    const node = await percepnet.PercepNetNode.create(context, await loaded);
    const source = new ConstantSourceNode(context);
    source.connect(node).connect(context.destination);
    source.start();
    if (i % 10 === 0) await new Promise((resolve) => node.addEventListener('voice', resolve, { once: true }));
    source.stop();
    source.disconnect();
    node.destroy();
  }
  await context.close();
  for (let i = 0; i < 5; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}"""


def descendants() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))


def renderer_memory(processes: set[psutil.Process]) -> int:
    """Bytes that only the renderers among them hold."""
    renderers = [process for process in processes if "--type=renderer" in process.cmdline()]
    assert renderers
    return sum(process.memory_full_info().uss for process in renderers)


@pytest.mark.slow
def test_nodes_leave_no_memory_behind(playwright, server):
    before = descendants()
    browser = launch(playwright, "--js-flags=--expose-gc", "--autoplay-policy=no-user-gesture-required")
    page = browser.new_page()
    page.goto(f"{server.url}/verify.html")
    page.evaluate(CYCLE, WARM)
    processes = descendants() - before
    start = renderer_memory(processes)
    page.evaluate(CYCLE, CYCLES)
    grown = renderer_memory(processes) - start
    browser.close()
    assert grown < LIMIT, f"{grown / 1e6:.1f} MB more after {CYCLES} nodes"
