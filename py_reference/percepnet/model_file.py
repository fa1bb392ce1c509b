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
    MODEL_VERSION,
    NUM_BANDS,
    NUM_FEATURES,
    ROW_BLOCK,
)
from .errors import BadModel
from .paint import paint_noise

MAGIC = b"PERCEPNT"
HEADER = struct.Struct("<8s12I8x")  # magic, version, file size, CRC-32, tensors, features, bands, E, W, R, card at, card size, 0
TENSOR = struct.Struct("<24s5I4x")  # name, type, rows, columns, offset, bytes
DTYPES = (np.dtype("<f4"), np.dtype("i1"), np.dtype("<i4"))
ALIGNMENT = 64
CHECKED_FROM = 20  # the checksum covers everything behind itself
GRUS = ("gru1", "gru2", "gru3", "gru_g", "gru_r")
SIZES = {64: (64, 16), 128: (128, 32), 256: (128, 64), 512: (128, 128)}  # width: (E, R)


@dataclass
class Model:
    """Weights by name (rows = outputs, columns = inputs; int8 ones with a scale and a bias per row) and the card.

    embedding (E), width (W) and strength_width (R) are the sizes of the dense layer, the convolutions and GRUs, and gru_r.
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


def block(weight):
    """int8 (rows, columns) -> the stored order: blocks of ROW_BLOCK rows x COLUMN_BLOCK columns, row blocks outermost."""
    rows, columns = weight.shape
    return weight.reshape(rows // ROW_BLOCK, ROW_BLOCK, columns // COLUMN_BLOCK, COLUMN_BLOCK).transpose(0, 2, 1, 3)


def unblock(stored, rows, columns):
    """The inverse of block."""
    blocks = stored.reshape(rows // ROW_BLOCK, columns // COLUMN_BLOCK, ROW_BLOCK, COLUMN_BLOCK)
    return blocks.transpose(0, 2, 1, 3).reshape(rows, columns)


def stored_tensors(weights, shapes):
    """(name, array as stored) in file order. float32 weights go column by column, so that lanes are outputs."""
    for layer, (rows, columns, quantised) in shapes.items():
        weight = np.asarray(weights[f"{layer}.weight"])
        if weight.shape != (rows, columns):
            raise BadModel(f"{layer}.weight has shape {weight.shape}, not {(rows, columns)}")
        if quantised:
            yield f"{layer}.weight", block(weight.astype(np.int8)), rows, columns
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
    """Model from the bytes of a file."""
    if len(data) < HEADER.size or data[:8] != MAGIC:
        raise BadModel(f"{label} is not a PercepNet model file")
    _, version, size, crc, count, features, bands, E, W, R, card_at, card_size, _ = HEADER.unpack_from(data)
    if version != MODEL_VERSION:
        raise BadModel(f"{label} is format {version}, this build reads {MODEL_VERSION}: export the model again")
    if size != len(data) or zlib.crc32(data[CHECKED_FROM:]) != crc:
        raise BadModel(f"{label} is damaged (length or checksum): download or copy it again")
    shapes = layer_shapes(E, W, R)
    if (features, bands) != (NUM_FEATURES, NUM_BANDS) or HEADER.size + TENSOR.size * count > size:
        raise BadModel(f"{label} is of another shape ({features} features, {bands} bands)")
    stored = dict(read_tensor(data, HEADER.size + TENSOR.size * i, label) for i in range(count))
    try:
        weights = {}
        for layer, (rows, columns, quantised) in shapes.items():
            weight = stored[f"{layer}.weight"]
            weights[f"{layer}.weight"] = unblock(weight, rows, columns) if quantised else weight.reshape(columns, rows).T
            for part in ("scale", "bias") if quantised else ("bias",):
                weights[f"{layer}.{part}"] = stored[f"{layer}.{part}"].reshape(rows)
        card = json.loads(data[card_at : card_at + card_size])
    except (KeyError, ValueError) as error:
        raise BadModel(f"{label} does not hold the tensors of a PercepNet: {error}") from None
    return Model(weights, card, E, W, R)


def read_tensor(data, at, label):
    """(name, flat array) of one entry of the tensor table."""
    name, kind, rows, columns, offset, size = TENSOR.unpack_from(data, at)
    if kind >= len(DTYPES) or offset + size > len(data) or rows * columns * DTYPES[kind].itemsize != size:
        raise BadModel(f"{label} is damaged: tensor {name!r} does not fit")
    return name.rstrip(b"\0").decode(errors="replace"), np.frombuffer(data, DTYPES[kind], rows * columns, offset)


def quantise_rows(weight):
    """float (rows, columns) -> int8 weights and the float32 scale that carries them and the activations back."""
    step = (np.abs(weight).max(1) / np.float32(127)).astype(np.float32)
    step = np.where(step > 0, step, np.float32(1))
    quantised = np.clip(np.rint(weight / step[:, None]), -127, 127).astype(np.int8)
    return quantised, (step / np.float32(63)).astype(np.float32)


def random_weights(width, seed):
    """Weights of a network that computes nothing useful but exercises everything: for tests and benchmarks."""
    E, R = SIZES[width]
    weights = {}
    for i, (layer, (rows, columns, quantised)) in enumerate(layer_shapes(E, width, R).items()):
        noise = paint_noise(rows * columns + rows, 1000 * seed + i)
        weight = noise[rows:].reshape(rows, columns) * np.float32(1.7 / np.sqrt(columns))
        if quantised:
            weights[f"{layer}.weight"], weights[f"{layer}.scale"] = quantise_rows(weight)
        else:
            weights[f"{layer}.weight"] = weight
        weights[f"{layer}.bias"] = noise[:rows] * np.float32(0.5)
    return weights


def random_model(width, seed=1):
    """A Model of random_weights."""
    return decode_model(encode_model(random_weights(width, seed), {"name": f"random-{width}", "seed": seed}))
