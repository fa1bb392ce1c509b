"""A frame in parts (percepnet_begin_frame, percepnet_advance, percepnet_end_frame): the bits of a whole one."""

import ctypes

import numpy as np
import pytest
from backends import COMPILED, model_bytes, open_stream
from compare import assert_same_bits
from test_variants_bit_exact import nasty_frames, reference_trace

from percepnet import native
from percepnet.constants import FRAME_SIZE, SIGNALS
from percepnet.golden.paint import paint_noise

OK, BAD_ORDER = 0, -4
WHOLE = 1000
EVERY_PART = tuple(range(0, WHOLE + 1, 5))
SLICINGS = {  # goals before the frame is there, and then
    "whole": ((), ()),
    "every part alone": (EVERY_PART, EVERY_PART),
    "early parts only": ((WHOLE,), ()),
    "some early parts": ((200,), (300, 900)),
    "backwards": ((100, -1000), (800, 200)),
    "all before the end": ((), (WHOLE, 2 * WHOLE)),
}
WIDTHS = [64, 128, 256, 512]


@pytest.mark.parametrize("slicing", SLICINGS)
@pytest.mark.parametrize("backend", COMPILED)
def test_every_frame_has_the_reference_bits(backend, slicing):
    stream = open_stream(backend)
    for number, (frame, expected) in enumerate(zip(nasty_frames(), reference_trace("defaults"), strict=True)):
        out, _ = stream.process_in_parts(frame, *SLICINGS[slicing])
        assert_same_bits(out, expected["output"], f"frame {number}, the output")
        names = (*SIGNALS, "nnet_memory") if slicing == "every part alone" else ("nnet_memory",)
        for name in names:
            assert_same_bits(np.array(stream.signal(name)), expected[name], f"frame {number}, {name}")


@pytest.mark.parametrize("backend", COMPILED)
def test_whole_frames_and_frames_in_parts_may_alternate(backend):
    stream, expected = open_stream(backend), reference_trace("defaults")
    for number, frame in enumerate(nasty_frames()):
        in_parts = stream.process_in_parts(frame, (250,), (500,)) if number % 3 else stream.process_frame(frame)
        assert_same_bits(in_parts[0], expected[number]["output"], f"frame {number}")


@pytest.mark.parametrize("width", WIDTHS)
def test_work_is_done_in_small_parts_up_to_the_goal(width):
    stream = native.Enhancer(model_bytes(width))
    _, done = stream.process_in_parts(np.zeros(FRAME_SIZE), EVERY_PART, EVERY_PART)
    before, after = done[: len(EVERY_PART)], done[len(EVERY_PART) :]
    early = before[-1]
    assert 0.01 * WHOLE < early < 0.5 * WHOLE, "what needs no input, and no more"
    assert after[-1] == WHOLE
    largest = np.diff([0, *before, *after[np.searchsorted(after, early) :]]).max()
    assert largest < WHOLE / 10
    goals = np.array(EVERY_PART)
    assert np.abs(np.array(after) - np.maximum(goals, early)).max() <= largest / 2 + 1, "the nearest there is"


def bare_stream(library, model):
    """A state whose bytes are at hand: (buffer that keeps it, its address, its size)."""
    size = library.percepnet_get_size(model.pointer)
    buffer, address = native.aligned_copy(bytes(size))
    assert library.percepnet_init(address, model.pointer, None) == OK
    return buffer, address, size


def test_streams_may_take_turns_and_be_copied_amid_a_frame():
    model = native.NativeModel(model_bytes())
    library, frames = model.library, [paint_noise(FRAME_SIZE, seed) for seed in range(6)]
    _, one, size = keep_one = bare_stream(library, model)
    _, two, _ = keep_two = bare_stream(library, model)
    fresh = [open_stream("native"), open_stream("native")]
    out = np.empty(FRAME_SIZE, np.float32)
    for mine, other in zip(frames, frames[::-1], strict=True):
        library.percepnet_begin_frame(one, mine.ctypes.data)
        library.percepnet_begin_frame(two, other.ctypes.data)
        for goal in range(0, WHOLE, 35):
            library.percepnet_advance(one, goal)
            library.percepnet_advance(two, WHOLE - goal)
        for address, stream, frame in zip((one, two), fresh, (mine, other), strict=True):
            assert library.percepnet_end_frame(address, out.ctypes.data) == OK
            assert_same_bits(out, stream.process_frame(frame)[0], "streams in turn")
    library.percepnet_begin_frame(one, frames[0].ctypes.data)
    library.percepnet_advance(one, 600)
    ctypes.memmove(two, one, size)
    copied = out.copy()
    library.percepnet_end_frame(one, out.ctypes.data)
    library.percepnet_end_frame(two, copied.ctypes.data)
    assert_same_bits(copied, out, "copied amid a frame")
    assert keep_one and keep_two


def test_options_and_resets_amid_a_frame():
    """A frame keeps the options it began with, wherever its parts are when they change; a reset forgets it."""
    frames = [paint_noise(FRAME_SIZE, seed) for seed in range(8)]
    expected, stream = open_stream("native"), open_stream("native")
    library, out = stream.library, np.empty(FRAME_SIZE, np.float32)
    for number, frame in enumerate(frames):
        wanted, _ = expected.process_frame(frame)
        library.percepnet_begin_frame(stream.pointer, frame.ctypes.data)
        library.percepnet_advance(stream.pointer, WHOLE * number // len(frames))
        options = {"bypass": float(number % 2), "max_attenuation_db": 3.0 * number, "postfilter": number / 8}
        expected.set_config(**options)
        stream.set_config(**options)
        assert library.percepnet_end_frame(stream.pointer, out.ctypes.data) == OK
        assert_same_bits(out, wanted, f"frame {number}")
    library.percepnet_begin_frame(stream.pointer, frames[0].ctypes.data)
    library.percepnet_advance(stream.pointer, 700)
    stream.reset()
    expected.reset()
    assert library.percepnet_end_frame(stream.pointer, out.ctypes.data) == BAD_ORDER
    for frame in frames:
        assert_same_bits(stream.process_frame(frame)[0], expected.process_frame(frame)[0], "after a reset")


def test_a_wrong_order_is_refused_and_changes_nothing():
    stream, expected = open_stream("native"), open_stream("native")
    library, frames = stream.library, [paint_noise(FRAME_SIZE, seed) for seed in range(4)]
    out = np.full(FRAME_SIZE, 7, np.float32)
    assert library.percepnet_end_frame(stream.pointer, out.ctypes.data) == BAD_ORDER
    assert (out == 7).all()
    assert library.percepnet_begin_frame(stream.pointer, frames[0].ctypes.data) == OK
    assert library.percepnet_begin_frame(stream.pointer, frames[1].ctypes.data) == BAD_ORDER
    assert library.percepnet_end_frame(stream.pointer, out.ctypes.data) == OK
    assert_same_bits(out, expected.process_frame(frames[0])[0], "the first one begun")
    library.percepnet_begin_frame(stream.pointer, frames[2].ctypes.data)
    expected.process_frame(frames[2])
    assert_same_bits(stream.process_frame(frames[3])[0], expected.process_frame(frames[3])[0], "a begun one is ended")
    assert library.percepnet_end_frame(stream.pointer, out.ctypes.data) == BAD_ORDER


def test_null_pointers_are_refused():
    stream = open_stream("native")
    library, frame = stream.library, np.zeros(FRAME_SIZE, np.float32)
    for function in (library.percepnet_begin_frame, library.percepnet_end_frame):
        assert function(None, frame.ctypes.data) == function(stream.pointer, None) == -1


def test_no_goal_runs_nothing():
    stream = open_stream("native")
    for goal in (0, -1, -(2**31)):
        assert stream.library.percepnet_advance(stream.pointer, goal) == 0
