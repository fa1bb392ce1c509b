"""Broken, huge and fading input: repaired, counted, and never a denormal that costs time or bits."""

import ctypes

import numpy as np
import pytest
from backends import COMPILED, frames_of, open_stream, play, set_signal
from compare import assert_same_bits
from compiler import compile_c
from recordings import recording

from percepnet.constants import FRAME_SIZE, MAX_INPUT, SIGNALS
from percepnet.model_file import encode_model, random_weights
from percepnet.golden.paint import paint_noise, paint_not_finite
from percepnet.golden.vector_store import signal_type

BOTH = ["reference", "native"]
FLOATS = [name for name in (*SIGNALS, "nnet_memory") if signal_type(name) == "f32"]
# What the next frame starts from. (Spectra and band energies are made anew from the history.)
RECURSIVE = [
    "high_pass_memory", "history", "dry", "residual", "half_correlation", "half_energy", "half_power",
    "mean_power", "overlap", "path_score", "nnet_memory", "bypass_mix", "mean_energy", "mean_noise", "wet", "output",
]  # fmt: skip
TINY = {"f32": np.finfo(np.float32).tiny, "f64": np.finfo(np.float64).tiny}


@pytest.mark.parametrize("backend", ["reference", *COMPILED])
def test_broken_input_is_repaired_counted_and_forgotten(backend):
    stream, speech = open_stream(backend), frames_of(recording("noisy_speech.wav", 1.0, 0.2))
    broken = paint_not_finite(FRAME_SIZE)
    bad = np.count_nonzero(~(np.abs(broken) <= MAX_INPUT))
    for frame, count in [
        (speech[0], 0),
        (broken, bad),
        (np.full(FRAME_SIZE, 3e38), FRAME_SIZE),
        (speech[1], 0),
    ]:
        out, voice = stream.process_frame(frame)
        assert stream.signal("repaired")[0] == count
        assert np.isfinite(out).all() and 0 <= voice <= 1
    for frame in speech[2:]:
        out, _ = stream.process_frame(frame)
        assert np.isfinite(out).all() and np.abs(out).max() <= 2 * MAX_INPUT
    for name in FLOATS:
        assert np.isfinite(stream.signal(name)).all() or name == "input", name


@pytest.mark.parametrize("gain", [1.0, 64.0, 1e-4, 1e-9, 1e-14, 1e-19, 1e-38])
def test_any_level_has_the_reference_bits(gain):
    speech = recording("noisy_speech.wav", 1.2, 0.2) * np.float32(gain)
    outputs = [play(open_stream(backend), speech) for backend in BOTH]
    assert_same_bits(outputs[1], outputs[0], f"gain {gain}")


def faint_endings():
    """Signals that die away in different ways: digital silence, a fade through all exponents, denormals."""
    speech = recording("noisy_speech.wav", 1.2, 0.3)
    silence = np.zeros(200 * FRAME_SIZE, np.float32)
    fade = paint_noise(100 * FRAME_SIZE, 1) * np.float32(10.0) ** np.linspace(-1, -45, 100 * FRAME_SIZE).astype("f4")
    denormal = np.full(30 * FRAME_SIZE, 1e-40, np.float32)
    return {"silence": np.concatenate([speech, silence]), "fade": np.concatenate([speech, fade]),
            "denormal": np.concatenate([speech, denormal, speech])}  # fmt: skip


@pytest.mark.parametrize("ending", ["silence", "fade", "denormal"])
def test_no_denormal_survives_in_the_state(ending):
    stream = open_stream("native")
    for i, frame in enumerate(frames_of(faint_endings()[ending])):
        stream.process_frame(frame)
        for name in RECURSIVE:
            x = np.abs(stream.signal(name))
            assert not ((x > 0) & (x < TINY[signal_type(name)])).any(), f"frame {i}: {name}"


@pytest.fixture(scope="module")
def flush_mode(tmp_path_factory):
    """A function that switches flush-to-zero on or off in this thread; off again afterwards."""
    library = compile_c(tmp_path_factory.mktemp("c") / "flush_mode.so", ["flush_mode.c"], "-shared", "-fPIC")
    set_flush_to_zero = ctypes.CDLL(str(library)).set_flush_to_zero
    yield set_flush_to_zero
    set_flush_to_zero(0)


@pytest.mark.parametrize("ending", ["silence", "fade", "denormal"])
def test_engines_that_flush_denormals_give_the_same_bits(ending, flush_mode):
    samples, outputs = faint_endings()[ending], []
    for on in (0, 1):
        stream = open_stream("native")
        flush_mode(on)
        assert (np.float32(1e-38) * np.float32(1e-2) == 0) == bool(on)
        outputs.append(play(stream, samples))
        flush_mode(0)
    assert_same_bits(outputs[1], outputs[0], ending)


@pytest.mark.parametrize("backend", ["reference", *COMPILED])
def test_a_network_that_forgets_ends_at_zero(backend):
    """All weights 0: every state is halved each frame, and must not go through the denormals."""
    weights = {name: np.zeros_like(values) for name, values in random_weights(64, 1).items()}
    stream = open_stream(backend, encode_model(weights, {}))
    set_signal(stream, "nnet_memory", np.float32(1))
    for _ in range(60):
        stream.run_stage("nnet")
        memory = np.array(stream.signal("nnet_memory"))
        assert not ((memory != 0) & (np.abs(memory) < 1e-15)).any()
    assert not memory.any()


def test_silence_becomes_silence():
    """Below -100 dB within two seconds, and in the end nothing at all."""
    stream = open_stream("native")
    soon, late = (play(stream, samples) for samples in (faint_endings()["silence"], np.zeros(1200 * FRAME_SIZE)))
    assert np.abs(soon[-10 * FRAME_SIZE :]).max() < 1e-5
    assert not late[-10 * FRAME_SIZE :].any()
