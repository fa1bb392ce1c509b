"""What a frame costs in Pyodide in Chromium: python -m percepnet.benchmark.pyodide [--seconds N]"""

import argparse
import json

from playwright.sync_api import sync_playwright

from ..building.pyodide_wheel import ABIS, build_pyodide_wheel
from ..engines.pyodide import run_in_chromium

WIDTHS = (64, 128, 256, 512)
FRAME_US = 10_000
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


def main():
    parser = argparse.ArgumentParser(prog="python -m percepnet.benchmark.pyodide", description=__doc__.split(":")[0])
    parser.add_argument("--seconds", type=int, default=15, help="of noise per width; the median second counts")
    seconds = parser.parse_args().seconds
    wheel = build_pyodide_wheel()
    print(f"built by {(wheel.parent / 'built_by.txt').read_text().strip()}")
    print("| Pyodide in Chromium | us per frame | times real time |\n| --- | --- | --- |")
    with sync_playwright() as playwright:
        for abi in ABIS:
            costs = json.loads(run_in_chromium(playwright, abi, wheel, {}, PROGRAM % (WIDTHS, seconds)))
            for width, cost in costs.items():
                print(f"| percepnet-{width}, ABI {abi} | {cost:.3g} | {FRAME_US / cost:.3g} |")


if __name__ == "__main__":
    main()
