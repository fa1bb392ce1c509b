"""What a frame costs in Pyodide in Chromium: python -m percepnet.benchmark.pyodide [--seconds N]"""

import json
import sys
from typing import Annotated

import typer
from playwright.sync_api import sync_playwright

from ..building.pyodide_wheel import ABIS, build_pyodide_wheel
from ..commands.running import run_app
from ..commands.terminal import say
from ..constants import FRAME_SIZE, SAMPLE_RATE
from ..engines.pyodide import run_in_chromium
from ..model_file import SIZES

FRAME_US = 1e6 * FRAME_SIZE / SAMPLE_RATE
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
PROGRAM = """
import json, random, time
from array import array
from core import FOLDER, Stream

random.seed(1)
frames = [array("f", [random.uniform(-0.1, 0.1) for _ in range(480)]) for _ in range(100)]
out, costs = array("f", bytes(4 * 480)), {}
for width in %s:
    stream = Stream(f"{FOLDER}/models/percepnet-{width}.pnet")
    rounds = []
    for _ in range(%d):
        start = time.perf_counter()
        for frame in frames:
            stream.process_frame(out, frame)
        rounds.append((time.perf_counter() - start) / len(frames) * 1e6)
    costs[width] = sorted(rounds)[len(rounds) // 2]
open("result", "w").write(json.dumps(costs))
"""


def measure(playwright, abi, wheel, seconds, widths=tuple(SIZES)):
    """{width, as text: microseconds per frame}, the median of so many seconds of noise."""
    return json.loads(run_in_chromium(playwright, abi, wheel, {}, PROGRAM % (widths, seconds)))


@app.command()
def main(
    seconds: Annotated[int, typer.Option(min=1, help="Of noise per width; the median second counts.")] = 15,
):
    """Times frames in Pyodide in Chromium, of every model and with every ABI."""
    wheel = build_pyodide_wheel()
    say(f"built by {(wheel.parent / 'built_by.txt').read_text().strip()}")
    say("| Pyodide in Chromium | us per frame | times real time |\n| --- | --- | --- |")
    with sync_playwright() as playwright:
        for abi in ABIS:
            for width, cost in measure(playwright, abi, wheel, seconds).items():
                say(f"| percepnet-{width}, ABI {abi} | {cost:.3g} | {FRAME_US / cost:.3g} |")


if __name__ == "__main__":
    sys.exit(run_app(app, "python -m percepnet.benchmark.pyodide"))
