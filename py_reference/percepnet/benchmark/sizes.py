"""Bytes of modules, models and other packages: as they are, compressed, and as the best exact code could make them."""

import gzip
import json
import shutil
import subprocess

import numpy as np

from ..building.environment import ROOT
from ..errors import Missing
from ..model_file import decode_model, layer_shapes, stored_tensors

BROTLI = """
const { brotliCompressSync, constants } = require('node:zlib');
const bytes = require('node:fs').readFileSync(0);
const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24,
                 [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
console.log(brotliCompressSync(bytes, { params }).length);
"""
COUNT_BYTES = 2  # of one entry of a histogram that a decoder needs
CODER_BYTES = 8  # what a range coder adds to the entropy of a layer


def read_modules():
    """{variant: {"bytes", "gzip", "brotli"}} of the release modules; {} before they are built."""
    manifest = ROOT / "build/wasm/manifest.json"
    modules = json.loads(manifest.read_text())["modules"] if manifest.exists() else {}
    return {name: {key: entry[key] for key in ("bytes", "gzip", "brotli")} for name, entry in modules.items()}


def brotli_size(data):
    """Bytes after brotli -q 11, in Node. Slow: half a minute for 8 MB. Raises Missing."""
    node = shutil.which("node")
    if node is None:
        raise Missing("sizes with brotli need node: install Node.js 20 or newer (https://nodejs.org/en/download)")
    return int(subprocess.run([node, "-e", BROTLI], input=data, capture_output=True, check=True).stdout)


def compressed(data):
    """{"bytes", "gzip", "brotli"} of a file's bytes."""
    return {"bytes": len(data), "gzip": len(gzip.compress(data, 9)), "brotli": brotli_size(data)}


def entropy_bits(values):
    """Zeroth-order entropy of integers, bits each."""
    _, counts = np.unique(np.asarray(values).ravel(), return_counts=True)
    shares = counts / counts.sum()
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def coded_bytes(values):
    """What a range coder with this histogram makes of int8 values, the histogram included; at most what they are."""
    symbols = np.unique(values).size
    return min(values.size, round(entropy_bits(values) * values.size / 8) + COUNT_BYTES * symbols + CODER_BYTES)


def model_sizes(data):
    """compressed() of a model file, and "bits_per_weight", "weights", "rest", "coded" of its int8 weights.

    coded: bytes with every layer's weights range-coded by a histogram of its own and the rest as it is.
    """
    model = decode_model(data)
    shapes = layer_shapes(model.embedding, model.width, model.strength_width)
    weights = [array for _, array, _, _ in stored_tensors(model.weights, shapes) if array.dtype == np.int8]
    count = sum(array.size for array in weights)
    bits = sum(entropy_bits(array) * array.size for array in weights) / count
    rest = len(data) - count
    coded = rest + sum(coded_bytes(array) for array in weights)
    return compressed(data) | {"weights": count, "rest": rest, "bits_per_weight": bits, "coded": coded}


def package_sizes(package):
    """compressed() of what a visitor of a page with another Package downloads, all files together."""
    parts = [compressed(path.read_bytes()) for path in package.downloads()]
    return {key: sum(part[key] for part in parts) for key in parts[0]}
