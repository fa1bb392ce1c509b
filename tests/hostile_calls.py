"""Whatever is passed to the public API: samples or a PercepNetError come out, never less.

test_hostile_calls.py runs these tests in a process of their own, whose crash is a failure and no more.
"""

import copy
import ctypes.util
import operator
import os
import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import soundfile
from backends import model_bytes
from compare import assert_same_bits
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import percepnet
from percepnet import BadAudio, BadModel, BadOption, Closed, Enhancer, Missing, PercepNetError, native
from percepnet.constants import CONFIG, FRAME_SIZE
from percepnet.golden.paint import paint_noise

quickly = settings(
    max_examples=40,
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
ANY_TYPE = st.one_of(npst.scalar_dtypes(), npst.unicode_string_dtypes(), npst.complex_number_dtypes())
ANY_SHAPE = st.one_of(st.just((FRAME_SIZE,)), npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=8))
ANYTHING = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.lists(st.one_of(st.none(), st.floats())),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    npst.arrays(npst.scalar_dtypes(), npst.array_shapes(min_dims=0, max_side=3)),
)
FLOATS = st.floats(-1, 1, width=32)
FRAME = npst.arrays(np.float32, FRAME_SIZE, elements=FLOATS, fill=FLOATS)


@pytest.fixture(scope="module")
def model():
    return percepnet.load_model(model_bytes())


def is_one_line(error):
    return 0 < len(str(error)) and "\n" not in str(error)


# --- samples


@quickly
@given(npst.arrays(ANY_TYPE, ANY_SHAPE))
def test_any_array_is_a_frame_or_refused_and_the_stream_goes_on(model, frame):
    stream, fresh = Enhancer(model), Enhancer(model)
    try:
        out, voice = stream.process_frame(frame)
    except BadAudio as error:
        assert "\n" not in str(error)
        for seed in range(3):
            after = paint_noise(FRAME_SIZE, seed)
            assert_same_bits(stream.process_frame(after)[0], fresh.process_frame(after)[0], "after a refusal")
    else:
        assert frame.shape == (FRAME_SIZE,) and frame.dtype.kind in "fiu"
        assert out.shape == (FRAME_SIZE,) and out.dtype == np.float32
        assert np.isfinite(out).all() and 0 <= voice <= 1


def shifted(frame):
    """The same samples, one byte beside where a float may lie."""
    return np.frombuffer(b"\0" + frame.tobytes(), frame.dtype, offset=1)


LAYOUTS = {
    "reversed": lambda frame: frame[::-1].copy()[::-1],
    "every other": lambda frame: np.repeat(frame, 2)[::2],
    "a column": lambda frame: np.stack([frame, frame], axis=1)[:, 0],
    "read-only": lambda frame: np.frombuffer(frame.tobytes(), np.float32),
    "misaligned": shifted,
    "of the other byte order": lambda frame: frame.astype(frame.dtype.newbyteorder()),
    "masked": lambda frame: np.ma.masked_array(frame, frame > 0.5),
    "doubles": lambda frame: frame.astype(np.float64),
    "a list": lambda frame: frame.tolist(),
    "a memoryview": memoryview,
}


@quickly
@given(FRAME, st.sampled_from(sorted(LAYOUTS)))
def test_samples_may_lie_anyhow(model, frame, layout):
    laid_out, before = LAYOUTS[layout](frame), frame.tobytes()
    stream, fresh = Enhancer(model), Enhancer(model)
    for _ in range(4):
        assert_same_bits(stream.process_frame(laid_out)[0], fresh.process_frame(frame)[0], layout)
    assert_same_bits(stream.enhance(laid_out), fresh.enhance(frame), layout)
    assert np.asarray(laid_out, np.float32).tobytes() == frame.tobytes() == before


@quickly
@given(ANYTHING)
def test_what_is_no_array_is_refused(model, thing):
    with pytest.raises(BadAudio):
        Enhancer(model).process_frame(thing)
    try:
        out = percepnet.enhance(thing, model)
    except BadAudio as error:
        assert "\n" not in str(error)
    else:
        assert np.isfinite(np.asarray(thing, np.float32)).all() and out.shape == np.shape(thing)


def test_a_frame_that_no_memory_holds_is_refused_by_its_shape(model):
    endless = np.broadcast_to(np.float64(0), (2**50,))
    with pytest.raises(BadAudio, match="a frame is 480 samples"):
        Enhancer(model).process_frame(endless)
    with pytest.raises(MemoryError):
        percepnet.enhance(endless, model)


@quickly
@given(
    npst.arrays(np.float32, st.tuples(st.integers(0, 1500), st.integers(1, 3)), elements=FLOATS, fill=FLOATS),
    st.sampled_from([8000, 11025, 44100, 48000, 96000]),
)
def test_recordings_of_any_length_rate_and_channels_keep_their_shape(model, samples, rate):
    out = percepnet.enhance(samples, model, rate)
    assert out.shape == samples.shape and out.dtype == np.float32 and np.isfinite(out).all()


@quickly
@given(st.one_of(ANYTHING, st.integers(0, 999), st.integers(768001)))
def test_any_rate_is_a_whole_number_in_range_or_refused(model, rate):
    samples = np.zeros(FRAME_SIZE, np.float32)
    try:
        out = percepnet.enhance(samples, model, rate)
    except BadAudio as error:
        assert "rate must be a whole number of 1000 to 768000 Hz" in str(error) and is_one_line(error)
    else:
        assert 1000 <= operator.index(rate) <= 768000 and out.shape == samples.shape


@quickly
@given(st.binary(max_size=200), st.booleans(), st.integers(0, 60))
def test_a_file_of_any_bytes_is_enhanced_or_named(tmp_path, data, has_header, cut):
    soundfile.write(tmp_path / "x.wav", np.zeros(9), 48000)
    header = (tmp_path / "x.wav").read_bytes()[:cut] if has_header else b""
    (tmp_path / "x.wav").write_bytes(header + data)
    (result,) = percepnet.enhance_files(tmp_path / "x.wav", tmp_path / "out", model_bytes(), jobs=1)
    assert result.target.exists() == (result.error is None)
    if result.error:
        assert isinstance(result.error, PercepNetError) and "x.wav" in str(result.error) and is_one_line(result.error)
    else:
        result.target.unlink()


# --- options, models, library


@quickly
@given(st.dictionaries(st.one_of(st.sampled_from(sorted(CONFIG)), st.text(max_size=8)), ANYTHING, min_size=1))
def test_any_options_are_taken_or_refused_together(model, options):
    stream = Enhancer(model)
    before = dict(stream.config)
    try:
        stream.set_config(**options)
    except BadOption as error:
        assert "max_attenuation_db 0..100" in str(error) and is_one_line(error) and stream.config == before
    else:
        for name, value in options.items():
            assert CONFIG[name]["min"] <= np.float32(value) <= CONFIG[name]["max"]


@quickly
@example("no\0path")
@given(st.one_of(st.binary(max_size=300), ANYTHING.filter(lambda thing: not isinstance(thing, str))))
def test_what_is_no_model_is_refused(thing):
    for call in (percepnet.load_model, Enhancer):
        with pytest.raises(BadModel) as caught:
            call(thing)
        assert "\n" not in str(caught.value)


@quickly
@given(st.integers(8, len(model_bytes()) - 1), st.integers(1, 255), st.booleans())
def test_a_damaged_model_is_refused(tmp_path, at, change, is_cut):
    data = bytearray(model_bytes())
    data[at] ^= change
    damaged = bytes(data[:at] if is_cut else data)
    (tmp_path / "damaged.pnet").write_bytes(damaged)
    for call, source in (
        (percepnet.load_model, damaged),
        (percepnet.load_model, memoryview(damaged)),
        (percepnet.load_model, tmp_path / "damaged.pnet"),
        (percepnet.read_model, tmp_path / "damaged.pnet"),
    ):
        with pytest.raises(BadModel) as caught:
            call(source)
        assert is_one_line(caught.value)


@pytest.mark.parametrize("library", ["", "nowhere.so", "words.so", "folder", ctypes.util.find_library("c") or "libc"])
def test_what_is_no_library_is_missing(library, tmp_path, monkeypatch):
    (tmp_path / "words.so").write_text("words")
    (tmp_path / "folder").mkdir()
    monkeypatch.setattr(native, "BUILD", tmp_path)
    monkeypatch.setenv("PERCEPNET_LIBRARY", str(tmp_path / library) if (tmp_path / library).exists() else library)
    with pytest.raises(Missing, match="percepnet build --native"):
        native.load_library.__wrapped__()


# --- calls in any order, in any thread


SAME_FRAME = paint_noise(FRAME_SIZE, 1)
GOALS = st.lists(st.integers(-(2**70), 2**70), max_size=3)
CALLS = st.one_of(
    st.just(lambda stream: stream.process_frame(SAME_FRAME)),
    st.just(lambda stream: stream.reset()),
    st.just(lambda stream: stream.frame_info),
    st.just(lambda stream: stream.gains + stream.strengths),
    st.just(lambda stream: stream.enhance(SAME_FRAME)),
    st.floats(0, 1).map(lambda value: lambda stream: stream.set_config(postfilter=value)),
    st.tuples(GOALS, GOALS).map(lambda goals: lambda stream: stream.process_in_parts(SAME_FRAME, *goals)),
)
CLOSE = st.just(lambda stream: stream.close())


@quickly
@given(st.lists(CALLS, max_size=8), st.lists(CALLS, min_size=1, max_size=3))
def test_calls_in_any_order_work_until_it_is_closed(model, before, after):
    stream, fresh = Enhancer(model), Enhancer(model)
    for call in before:
        call(stream)
    stream.set_config(postfilter=1.0)
    fresh.set_config(postfilter=1.0)
    assert_same_bits(stream.enhance(SAME_FRAME), fresh.enhance(SAME_FRAME), "as if new")
    stream.close()
    for call in after:
        with pytest.raises(Closed, match="make another"):
            call(stream)
    stream.close()  # twice is once


@quickly
@given(st.lists(st.lists(st.one_of(CALLS, CLOSE), min_size=5, max_size=30), min_size=2, max_size=4))
def test_threads_may_share_a_stream_even_one_that_is_closed(model, lists):
    stream = Enhancer(model)

    def run(calls):
        for call in calls:
            try:
                call(stream)
            except Closed:
                pass
        return True

    with ThreadPoolExecutor(len(lists)) as pool:
        assert all(pool.map(run, lists))


@quickly
@given(st.lists(ANYTHING, max_size=3), st.lists(ANYTHING, max_size=3))
def test_after_parts_of_no_size_the_next_frame_is_whole(model, early, goals):
    stream = Enhancer(model)
    try:
        stream.process_in_parts(SAME_FRAME, early, goals)
    except TypeError:
        stream.reset()
    stream.process_in_parts(SAME_FRAME)


class SlowLibrary:
    """The library, whose frames take so long that another thread comes in between if it may."""

    def __init__(self, library):
        self.library, self.began, self.order = library, threading.Event(), []

    def __getattr__(self, name):
        return getattr(self.library, name)

    def percepnet_process_frame(self, *arguments):
        self.began.set()
        time.sleep(0.1)
        self.order.append("frame")
        return self.library.percepnet_process_frame(*arguments)

    def percepnet_destroy(self, pointer):
        self.order.append("destroy")
        self.library.percepnet_destroy(pointer)


def test_a_stream_is_not_freed_while_another_thread_is_in_a_frame(model):
    stream = Enhancer(model)
    stream.library = slow = SlowLibrary(stream.library)
    with ThreadPoolExecutor(1) as pool:
        frame = pool.submit(stream.process_frame, np.zeros(FRAME_SIZE))
        assert slow.began.wait(timeout=30)
        stream.close()
        assert frame.result()[0].shape == (FRAME_SIZE,)
    assert slow.order == ["frame", "destroy"]


@pytest.mark.parametrize("send", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_stream_is_not_copied(model, send):
    with pytest.raises(TypeError, match="make another Enhancer"):
        send(Enhancer(model))
