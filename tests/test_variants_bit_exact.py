"""The C core gives one answer whatever it was compiled to: int8 product and whole pipeline, every bit."""

import platform
from functools import cache
from itertools import product as product_of

import numpy as np
import pytest
from backends import COMPILED, model_bytes, open_stream, set_signal
from compare import assert_same_bits
from compiler import CORE
from faults import compile_library
from guarded import call

from percepnet import native
from percepnet.golden import paint
from percepnet.lane_sum import ordered_sum
from percepnet.nnet import quantise
from percepnet.vec_math import flush, vec_sigmoid, vec_tanh
from percepnet.verification.comparison import first_difference, locate
from percepnet.weight_blocks import block, list_blocks, unblock
from percepnet.constants import (
    ACTIVATION_SCALE,
    ACTIVATION_ZERO,
    COLUMN_BLOCK,
    FRAME_SIZE,
    NUM_BANDS,
    PITCH_MAX_PERIOD,
    PITCH_MIN_PERIOD,
    ROW_BLOCK,
    SIGNALS,
)

SHAPES = [(8, 4), (8, 8), (16, 12), (24, 16), (40, 20), (48, 128), (72, 36), (192, 20), (384, 256)]
SHAPES += [(1536, 512), (512, 1536), (1536, 2560)]
EXTREMES = {  # weights, activations: at the ends of their ranges sums of two products nearly leave 16 bits
    "highest": (127, 127),
    "lowest": (-127, 127),
    "lowest of a byte": (-128, 127),  # which no quantised row has, but a file may
    "smallest activations": (-127, 1),
    "signs in turn": (None, 127),
    "random": (None, None),
}
OWN, PLAIN = 0, 1  # kernels of percepnet_testing_gemv_int8: what a stream gets, and the definition
BASELINE = {"x86_64": "sse2", "AMD64": "sse2", "aarch64": "neon", "arm64": "neon"}  # what all such processors have
PRODUCTS = [(backend, name) for backend in COMPILED for name in ("own", "plain")] + [("native", "others")]
CONFIGS = {
    "defaults": {},
    "limited": {"max_attenuation_db": 12.0, "postfilter": 0.25},
    "bypassed": {"bypass": 1.0},
}


def fill(kind, rows, columns):
    """Weights int8 (rows, columns) and activations uint8 (columns,) of EXTREMES."""
    rng = np.random.default_rng([rows, columns])
    weight, activation = EXTREMES[kind]
    weights = rng.integers(-127, 128, (rows, columns))
    if kind == "signs in turn":
        weights = np.where(np.add.outer(np.arange(rows), np.arange(columns)) % 2, -127, 127)
    elif weight is not None:
        weights[:] = weight
    u = np.full(columns, activation) if activation is not None else rng.integers(1, 128, columns)
    return weights.astype(np.int8), u.astype(np.uint8)


@cache
def product(kind, rows, columns):
    """(blocked weights, activations, offsets, exact sums) of EXTREMES."""
    weights, u = fill(kind, rows, columns)
    exact = weights.astype(np.int64) @ (u.astype(np.int64) - ACTIVATION_ZERO)
    offset = -ACTIVATION_ZERO * weights.sum(1, dtype=np.int64)
    return np.ascontiguousarray(block(weights)), u, offset.astype(np.int32), exact.astype(np.int32)


def turned(backend, kernel, weights):
    """Weights as a kernel takes them."""
    return call(backend, "turn_weights", kernel, weights, weights.size)[0]


def kernels(backend, name):
    """{kernel: its number for percepnet_testing_gemv_int8}: "own", "plain", or all others that this processor runs."""
    if name in ("own", "plain"):
        return {name: {"own": OWN, "plain": PLAIN}[name]}
    library = native.load_library(testing=True)
    numbers = range(PLAIN + 1, library.percepnet_testing_gemv_int8_count())
    names = {library.percepnet_testing_gemv_int8_name(number): number for number in numbers}
    found = {name.decode(): number for name, number in names.items() if name}
    assert BASELINE.get(platform.machine()) in (None, *found)
    return found


def sparse_product(kind, rows, columns, density):
    """(the stored blocks, activations, offsets, list of blocks, exact sums) of EXTREMES with blocks left out.

    Now and then a row block has none or all of them.
    """
    weights, u = fill(kind, rows, columns)
    rng = np.random.default_rng([rows, columns, 1])
    kept = rng.random((rows // ROW_BLOCK, columns // COLUMN_BLOCK)) < density
    kept[1::5], kept[3::5] = False, True
    blocks = np.where(kept[..., None, None], block(weights), 0)
    exact = unblock(blocks, rows, columns).astype(np.int64) @ (u.astype(np.int64) - ACTIVATION_ZERO)
    offset = -ACTIVATION_ZERO * blocks.sum((1, 3), dtype=np.int64).ravel()
    return blocks[kept].astype(np.int8), u, offset.astype(np.int32), list_blocks(kept), exact.astype(np.int32)


@pytest.mark.parametrize("kind", EXTREMES)
@pytest.mark.parametrize("backend, name", PRODUCTS)
def test_int8_product_is_exact(backend, name, kind):
    """The plain loop and all the fast ones, on all shapes up to the largest layer; nothing is written beside."""
    assert_product_is_exact(backend, name, kind)


def assert_product_is_exact(backend, name, kind):
    for (kernel, number), (rows, columns) in product_of(kernels(backend, name).items(), SHAPES):
        weights, u, offset, exact = product(kind, rows, columns)
        sums = np.zeros(rows, np.int32)
        weights = turned(backend, number, weights)
        sums, *_ = call(backend, "gemv_int8", number, sums, weights, u, offset, rows, columns)
        assert_same_bits(sums, exact, f"{backend}, {kernel}, {rows} x {columns}, {kind}")


@pytest.mark.parametrize("kind", EXTREMES)
@pytest.mark.parametrize("backend, name", PRODUCTS)
def test_sparse_int8_product_is_exact(backend, name, kind):
    named = kernels(backend, name).items()
    for (kernel, number), (rows, columns), density in product_of(named, SHAPES, (0.1, 0.5)):
        weights, u, offset, blocks, exact = sparse_product(kind, rows, columns, density)
        sums = np.zeros(rows, np.int32)
        weights = turned(backend, number, weights)
        sums, *_ = call(backend, "gemv_int8_sparse", number, sums, weights, blocks, u, offset, rows, columns)
        assert_same_bits(sums, exact, f"{backend}, {kernel}, {density} of {rows} x {columns}, {kind}")


NASTY = [0.0, 1e-45, 1e-38, 1e-15, 0.99 * 1e-15, 1e-3, 0.5, 1.0, 4.97, 8.999999, 9.0, 9.000001, 18.0, 1e30, np.inf]


def nasty_values(n, limit=np.inf):
    """Float32 (n,): NASTY of both signs up to a limit, then noise of all sizes up to it."""
    rng = np.random.default_rng(n)
    known = [sign * value for value in NASTY if value <= limit for sign in (1, -1)]
    noise = rng.uniform(-1, 1, n) * np.minimum(10.0 ** rng.uniform(-8, 2, n), limit)
    return np.concatenate([known, noise]).astype(np.float32)[:n]


def activation_boundaries():
    """Where the quantised activation steps, and the numbers on either side: a multiple of 8 of them, in +-1."""
    steps = ((np.arange(-63, 63) + 0.5) / ACTIVATION_SCALE).astype(np.float32)
    beside = [np.nextafter(steps, -np.inf), np.nextafter(steps, np.inf)]
    return np.concatenate([steps, *beside, [-1, 1, 0, -0.0, 1e-45, 0.5]])


def element_cases(n):
    """{function: (arguments, what its first array must become)}, by the reference. n: elements, a multiple of 8."""
    x, (a, b), h = nasty_values(n), nasty_values(6 * n).reshape(2, 3, n), nasty_values(n, 1.0)
    a[2, np.isinf(a[2])], b[np.isinf(b)] = 7, -7  # infinite less infinite is not a number, and comes from no model
    z, r = vec_sigmoid(a[0] + b[0]), vec_sigmoid(a[1] + b[1])
    candidate = vec_tanh(a[2] + r * b[2])
    sums = np.random.default_rng(n).integers(-(2**25), 2**25, n).astype(np.int32)
    inside = np.resize(activation_boundaries(), n).astype(np.float32)
    scale, bias = nasty_values(n, 9.0), nasty_values(n, 9.0)[::-1].copy()
    empty = np.zeros(n, np.float32)
    return {
        "tanh": ([x, n], vec_tanh(x)),
        "sigmoid": ([x, n], vec_sigmoid(x)),
        "quantise": ([empty.astype(np.uint8), inside, n], (quantise(inside) + ACTIVATION_ZERO).astype(np.uint8)),
        "dequantise": ([empty, sums, scale, bias, n], sums.astype(np.float32) * scale + bias),
        "gates": ([h, a, b, n], flush(candidate + z * (h - candidate))),
    }


@pytest.mark.parametrize("function", element_cases(8))
@pytest.mark.parametrize("backend", COMPILED)
def test_what_happens_to_each_element_between_products(backend, function):
    for n in (8, 16, 40, 192, 512, 1024):
        arguments, expected = element_cases(n)[function]
        found, *_ = call(backend, function, *arguments)
        assert_same_bits(found, expected, f"{backend}, {function} of {n}")


@pytest.mark.parametrize("function, reference", [("tanh", vec_tanh), ("sigmoid", vec_sigmoid)])
@pytest.mark.parametrize("backend", COMPILED)
def test_an_activation_of_any_length(backend, function, reference):
    """The last four are computed on their own, whatever there is before them."""
    for n in (4, 5, 6, 7, NUM_BANDS, 61):
        x = nasty_values(n)
        found, *_ = call(backend, function, x, n)
        assert_same_bits(found, reference(x), f"{backend}, {function} of {n}")


@pytest.mark.parametrize("backend", COMPILED)
def test_a_float_layer_adds_up_in_the_order_of_its_inputs(backend):
    for rows, columns in [(8, 5), (16, 70), (NUM_BANDS, 320), (40, 7), (64, 70), (128, 70), (1024, 3)]:
        rng = np.random.default_rng([rows, columns])
        weight, bias = rng.normal(size=(columns, rows)).astype(np.float32), rng.normal(size=rows).astype(np.float32)
        x = nasty_values(columns, 9.0)
        expected = ordered_sum(np.concatenate([bias[None], weight * x[:, None]]))
        found, *_ = call(backend, "dense", np.zeros(rows, np.float32), weight, bias, x, rows, columns)
        assert_same_bits(found, expected, f"{backend}, {rows} x {columns}")


@cache
def nasty_frames():
    """Everything that hurts, one after the other: (frames, FRAME_SIZE)."""
    broken = paint.paint_noise(2 * FRAME_SIZE, 5)
    broken[::7], broken[1::31], broken[2::37], broken[3::41] = np.nan, np.inf, -np.inf, 3e38
    pieces = [
        0.1 * paint.paint_noise(4 * FRAME_SIZE, 1),
        paint.paint_impulse(2 * FRAME_SIZE, 77),
        paint.paint_full_scale(3 * FRAME_SIZE),
        paint.paint_pulse_train(5 * FRAME_SIZE, PITCH_MIN_PERIOD),
        paint.paint_pulse_train(7 * FRAME_SIZE, PITCH_MAX_PERIOD),
        np.full(3 * FRAME_SIZE, 0.25),
        broken,
        paint.paint_vowel(10 * FRAME_SIZE, 301),
        paint.paint_silence(8 * FRAME_SIZE),
        paint.paint_denormal(3 * FRAME_SIZE),
        paint.paint_noise(2 * FRAME_SIZE, 9),
    ]
    return np.concatenate(pieces).astype(np.float32).reshape(-1, FRAME_SIZE)


def trace(stream):
    """What a stream's signals are after each of the nasty frames: [{signal: values}]."""
    steps = []
    for frame in nasty_frames():
        out, _ = stream.process_frame(frame)
        steps.append({name: np.array(stream.signal(name)) for name in (*SIGNALS, "nnet_memory")})
        assert_same_bits(out, steps[-1]["output"], "what process_frame returns")
    return steps


@cache
def reference_trace(config):
    return trace(open_stream("reference", **CONFIGS[config]))


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("backend", COMPILED)
def test_every_signal_of_every_frame_has_the_reference_bits(backend, config):
    found = trace(open_stream(backend, **CONFIGS[config]))
    for number, (step, expected) in enumerate(zip(found, reference_trace(config), strict=True)):
        for name, values in expected.items():
            assert_same_bits(step[name], values, f"frame {number}, {name}")


def test_every_signal_has_the_reference_bits_whichever_int8_product_runs():
    library = native.load_library(testing=True)
    for name, number in (kernels("native", "plain") | kernels("native", "others")).items():
        library.percepnet_testing_use_gemv_int8(number)
        try:
            assert library.percepnet_testing_gemv_int8_variant().decode() == name
            test_every_signal_of_every_frame_has_the_reference_bits("native", "defaults")
        finally:
            library.percepnet_testing_use_gemv_int8(0)


@pytest.mark.slow
def test_a_library_compiled_for_this_machine(tmp_path, monkeypatch):
    """With every instruction that the processor has, fused ones still forbidden: kernels and bits."""
    compile_library(tmp_path, CORE, "-march=native")
    monkeypatch.setattr(native, "BUILD", tmp_path)
    native.load_library.cache_clear()
    try:
        for kind in EXTREMES:
            assert_product_is_exact("native", "own", kind)
        test_every_signal_of_every_frame_has_the_reference_bits("native", "defaults")
    finally:
        native.load_library.cache_clear()


def test_the_nasty_input_stays_finite_and_is_heard():
    """Otherwise the test above would compare nothing."""
    steps = reference_trace("defaults")
    for number, step in enumerate(steps):
        for name, values in step.items():
            assert name == "input" or np.isfinite(values).all(), f"frame {number}, {name}"
    assert sum(np.abs(step["output"]).max() > 1e-4 for step in steps) > len(steps) // 2
    assert sum(step["repaired"][0] > 0 for step in steps) == 2
    assert len({int(step["period"][0]) for step in steps}) > 5


@pytest.mark.parametrize("backend", COMPILED)
def test_an_inspector_can_be_led_astray(backend):
    """The comparison above sees a single changed element, and so does the search for the stage."""
    stream, frames = open_stream(backend), nasty_frames()
    stream.process_frame(frames[0])
    before = np.array(stream.signal("half_energy"))
    after = before.copy()
    after[5] = np.nextafter(after[5], np.float32(np.inf))
    set_signal(stream, "half_energy", after)
    assert first_difference(before, stream.signal("half_energy")) == 5
    stream.reset()
    memory = np.array(stream.signal("overlap"))
    memory[9] = 1e-3
    set_signal(stream, "overlap", memory)
    difference = locate(model_bytes(), frames[1], stream, 0)
    assert (difference.stage, difference.signal, difference.index) == ("synthesis", "wet", 9)
