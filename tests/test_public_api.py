"""The Python package as users meet it: mistakes are named, and what comes out has the bits of the reference."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from backends import model_bytes
from compare import assert_same_bits
from recordings import recording

import percepnet
from percepnet import BadAudio, BadOption, Closed, Enhancer, Missing, PercepNetError, native
from percepnet.audio_io import at_core_rate, back_from_core_rate, Audio
from percepnet.constants import FRAME_SIZE
from percepnet.enhancer import Enhancer as Reference
from percepnet.golden.paint import paint_noise
from percepnet.model_file import decode_model


@pytest.fixture(scope="module")
def model():
    return percepnet.load_model(model_bytes())


@pytest.fixture(scope="module")
def noisy():
    return recording("noisy_speech.wav", start=1.0, seconds=0.5)


# --- what is refused


@pytest.mark.parametrize("rate", [0, -1, 999, 768001, 48000.0, float("nan"), "48000", None, [48000, 1]])
def test_another_rate_is_refused(model, rate):
    with pytest.raises(BadAudio, match="rate must be a whole number of 1000 to 768000 Hz"):
        percepnet.enhance(np.zeros(480, np.float32), model, rate)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused_whole_and_zeroed_in_a_stream(model, bad):
    samples = paint_noise(FRAME_SIZE, 1)
    with_zero, samples[7] = samples.copy(), bad
    with_zero[7] = 0
    with pytest.raises(BadAudio, match="NaN or infinities"):
        percepnet.enhance(samples, model)
    repaired, zeroed = (
        [stream.process_frame(x)[0] for _ in range(4)]
        for stream, x in ((Enhancer(model), samples), (Enhancer(model), with_zero))
    )
    assert_same_bits(np.stack(repaired), np.stack(zeroed), "repaired")


def test_pcm_that_was_not_scaled_is_refused(model):
    with pytest.raises(BadAudio, match="int16.*divide"):
        Enhancer(model).process_frame(np.full(FRAME_SIZE, -32768, np.int16))
    with pytest.raises(BadAudio, match=r"\(n, channels\)"):
        percepnet.enhance(np.zeros((2, 4800), np.float32), model)


def test_a_model_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.pnet"):
        percepnet.load_model(tmp_path / "nowhere.pnet")


def test_a_library_of_another_version_says_what_to_run(monkeypatch):
    monkeypatch.setitem(native.PUBLIC, "percepnet_of_tomorrow", (None,))
    with pytest.raises(Missing, match="another version.*percepnet_of_tomorrow.*percepnet build --native"):
        native.load_library.__wrapped__()


def test_errors_are_also_those_that_python_programmers_expect():
    assert issubclass(BadAudio, ValueError) and issubclass(BadOption, ValueError)
    for name in percepnet.__all__:
        thing = getattr(percepnet, name)
        if isinstance(thing, type) and issubclass(thing, Exception):
            assert issubclass(thing, PercepNetError)


# --- what comes out


def test_a_recording_gives_the_bits_of_the_reference(model, noisy):
    expected = Reference(decode_model(model_bytes()), max_attenuation_db=12.0).enhance(noisy)
    assert_same_bits(percepnet.enhance(noisy, model, max_attenuation_db=12.0), expected, "enhance")
    both = percepnet.enhance(np.stack([noisy, 0 * noisy], axis=1), model_bytes(), max_attenuation_db=12.0)
    assert_same_bits(both[:, 0], expected, "channel")


def test_other_rates_are_resampled_there_and_back(model, noisy):
    slow = noisy[::3]
    audio = Audio(slow[:, None], 16000)
    own = Enhancer(model).enhance(np.ascontiguousarray(at_core_rate(audio).samples[:, 0]))
    expected = back_from_core_rate(own[:, None], audio).samples[:, 0]
    assert_same_bits(percepnet.enhance(slow, model, rate=16000), expected, "16 kHz")


def test_streams_share_a_model_and_run_in_threads(model):
    inputs = [[paint_noise(FRAME_SIZE, 10 * stream + i) for i in range(20)] for stream in range(4)]
    start = threading.Barrier(4)

    def run(frames, together=True):
        with Enhancer(model) as stream:
            if together:
                start.wait(timeout=30)
            return np.stack([stream.process_frame(frame)[0] for frame in frames])

    alone = [run(frames, together=False) for frames in inputs]
    with ThreadPoolExecutor(4) as pool:
        for one, other in zip(pool.map(run, inputs), alone, strict=True):
            assert_same_bits(one, other, "in threads")


def test_a_closed_stream_says_so(model):
    with Enhancer(model) as stream:
        stream.process_frame(np.zeros(FRAME_SIZE))
    for call in (
        lambda: stream.process_frame(np.zeros(FRAME_SIZE)),
        lambda: stream.process_in_parts(np.zeros(FRAME_SIZE)),
        lambda: stream.enhance(np.zeros(9)),
        lambda: stream.set_config(bypass=1.0),
        lambda: stream.frame_info,
        stream.reset,
    ):
        with pytest.raises(Closed, match="make another"):
            call()
    stream.close()  # twice is once
    assert Enhancer(model).process_frame(np.zeros(FRAME_SIZE))[0].shape == (FRAME_SIZE,)
