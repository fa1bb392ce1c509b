"""Whole signals: the same bits everywhere, exact latency, independent streams, no allocation."""

import subprocess

import numpy as np
import pytest
from backends import COMPILED, frames_of, model_bytes, open_stream, play
from compare import assert_same_bits
from compiler import compile_c, core_sources
from recordings import CLIPS, recording

from percepnet.constants import FRAME_SIZE, LATENCY, SIGNALS
from percepnet.golden.paint import paint_noise, paint_not_finite, paint_vowel

BOTH = ["reference", "native"]


@pytest.fixture(scope="module")
def expected():
    """{clip: reference output in float32 of one second of it}."""
    return {clip: open_stream("reference").enhance(recording(clip, start, 1.0)) for clip, start in CLIPS.items()}


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("backend", COMPILED)
def test_recordings_have_the_reference_bits(backend, clip, expected):
    found = open_stream(backend).enhance(recording(clip, CLIPS[clip], 1.0))
    assert np.isfinite(expected[clip]).all() and expected[clip].any()
    assert_same_bits(found, expected[clip], f"{clip} in {backend}")


@pytest.mark.parametrize("backend", COMPILED)
def test_options_have_the_reference_bits(backend, expected):
    config = {"max_attenuation_db": 18.0, "postfilter": 0.75}
    samples = recording("noisy_speech.wav", 1.0, 0.3)
    found = open_stream(backend, **config).enhance(samples)
    assert_same_bits(found, open_stream("reference", **config).enhance(samples), backend)
    assert found.tobytes() != expected["noisy_speech.wav"][: found.size].tobytes()


@pytest.mark.parametrize("backend", BOTH)
def test_frame_by_frame_is_the_whole(backend, expected):
    samples = recording("noisy_speech.wav", 1.0, 1.0)
    late = play(open_stream(backend), np.concatenate([samples, np.zeros(LATENCY, np.float32)]))
    assert_same_bits(late[LATENCY:], expected["noisy_speech.wav"], backend)


@pytest.mark.parametrize("length", [1, FRAME_SIZE - 1, FRAME_SIZE, FRAME_SIZE + 1, LATENCY + 1])
def test_any_length_comes_back_at_that_length(length):
    samples = paint_noise(length, 1) / np.float32(4)
    outputs = [open_stream(backend).enhance(samples) for backend in ("reference", *COMPILED)]
    for out in outputs:
        assert_same_bits(out, outputs[0], f"{length} samples")
        assert out.shape == (length,)


@pytest.mark.parametrize("backend", ["reference", *COMPILED])
def test_reset_is_a_fresh_stream(backend):
    samples = recording("music.flac", 0.5, 0.2)
    used, fresh = open_stream(backend), open_stream(backend)
    play(used, recording("noisy_speech.wav", 1.0, 0.2))
    play(used, paint_not_finite(FRAME_SIZE))
    used.reset()
    for name in (*SIGNALS, "nnet_memory"):
        assert_same_bits(used.signal(name), fresh.signal(name), name)
    assert_same_bits(play(used, samples), play(fresh, samples), backend)


@pytest.mark.parametrize("backend", ["reference", *COMPILED])
def test_reset_keeps_the_options(backend):
    """A stream in bypass does not fade in again."""
    stream = open_stream(backend, bypass=1.0)
    stream.reset()
    assert stream.signal("bypass_mix")[0] == 1


@pytest.mark.parametrize("backend", ["reference", *COMPILED])
def test_two_streams_do_not_mix(backend):
    speech, music = recording("noisy_speech.wav", 1.0, 0.2), recording("music.flac", 0.5, 0.2)
    alone = [play(open_stream(backend), x) for x in (speech, music)]
    streams, out = [open_stream(backend), open_stream(backend)], ([], [])
    for pair in zip(frames_of(speech), frames_of(music), strict=True):
        for stream, frame, collected in zip(streams, pair, out, strict=True):
            collected.append(stream.process_frame(frame)[0])
    for found, wanted in zip(out, alone, strict=True):
        assert_same_bits(np.concatenate(found), wanted, backend)


# --- latency, bypass, attenuation limit


@pytest.mark.parametrize("backend", ["reference", *COMPILED])
def test_bypass_is_the_input_exactly_latency_late(backend):
    samples = recording("clipping_and_silence.flac", 0.6, 0.5)
    out = play(open_stream(backend, bypass=1.0), samples)
    assert not out[:LATENCY].any()
    assert_same_bits(out[LATENCY:], samples[: out.size - LATENCY], backend)


def test_enhanced_sound_has_the_same_latency():
    """Cross-correlation with the input peaks at LATENCY, even with untrained gains."""
    vowel = paint_vowel(60 * FRAME_SIZE, 401) + np.float32(0.01) * paint_noise(60 * FRAME_SIZE, 1)
    out = play(open_stream("native", max_attenuation_db=0.0), vowel)
    energy = [np.dot(out[lag:], vowel[: vowel.size - lag]) for lag in range(LATENCY - 300, LATENCY + 301)]
    assert np.argmax(energy) == 300


@pytest.mark.parametrize("backend", BOTH)
def test_bypass_fades_without_a_jump(backend):
    """A tone that is switched to and from bypass: no sample-to-sample step larger than both sides have."""
    t = np.arange(120 * FRAME_SIZE)
    tone = (0.5 * np.sin(2 * np.pi * 220 * t / 48000)).astype(np.float32)
    stream, out = open_stream(backend), []
    for i, frame in enumerate(frames_of(tone)):
        if i % 20 == 10:
            stream.set_config(bypass=float(i // 20 % 2))
        out.append(stream.process_frame(frame)[0])
    steps = np.abs(np.diff(np.concatenate(out)[10 * FRAME_SIZE :]))
    assert steps.max() < 1.2 * np.abs(np.diff(tone)).max()


def test_switching_bypass_has_the_reference_bits():
    outputs = []
    for backend in BOTH:
        stream, out = open_stream(backend), []
        for frame, bypass in zip(
            frames_of(recording("music.flac", 0.5, 0.1)), [0, 0.5, 1, 1, 0.25, 0, 0, 1, 0, 0], strict=True
        ):
            stream.set_config(bypass=bypass)
            out.append(stream.process_frame(frame)[0])
        outputs.append(np.concatenate(out))
    assert_same_bits(outputs[1], outputs[0], "bypass")


@pytest.mark.parametrize("limit_db", [0.0, 10.0, 30.0])
def test_no_band_is_attenuated_beyond_the_limit(limit_db):
    stream, floor = open_stream("native", max_attenuation_db=limit_db), 10 ** (-limit_db / 20)
    lowest = np.inf
    for frame in frames_of(recording("noisy_speech.wav", 1.0, 0.5)):
        stream.process_frame(frame)
        lowest = min(lowest, stream.signal("g_hat").min())
    assert lowest >= floor * (1 - 1e-6)
    if limit_db == 10:
        assert lowest == pytest.approx(floor, rel=1e-6)


# --- memory


@pytest.mark.slow
def test_nothing_is_allocated_after_creation(tmp_path):
    program = compile_c(tmp_path / "count", ["count_allocations.c", *core_sources()], "-O1", "-fno-builtin")
    model = tmp_path / "model.pnet"
    model.write_bytes(model_bytes())
    done = subprocess.run([program, model], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    created, used, destroyed = map(int, done.stdout.split())
    assert (created, used, destroyed) == (2, 0, 2)
