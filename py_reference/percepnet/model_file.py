"""The model file (spec/model_format.md): writes and reads it; every tensor by name, checked by length and checksum."""

import json
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .constants import (
    ACTIVATION_ZERO,
    COLUMN_BLOCK,
    CONV1_TAPS,
    CONV2_TAPS,
    MAX_WIDTH,
    MODEL_VERSION,
    NUM_BANDS,
    NUM_FEATURES,
    ROW_BLOCK,
)
from .errors import BadModel
from .golden.paint import paint_noise
from .weight_blocks import block, list_blocks, read_blocks, unblock

MAGIC = b"PERCEPNT"
# magic, version, file size, CRC-32, tensors, features, bands, E, W, R, offset and bytes of the card, 0
HEADER = struct.Struct("<8s12I8x")
TENSOR = struct.Struct("<24s5I4x")  # name, type, rows, columns, offset, bytes
DTYPES = (np.dtype("<f4"), np.dtype("i1"), np.dtype("<i4"), np.dtype("<u2"))
ALIGNMENT = 64
SPARSE_BELOW = 0.75  # layers with less of their blocks than this are stored without their blocks of zeros
CHECKED_FROM = 20  # the checksum covers everything behind itself
GRUS = ("gru1", "gru2", "gru3", "gru_g", "gru_r")
SIZES = {64: (64, 16), 128: (128, 32), 256: (128, 64), 512: (128, 128)}  # width: (E, R)


@dataclass
class Model:
    """Weights by name (rows = outputs, columns = inputs; int8 ones with a scale and a bias per row) and the card.

    embedding (E), width (W) and strength_width (R) are the sizes of dense, of convolutions and GRUs, and of gru_r.
    """

    weights: dict
    card: dict
    embedding: int
    width: int
    strength_width: int

    @property
    def name(self):
        return self.card.get("name", f"percepnet-{self.width}")


def layer_shapes(E, W, R):
    """Every layer in file order: name -> (rows, columns, is int8)."""
    shapes = {
        "dense": (E, NUM_FEATURES, False),
        "conv1": (W, CONV1_TAPS * E, True),
        "conv2": (W, CONV2_TAPS * W, True),
    }
    for gru in GRUS:
        units, inputs = (R, 2 * W) if gru == "gru_r" else (W, W)
        shapes[f"{gru}.input"] = (3 * units, inputs, True)
        shapes[f"{gru}.recurrent"] = (3 * units, units, True)
    shapes["gain"] = (NUM_BANDS, 5 * W, False)
    shapes["strength"] = (NUM_BANDS, R, False)
    return shapes


def stored_weight(layer, weight):
    """An int8 layer's (name, array as stored, rows, columns)."""
    blocks = block(weight.astype(np.int8))
    kept = blocks.any((2, 3))
    if kept.mean() >= SPARSE_BELOW:
        yield f"{layer}.weight", blocks, *weight.shape
        return
    listed = list_blocks(kept)
    yield f"{layer}.blocks", listed, listed.size, 1
    yield f"{layer}.weight", blocks[kept], kept.sum() * ROW_BLOCK, COLUMN_BLOCK


def read_weight(data, table, layer, rows, columns, label):
    """An int8 layer's weights, (rows, columns)."""
    listed = table.get(f"{layer}.blocks".encode())
    if listed is None:
        return unblock(read_tensor(data, table, f"{layer}.weight", "i1", rows, columns, label), rows, columns)
    row_blocks, most = rows // ROW_BLOCK, rows // ROW_BLOCK * columns // COLUMN_BLOCK
    count = min(max(listed[1], row_blocks), row_blocks + most)
    kept = read_blocks(read_tensor(data, table, f"{layer}.blocks", "<u2", count, 1, label), rows, columns)
    if kept is None:
        raise BadModel(f"{label} is damaged: the blocks of {layer} are not in their order")
    rows_kept = kept.sum() * ROW_BLOCK
    stored = read_tensor(data, table, f"{layer}.weight", "i1", rows_kept, COLUMN_BLOCK, label)
    blocks = np.zeros((*kept.shape, ROW_BLOCK, COLUMN_BLOCK), np.int8)
    blocks[kept] = stored.reshape(-1, ROW_BLOCK, COLUMN_BLOCK)
    return unblock(blocks, rows, columns)


def stored_tensors(weights, shapes):
    """(name, array as stored, rows, columns) in file order. float32 weights go column by column: lanes are outputs."""
    for layer, (rows, columns, quantised) in shapes.items():
        weight = np.asarray(weights[f"{layer}.weight"])
        if weight.shape != (rows, columns):
            raise BadModel(f"{layer}.weight has shape {weight.shape}, not {(rows, columns)}")
        if quantised:
            yield from stored_weight(layer, weight)
            yield f"{layer}.scale", weights[f"{layer}.scale"].astype("<f4"), rows, 1
            yield f"{layer}.offset", -ACTIVATION_ZERO * weight.astype("<i4").sum(1, dtype="<i4"), rows, 1
        else:
            yield f"{layer}.weight", weight.T.astype("<f4"), rows, columns
        yield f"{layer}.bias", weights[f"{layer}.bias"].astype("<f4"), rows, 1


def encode_model(weights, card):
    """The bytes of a model file. card: a dict that JSON can hold (name, data, licences, results...)."""
    E, W, R = weights["dense.bias"].size, weights["conv1.bias"].size, weights["strength.weight"].shape[1]
    tensors = list(stored_tensors(weights, layer_shapes(E, W, R)))
    at = HEADER.size + TENSOR.size * len(tensors)
    table, body = b"", b""
    for name, array, rows, columns in tensors:
        body += bytes(-(at + len(body)) % ALIGNMENT)
        kind = DTYPES.index(array.dtype)
        table += TENSOR.pack(name.encode(), kind, rows, columns, at + len(body), array.nbytes)
        body += array.tobytes()
    card_bytes = json.dumps(card, sort_keys=True).encode()
    card_at, size = at + len(body), at + len(body) + len(card_bytes)
    sizes = (len(tensors), NUM_FEATURES, NUM_BANDS, E, W, R, card_at, len(card_bytes), 0)
    data = HEADER.pack(MAGIC, MODEL_VERSION, size, 0, *sizes) + table + body + card_bytes
    return data[:16] + struct.pack("<I", zlib.crc32(data[CHECKED_FROM:])) + data[CHECKED_FROM:]


def write_model(path, weights, card):
    """Writes a model file; a reader never sees half of it."""
    path = Path(path)
    part = path.with_name(path.name + ".part")
    part.write_bytes(encode_model(weights, card))
    os.replace(part, path)


def read_model(path):
    """Model from a file. Raises BadModel (what is wrong, what to do) or OSError."""
    return decode_model(Path(path).read_bytes(), str(path))


def decode_model(data, label="model"):
    """Model from the bytes of a file. Accepts and refuses the same files as the C core, but for the card's JSON."""
    count, E, W, R, card = read_header(data, label)
    tensors = read_table(data, count, label)
    weights = {}
    for layer, (rows, columns, quantised) in layer_shapes(E, W, R).items():
        if quantised:
            weights[f"{layer}.weight"] = read_weight(data, tensors, layer, rows, columns, label)
        else:
            stored = read_tensor(data, tensors, f"{layer}.weight", "<f4", rows, columns, label)
            weights[f"{layer}.weight"] = stored.reshape(columns, rows).T
        for part in ("scale", "bias") if quantised else ("bias",):
            weights[f"{layer}.{part}"] = read_tensor(data, tensors, f"{layer}.{part}", "<f4", rows, 1, label)
        if quantised:
            offset = read_tensor(data, tensors, f"{layer}.offset", "<i4", rows, 1, label)
            if not np.array_equal(offset, -ACTIVATION_ZERO * weights[f"{layer}.weight"].sum(1, dtype="<i4")):
                raise BadModel(f"{label} is damaged: {layer}.offset is not that of its weights")
    return Model(weights, read_card(card, label), E, W, R)


def read_header(data, label):
    """(number of tensors, E, W, R, bytes of the card) of a file whose identity, length and checksum are right."""
    if len(data) < HEADER.size or data[:8] != MAGIC:
        raise BadModel(f"{label} is not a PercepNet model file")
    _, version, size, crc, count, features, bands, E, W, R, card_at, card_size, _ = HEADER.unpack_from(data)
    if version != MODEL_VERSION:
        raise BadModel(f"{label} is format {version}, this build reads {MODEL_VERSION}: export the model again")
    if size != len(data) or zlib.crc32(data[CHECKED_FROM:]) != crc:
        raise BadModel(f"{label} is damaged (length or checksum): download or copy it again")
    good_sizes = all(ROW_BLOCK <= n <= MAX_WIDTH and n % ROW_BLOCK == 0 for n in (E, W, R))
    if (features, bands) != (NUM_FEATURES, NUM_BANDS) or not good_sizes:
        raise BadModel(f"{label} is of another shape ({features} features, {bands} bands, sizes {E}, {W}, {R})")
    if HEADER.size + TENSOR.size * count > size or card_at + card_size > size:
        raise BadModel(f"{label} is damaged: its tables do not fit in it")
    return count, E, W, R, data[card_at : card_at + card_size]


def read_table(data, count, label):
    """{name: (type, rows, columns, offset, bytes)}; the first of a name counts. No two tensors share a byte."""
    table, end = {}, HEADER.size + TENSOR.size * count
    for i in range(count):
        name, *entry = TENSOR.unpack_from(data, HEADER.size + TENSOR.size * i)
        offset, size = entry[3:]
        if offset < end or offset + size > len(data):
            raise BadModel(f"{label} is damaged: its tensors do not lie behind each other")
        table.setdefault(name.rstrip(b"\0"), tuple(entry))
        end = offset + size
    return table


def read_tensor(data, table, name, dtype, rows, columns, label):
    """The flat array of a tensor that must have this type and shape."""
    dtype = np.dtype(dtype)
    kind, *shape, offset, size = table.get(name.encode(), (None, 0, 0, 0, 0))
    expected = [rows, columns], rows * columns * dtype.itemsize
    fits = offset % ALIGNMENT == 0 and offset + size <= len(data)
    if kind != DTYPES.index(dtype) or (shape, size) != expected or not fits:
        raise BadModel(f"{label} is damaged or of another network: there is no {name} of {rows} x {columns}")
    values = np.frombuffer(data, dtype, rows * columns, offset)
    if not np.isfinite(values).all():
        raise BadModel(f"{label} is damaged: {name} is not finite")
    return values


def read_card(data, label):
    try:
        card = json.loads(data)
    except (ValueError, RecursionError):
        card = None
    if not isinstance(card, dict):
        raise BadModel(f"{label} is damaged: its card is not a JSON object")
    return card


def quantise_rows(weight):
    """float (rows, columns) -> int8 weights and the float32 scale that carries them and the activations back."""
    step = (np.abs(weight).max(1) / np.float32(127)).astype(np.float32)
    step = np.where(step > 0, step, np.float32(1))
    quantised = np.clip(np.rint(weight / step[:, None]), -127, 127).astype(np.int8)
    return quantised, (step / np.float32(63)).astype(np.float32)


def random_weights(width, seed, density=1.0):
    """Weights of a network that computes nothing useful but exercises everything: for tests and benchmarks.

    density: the share of an int8 layer's blocks that are not zero.
    """
    E, R = SIZES[width]
    weights = {}
    for i, (layer, (rows, columns, quantised)) in enumerate(layer_shapes(E, width, R).items()):
        noise = paint_noise(rows * columns + rows, 1000 * seed + i)
        weight = noise[rows:].reshape(rows, columns) * np.float32(1.7 / np.sqrt(columns))
        if quantised:
            weights[f"{layer}.weight"], weights[f"{layer}.scale"] = quantise_rows(thinned(weight, density))
        else:
            weights[f"{layer}.weight"] = weight
        weights[f"{layer}.bias"] = noise[:rows] * np.float32(0.5)
    return weights


def thinned(weight, density):
    """The weight with that share of its blocks, those of the largest first value; the others 0."""
    blocks = block(weight).copy()
    first = blocks[..., 0, 0]
    blocks[first < np.quantile(first, 1 - density)] = 0
    return unblock(blocks, *weight.shape)


def random_model(width, seed=1):
    """A Model of random_weights."""
    return decode_model(encode_model(random_weights(width, seed), {"name": f"random-{width}", "seed": seed}))
