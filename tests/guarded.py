"""Calls any function of the testing builds on arrays, each between guard bytes that must stay as they are."""

import ctypes

import numpy as np

from percepnet import native
from percepnet.engines import wasm_node

GUARD = b"\x5a" * 16  # keeps what follows as aligned as what was before


def lay_out(arrays):
    """(bytes of all arrays, each after a guard and before one; where each begins, a multiple of 16)."""
    data, starts = GUARD, []
    for array in arrays:
        starts.append(len(data))
        data += array.tobytes() + GUARD
        data += GUARD[: -len(data) % len(GUARD)]
    return data, starts


def call_native(name, arguments, data):
    """As wasm_node.call_function, in the native testing library."""
    buffer, address = native.aligned_copy(data)  # the name keeps the memory
    values = [address + argument["at"] if isinstance(argument, dict) else argument for argument in arguments]
    getattr(native.load_library(testing=True), name)(*values)
    return ctypes.string_at(address, len(data))


def call(backend, name, *arguments):
    """Calls percepnet_testing_<name>, or a function of percepnet.h by its whole name.

    arguments: whole numbers and arrays; returns the arrays as they are afterwards.
    Fails if a byte beside an array has changed.
    """
    arrays = [argument for argument in arguments if isinstance(argument, np.ndarray)]
    data, starts = lay_out(arrays)
    places = iter(starts)
    passed = [{"at": next(places)} if isinstance(argument, np.ndarray) else argument for argument in arguments]
    function = name if name in native.PUBLIC else f"percepnet_testing_{name}"
    if backend == "native":
        after = call_native(function, passed, data)
    else:
        after = wasm_node.call_function(backend.removeprefix("wasm-"), function, passed, data)
    found = [
        np.frombuffer(after[start : start + array.nbytes], array.dtype).reshape(array.shape)
        for array, start in zip(arrays, starts, strict=True)
    ]
    assert after == lay_out(found)[0], f"{function} in {backend}: memory beside an array was changed"
    return found
