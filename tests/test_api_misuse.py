"""Wrong calls: an error that says so, in C and in Python, and a stream that goes on as before."""

import ctypes

import numpy as np
import pytest
from backends import BACKENDS, COMPILED, model_bytes, open_stream
from compare import assert_same_bits

from percepnet import BadModel, Missing, PercepNetError, native
from percepnet.engines import wasm_node
from percepnet.constants import CONFIG, FRAME_SIZE
from percepnet.golden.paint import paint_noise

OK, BAD_ARG, BAD_MODEL = 0, -1, -2
BAD_OPTIONS = [
    (name, value)
    for name, field in CONFIG.items()
    for value in (field["min"] - 0.1, field["max"] + 0.1, float("nan"), float("inf"), float("-inf"))
]


@pytest.fixture(scope="module")
def library():
    return native.load_library()


@pytest.fixture
def model(library):
    return native.NativeModel(model_bytes(), library)


@pytest.fixture
def state(library, model):
    pointer = ctypes.c_void_p()
    assert library.percepnet_create(ctypes.byref(pointer), model.pointer, None) == OK
    yield pointer
    library.percepnet_destroy(pointer)


def config(**options):
    defaults = {name: field["default"] for name, field in CONFIG.items()}
    return native.Config(**{**defaults, **options})


def test_every_error_has_words(library):
    words = [library.percepnet_strerror(error).decode() for error in (0, -1, -2, -3, -4, -5, 99)]
    assert len(set(words)) == 6 and words[-1] == words[-2] == "unknown error"
    assert all(words)


def test_null_pointers_are_refused(library, model):
    blob, address = native.aligned_copy(model_bytes())
    out = ctypes.c_void_p(1)
    assert library.percepnet_model_create(None, address, len(blob)) == BAD_ARG
    assert library.percepnet_model_create(ctypes.byref(out), None, 0) == BAD_ARG and not out.value
    assert library.percepnet_create(None, model.pointer, None) == BAD_ARG
    out = ctypes.c_void_p(1)
    assert library.percepnet_create(ctypes.byref(out), None, None) == BAD_ARG and not out.value
    assert library.percepnet_set_config(None, ctypes.byref(config())) == BAD_ARG


def test_destroying_nothing_is_allowed(library):
    library.percepnet_destroy(None)
    library.percepnet_model_destroy(None)


@pytest.mark.parametrize("shift", [1, 2, 4, 8])
def test_a_misaligned_model_is_refused(library, shift):
    data = model_bytes()
    keep, address = native.aligned_copy(bytes(shift) + data)
    out = ctypes.c_void_p(1)
    assert library.percepnet_model_create(ctypes.byref(out), address + shift, len(data)) == BAD_ARG
    assert not out.value and keep


@pytest.mark.parametrize("size", [0, 1, 63, 64, 1000])
def test_a_short_model_is_refused(library, size):
    keep, address = native.aligned_copy(model_bytes())
    out = ctypes.c_void_p(1)
    assert library.percepnet_model_create(ctypes.byref(out), address, size) == BAD_MODEL
    assert not out.value and keep


def test_a_misaligned_state_is_refused(library, model):
    init, get_size = library.percepnet_init, library.percepnet_get_size
    keep, address = native.aligned_copy(bytes(get_size(model.pointer) + 16))
    assert init(address + 8, model.pointer, None) == BAD_ARG
    assert init(None, model.pointer, None) == BAD_ARG
    assert init(address, None, None) == BAD_ARG
    assert init(address, model.pointer, None) == OK and keep


@pytest.mark.parametrize("name, value", BAD_OPTIONS)
def test_a_bad_option_leaves_the_stream_as_it_was(library, state, model, name, value):
    bad = config(**{name: value})
    assert library.percepnet_set_config(state, ctypes.byref(bad)) == BAD_ARG
    out = ctypes.c_void_p(1)
    assert library.percepnet_create(ctypes.byref(out), model.pointer, ctypes.byref(bad)) == BAD_ARG and not out.value
    frame, outputs = paint_noise(FRAME_SIZE, 1), []
    fresh = open_stream("native")
    result = np.empty(FRAME_SIZE, np.float32)
    for _ in range(5):
        library.percepnet_process_frame(state, result.ctypes.data, frame.ctypes.data)
        outputs.append(result.copy())
    assert_same_bits(np.stack(outputs), np.stack([fresh.process_frame(frame)[0] for _ in range(5)]), name)


@pytest.mark.parametrize("name, value", BAD_OPTIONS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_python_names_the_option_and_its_range(backend, name, value):
    with pytest.raises(ValueError, match=f"{name}.*{CONFIG[name]['min']:g}..{CONFIG[name]['max']:g}"):
        open_stream(backend, **{name: value})


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_unknown_option_is_named(backend):
    with pytest.raises(ValueError, match="loudness"):
        open_stream(backend, loudness=1.0)


@pytest.mark.parametrize("backend", ["reference", "native"])
def test_a_refused_option_changes_nothing(backend):
    stream, fresh = open_stream(backend), open_stream(backend)
    with pytest.raises(ValueError):
        stream.set_config(max_attenuation_db=6.0, postfilter=2.0)
    assert stream.config == fresh.config
    for seed in range(4):
        frame = paint_noise(FRAME_SIZE, seed)
        assert_same_bits(stream.process_frame(frame)[0], fresh.process_frame(frame)[0], backend)


@pytest.mark.parametrize("shape", [(0,), (1,), (FRAME_SIZE - 1,), (FRAME_SIZE + 1,), (1, FRAME_SIZE), ()])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_frame_of_another_length_is_refused(backend, shape):
    with pytest.raises(ValueError, match=str(FRAME_SIZE)):
        open_stream(backend).process_frame(np.zeros(shape, np.float32))


@pytest.mark.parametrize("backend", ["reference", "native"])
def test_any_number_type_makes_a_frame(backend):
    whole = np.arange(FRAME_SIZE) % 3 - 1
    out = [
        open_stream(backend).process_frame(x)[0] for x in (whole, whole.astype(float), whole.astype("f4"), list(whole))
    ]
    for other in out[1:]:
        assert_same_bits(other, out[0], backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_signal_of_another_shape_is_refused(backend):
    with pytest.raises(ValueError, match="one-dimensional|mono|shape"):
        open_stream(backend).enhance(np.zeros((2, 960), np.float32))


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_samples_give_no_samples(backend):
    assert open_stream(backend).enhance(np.zeros(0, np.float32)).shape == (0,)


@pytest.mark.parametrize("backend", COMPILED)
def test_a_bad_model_is_refused_with_one_line(backend):
    with pytest.raises(BadModel) as caught:
        open_stream(backend, b"not a model at all" * 10)
    assert "\n" not in str(caught.value) and "model" in str(caught.value)


def test_an_output_may_be_its_input(library, state):
    frames, expected = [paint_noise(FRAME_SIZE, seed) for seed in range(6)], open_stream("native")
    for frame in frames:
        wanted, _ = expected.process_frame(frame)
        library.percepnet_process_frame(state, frame.ctypes.data, frame.ctypes.data)
        assert_same_bits(frame, wanted, "in place")


def test_a_missing_library_says_what_to_run(monkeypatch, tmp_path):
    monkeypatch.setenv("PERCEPNET_LIBRARY", str(tmp_path / "none.so"))
    with pytest.raises(Missing, match="percepnet build --native"):
        native.load_library.__wrapped__()


def test_a_missing_module_says_what_to_run(monkeypatch, tmp_path):
    monkeypatch.setattr(wasm_node, "MODULES", tmp_path)
    with pytest.raises(Missing, match="percepnet build --wasm"):
        wasm_node.module_path("simd128")
    with pytest.raises(ValueError, match="scalar, simd128, relaxed"):
        wasm_node.module_path("mmx")


@pytest.mark.parametrize("noisy, clean", [((480,), (960,)), ((2, 480), (2, 480))])
def test_feature_extraction_wants_two_signals_of_one_length(noisy, clean):
    with pytest.raises(ValueError, match="one length"):
        native.extract(np.zeros(noisy), np.zeros(clean))


def test_a_handle_survives_its_models_python_object():
    """The stream keeps its model alive."""
    stream = native.Enhancer(native.NativeModel(model_bytes()))
    frame = paint_noise(FRAME_SIZE, 1)
    assert_same_bits(stream.process_frame(frame)[0], open_stream("native").process_frame(frame)[0], "model")


def test_errors_share_one_base():
    assert issubclass(BadModel, PercepNetError) and issubclass(Missing, PercepNetError)
