"""The int8 product against the machine: multiply-adds per cycle in cache, bytes per second when streamed."""

import json
import shutil
import subprocess
import sys

from .. import native
from ..engines import wasm_node
from ..errors import Missing, PercepNetError
from ..requirements import how_to_build
from .compiled import FOLDER, compiled, run

PRODUCT = FOLDER / "product.js"
SHAPES = ((64, 256), (512, 512), (4096, 2048))  # those of roofline.c: 16 KB, 256 KB, 8 MB
ROUNDS = 15
# The instructions that multiply in each kernel, the best first: the first that this processor has is its peak.
# V8 turns the relaxed product into vpdpbusd where there is one.
MULTIPLIERS = {
    "sse2": ["pmaddwd xmm"],
    "avx2": ["vpmaddubsw ymm"],
    "avxvnni": ["vpdpbusd ymm"],
    "avx512vnni": ["vpdpbusd zmm"],
    "simd128": ["pmaddwd xmm"],
    "relaxed": ["vpdpbusd xmm", "pmaddubsw xmm"],
}
NODE_FLAGS = ("--experimental-wasm-relaxed-simd", "--no-liftoff")  # for V8 11.3, as in wasm/node_runner.mjs
NODE_PROGRAM = """
const [product, module, shapes, rounds] = process.argv.slice(1);
const { readFileSync } = require('node:fs');
const time = eval(readFileSync(product, 'utf8'));
const seconds = JSON.parse(shapes).map(([rows, columns]) =>
  time(readFileSync(module), { rows, columns, rounds: Number(rounds) }));
console.log(JSON.stringify(seconds));
"""


def library_path():
    """The testing library. Raises Missing."""
    path = native.BUILD / f"libpercepnet_testing.{native.SUFFIX}"
    if not path.exists():
        raise Missing(f"{path.name} is not built: {how_to_build('native')}")
    return path


def measure_machine():
    """What roofline.c prints: {"variant", "cycles_per_s", "kernels", "peaks"}. Raises Missing, PercepNetError.

    kernels: those that this processor can run, [{"variant", "products": [{"bytes", "read_s", "product_s"}]}].
    """
    libraries = ["-ldl"] if sys.platform == "linux" else []
    with compiled("roofline.c", "-march=native", *libraries) as program:
        return json.loads(run(program, library_path()))


def node_seconds(variant):
    """Seconds of the product in Node, one for each of SHAPES. Raises Missing, PercepNetError."""
    node = shutil.which("node")
    if node is None:
        raise Missing("node is missing: install Node.js 20 or newer (https://nodejs.org/en/download)")
    version = subprocess.run([node, "-p", "process.versions.v8"], capture_output=True, text=True, check=True).stdout
    flags = NODE_FLAGS if version.startswith("11.3.") else ()
    module = wasm_node.module_path(variant, testing=True)
    arguments = ("--", PRODUCT, module, json.dumps(SHAPES), ROUNDS)
    return json.loads(run(node, *flags, "-e", NODE_PROGRAM, *arguments))


def page_seconds(page, variant):
    """The same in the browser. page: a worklet_page.BenchPage."""
    url = page.offer(f"testing-{variant}.wasm", wasm_node.module_path(variant, testing=True).read_bytes())
    script = f"""async ({{ url, shapes, rounds }}) => {{
        const time = {PRODUCT.read_text().split("*/")[-1].split("roofline.py, in Node and in a page.")[-1].strip()};
        const bytes = await (await fetch(url)).arrayBuffer();
        return shapes.map(([rows, columns]) => time(bytes, {{ rows, columns, rounds }}));
    }}"""
    return page.evaluate(script, {"url": url, "shapes": SHAPES, "rounds": ROUNDS})


def peak_of(variant, peaks):
    """(instruction, products per second) of the best multiplier of a kernel; (None, None) where none is known."""
    speeds = {peak["instruction"]: peak["products_per_s"] for peak in peaks}
    for instruction in MULTIPLIERS.get(variant, ()):
        if instruction in speeds:
            return instruction, speeds[instruction]
    return None, None


def row(place, variant, seconds, machine):
    """One line of the roofline. seconds: of the product, for each of SHAPES."""
    sizes = [rows * columns for rows, columns in SHAPES]
    rates = [size / time for size, time in zip(sizes, seconds, strict=True)]
    instruction, peak = peak_of(variant, machine["peaks"])
    read = sizes[-1] / min(kernel["products"][-1]["read_s"] for kernel in machine["kernels"])
    best = max(rates[:-1])
    return {
        "place": place,
        "variant": variant,
        "products_per_cycle": [rate / machine["cycles_per_s"] for rate in rates],
        "instruction": instruction,
        "peak_per_cycle": peak and peak / machine["cycles_per_s"],
        "share_of_peak": peak and best / peak,
        "streamed_bytes_per_s": rates[-1],
        "read_bytes_per_s": read,
        "share_of_read": rates[-1] / read,
    }


def measure_roofline(variants, page=None):
    """{"variant", "cycles_per_s", "bytes", "peaks", "rows", "missing"} of native kernels and of these WASM variants.

    variant: the native kernel that a stream gets here.

    page: a worklet_page.BenchPage, to measure them in the browser too. Raises Missing, PercepNetError.
    """
    machine = measure_machine()
    rows, missing = [], {}
    for kernel in machine["kernels"]:
        seconds = [entry["product_s"] for entry in kernel["products"]]
        rows.append(row("native", kernel["variant"], seconds, machine))
    for variant in variants:
        try:
            rows.append(row("node", variant, node_seconds(variant), machine))
            if page:
                rows.append(row("browser", variant, page_seconds(page, variant), machine))
        except PercepNetError as error:
            missing[variant] = str(error)
    sizes = [rows_ * columns for rows_, columns in SHAPES]
    kept = {key: machine[key] for key in ("variant", "cycles_per_s", "peaks")}
    return kept | {"bytes": sizes, "rows": rows, "missing": missing}
