"""A corpus of damaged, foreign and hostile model files, made from a small good one by a fixed seed."""

import struct
import zlib

import numpy as np
import pytest

from percepnet import model_file
from percepnet.model_file import HEADER, TENSOR

TINY_WIDTH = 8  # E, W and R: a file of some 13 kB, so that thousands of variants are quick
HEADER_FIELDS = {
    "version": 8, "size": 12, "crc": 16, "tensors": 20, "features": 24, "bands": 28,
    "E": 32, "W": 36, "R": 40, "card at": 44, "card size": 48,
}  # fmt: skip
TENSOR_FIELDS = {"type": 24, "rows": 28, "columns": 32, "offset": 36, "bytes": 40}
NUMBERS = [0, 1, 7, 8, 16, 24, 63, 64, 1024, 1032, 0x7FFFFFFF, 0x80000000, 0xFFFFFFC0, 0xFFFFFFFF]
HOSTILE_FLOATS = [np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-40, 0.0]
SEED, FLIPS = 20, 1200


def tiny_model(density=1.0):
    """The bytes of a good model with layers of 8."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(model_file.SIZES, TINY_WIDTH, (TINY_WIDTH, TINY_WIDTH))
        weights = model_file.random_weights(TINY_WIDTH, 1, density)
    return model_file.encode_model(weights, {"name": "tiny", "note": "é" * 9})


def sealed(data, size=True):
    """The same with a right checksum and, unless told otherwise, a right size."""
    data = bytearray(data)
    if len(data) >= HEADER.size:
        if size:
            data[12:16] = struct.pack("<I", len(data))
        data[16:20] = struct.pack("<I", zlib.crc32(data[20:]))
    return bytes(data)


def with_u32(data, at, value):
    return data[:at] + struct.pack("<I", value) + data[at + 4 :]


def tensors(data):
    """(name, offset of its table entry, type, offset of its data, bytes) of each tensor."""
    for i in range(struct.unpack_from("<I", data, 20)[0]):
        at = HEADER.size + TENSOR.size * i
        name, kind, _, _, offset, size = TENSOR.unpack_from(data, at)
        yield name.rstrip(b"\0").decode(), at, kind, offset, size


def foreign():
    """Files that never were models."""
    noise = np.random.default_rng(SEED).bytes(5000)
    yield from [
        ("empty", b""),
        ("one byte", b"P"),
        ("magic only", b"PERCEPNT"),
        ("zeros", bytes(4096)),
        ("noise", noise),
    ]
    yield "wave file", b"RIFF\x24\0\0\0WAVEfmt " + noise[:500]
    yield "noise behind a good start", b"PERCEPNT" + struct.pack("<I", 1) + noise
    yield "sealed noise", sealed(b"PERCEPNT" + struct.pack("<I", 1) + noise)
    yield "text", b"# PercepNet\n" * 50


def flips(good, rng):
    """Random bytes changed; most files sealed again, so that more than the checksum is tried."""
    table_end = HEADER.size + TENSOR.size * sum(1 for _ in tensors(good))
    for i in range(FLIPS):
        data = bytearray(good)
        end = [len(good), table_end][i % 2]
        for at in rng.integers(8, end, rng.integers(1, 4)):
            data[at] = data[at] ^ (1 << rng.integers(8)) if rng.random() < 0.5 else rng.integers(256)
        yield f"flip {i}", bytes(data) if i % 10 == 9 else sealed(data, size=i % 3 > 0)


def truncations(good):
    """Cut at every boundary and beside it, and files with something behind them; sealed and not."""
    ends = {0, 8, 19, 20, 63, 64, len(good) - 1, *HEADER_FIELDS.values()}
    for _, at, _, offset, size in tensors(good):
        ends |= {at, at + 24, at + 48, offset, offset + size, offset + size - 1}
    for end in sorted(ends):
        yield f"first {end} bytes", good[:end]
        yield f"first {end} bytes, sealed", sealed(good[:end])
    for extra in (1, 64, 5000):
        yield f"{extra} bytes more", good + bytes(extra)
        yield f"{extra} bytes more, sealed", sealed(good + bytes(extra))


def numbers(good):
    """Every number of the header, and of every fourth tensor in the table, at its extremes."""
    for name, at in HEADER_FIELDS.items():
        for value in NUMBERS:
            changed = with_u32(good, at, value)
            yield f"{name} = {value}", changed if name in ("size", "crc") else sealed(changed)
    for tensor, entry, *_ in list(tensors(good))[::4]:
        for name, at in TENSOR_FIELDS.items():
            for value in NUMBERS:
                yield f"{tensor} {name} = {value}", sealed(with_u32(good, entry + at, value))


def contents(good):
    """Weights that are not numbers, huge or nothing; tensors in each other's place or twice."""
    entries = list(tensors(good))
    for name, _, kind, offset, size in entries:
        for value in HOSTILE_FLOATS if kind == 0 else [0x80, 0x7F, 0xFF, 0]:
            cell = struct.pack("<f", value) if kind == 0 else bytes([value])
            for at in (offset, offset + size - len(cell)):
                yield f"{name}: {value} at {at}", sealed(good[:at] + cell + good[at + len(cell) :])
        cell = struct.pack("<f", 3e38) if kind == 0 else b"\x80"
        yield (
            f"{name}: all {cell}",
            sealed(good[:offset] + cell * (size // len(cell)) + good[offset + size :]),
        )
    for (name, at, *_), (other, to, *_) in zip(entries, entries[1:], strict=False):
        yield f"{name} and {other} exchanged", sealed(exchange(good, at, to, TENSOR.size))
        yield f"{name} and {other}: names exchanged", sealed(exchange(good, at, to, 24))
        yield f"{other} is named {name}", sealed(good[:to] + good[at : at + 24] + good[to + 24 :])
        yield f"{other} lies where {name} does", sealed(good[: to + 36] + good[at + 36 : at + 40] + good[to + 40 :])
        yield f"{name} has no end", sealed(good[: at + 23] + b"x" + good[at + 24 :])


def block_lists(good):
    """Counts and columns of a sparse layer's blocks that are too many, too large, odd or out of order."""
    for name, entry, kind, offset, size in list(tensors(good)):
        if kind != 3:
            continue
        for at in range(offset, offset + size, 2):
            for value in (0, 1, 2, 4, 8, 12, 0x7FFC, 0x8000, 0xFFFC, 0xFFFF):
                cell = struct.pack("<H", value)
                yield f"{name}: number {value} at {at}", sealed(good[:at] + cell + good[at + 2 :])
        yield f"{name} is left out", sealed(good[:entry] + b"x" + good[entry + 1 :])


def exchange(data, a, b, size):
    return data[:a] + data[b : b + size] + data[a + size : b] + data[a : a + size] + data[b + size :]


def cards(good):
    """Cards that are not JSON objects: the core does not read them, Python refuses them."""
    at = struct.unpack_from("<I", good, 44)[0]
    for card in (b"", b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 20000, b'{"a": NaN', b'"text"'):
        yield f"card {card[:9]!r}", sealed(with_u32(good[:at], 48, len(card)) + card)


def corpus():
    """{description: bytes} of all."""
    good, rng = tiny_model(), np.random.default_rng(SEED)
    made = [("good", good), *foreign(), *flips(good, rng), *truncations(good), *numbers(good), *contents(good)]
    sparse = tiny_model(0.4)
    spoilt = [*flips(sparse, rng), *truncations(sparse), *numbers(sparse), *contents(sparse), *block_lists(sparse)]
    made += [("good, sparse", sparse), *((f"sparse: {name}", data) for name, data in spoilt)]
    files = dict(made)
    assert len(files) == len(made), "two files of one description"
    return files
