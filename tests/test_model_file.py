"""The model file: what is written is read, and whatever else comes is refused, in C and in Python alike."""

import struct
import subprocess

import numpy as np
import pytest
from backends import COMPILED, open_stream
from bad_models import cards, corpus, sealed, tensors, tiny_model
from compare import assert_same_bits
from compiler import SANITIZERS, compile_c, core_sources
from guarded import call

from percepnet import BadModel, native
from percepnet.constants import FRAME_SIZE
from percepnet.golden.paint import paint_noise
from percepnet.model_file import (
    decode_model,
    encode_model,
    quantise_rows,
    random_weights,
    read_model,
    write_model,
)
from percepnet.weight_blocks import block, unblock


@pytest.fixture(scope="module")
def files():
    return corpus()


@pytest.fixture(scope="module")
def fuzz(tmp_path_factory):
    """Verdicts of the C core on files: {"B", "M" or "!"} each."""
    program = compile_c(tmp_path_factory.mktemp("c") / "fuzz", ["fuzz_model.c", *core_sources()], *SANITIZERS)

    def judge(blobs):
        data = b"".join(struct.pack("<I", len(blob)) + blob for blob in blobs)
        done = subprocess.run([program], input=data, capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr.decode()[:4000]
        return done.stdout.decode()

    return judge


def python_verdict(data, name):
    """As the C core's, or "C" where only the card is bad; a refusal is one line that names the file."""
    try:
        decode_model(data, "some.pnet")
    except BadModel as error:
        assert str(error).startswith("some.pnet ") and "\n" not in str(error), f"{name}: {error}"
        return "C" if "its card" in str(error) else "B"
    return "M"


@pytest.fixture(scope="module")
def verdicts(files):
    return "".join(python_verdict(data, name) for name, data in files.items())


def test_what_is_written_is_read(tmp_path):
    weights, card = random_weights(64, 3), {"name": "percepnet-64", "hours": 1.5, "note": "é"}
    write_model(tmp_path / "a.pnet", weights, card)
    model = read_model(tmp_path / "a.pnet")
    assert (model.embedding, model.width, model.strength_width) == (64, 64, 16)
    assert model.card == card and model.name == "percepnet-64"
    assert set(model.weights) == set(weights)
    for name, values in weights.items():
        assert_same_bits(model.weights[name], values, name)
        assert model.weights[name].dtype == values.dtype, name
    assert encode_model(model.weights, model.card) == (tmp_path / "a.pnet").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["a.pnet"]


@pytest.mark.parametrize("density", [0.0, 0.1, 0.5])
def test_blocks_of_zeros_are_left_out_and_come_back(density):
    weights = random_weights(64, 3, density)
    data = encode_model(weights, {})
    stored = sum(size for _, _, kind, _, size in tensors(data) if kind == 1)
    everything = sum(values.size for values in weights.values() if values.dtype == np.int8)
    assert stored == pytest.approx(density * everything, abs=0.02 * everything)
    model = decode_model(data)
    for name, values in weights.items():
        assert_same_bits(model.weights[name], values, name)


@pytest.mark.parametrize("backend", COMPILED)
def test_a_sparse_model_computes_what_the_reference_does(backend):
    model = encode_model(random_weights(64, 5, 0.25), {})
    core, reference = open_stream(backend, model), open_stream("reference", model)
    for number, frame in enumerate(0.2 * paint_noise(20 * FRAME_SIZE, 1).reshape(-1, FRAME_SIZE)):
        for out, expected in zip(core.process_frame(frame), reference.process_frame(frame), strict=True):
            assert_same_bits(np.float32(out), np.float32(expected), f"frame {number}")
        assert_same_bits(core.signal("nnet_memory"), reference.signal("nnet_memory"), f"frame {number}")


def changed(data, kinds):
    """What percepnet_model_turn makes of a file: the letter, and weights of even columns with 128 added."""
    turned = np.frombuffer(data, np.uint8).copy()
    turned[0] = ord("p")
    for _, _, kind, offset, size in tensors(data):
        if kind in kinds:
            turned[offset : offset + size : 2] ^= 0x80
    return turned


@pytest.mark.parametrize("backend", COMPILED)
def test_only_simd128_turns_weights_and_a_blob_can_be_prepared_again(backend):
    """Whether it is as it was in the file or as the first time left it."""
    data = encode_model(random_weights(64, 5, 0.5), {})
    file, model = np.frombuffer(data, np.uint8), np.zeros(4096, np.uint8)
    expected = changed(data, kinds=[1]) if backend == "wasm-simd128" else file
    for given in (file, expected):
        _, prepared = call(backend, "percepnet_model_init", model, given, len(data))
        assert_same_bits(prepared, expected, backend)
    (turned,) = call(backend, "percepnet_model_turn", prepared, len(data))
    assert_same_bits(turned, file, backend)
    (again,) = call(backend, "percepnet_model_turn", turned, len(data))
    assert_same_bits(again, expected, backend)
    frames = 0.2 * paint_noise(4 * FRAME_SIZE, 1).reshape(-1, FRAME_SIZE)
    first, second = (open_stream(backend, blob) for blob in (data, prepared.tobytes()))
    for frame in frames:
        assert_same_bits(first.process_frame(frame)[0], second.process_frame(frame)[0], backend)


def in_parts(backend, data, size):
    """The answer for a blob read `size` bytes at a time, the number of calls, and the blob afterwards.

    Fails unless the model, and its answer, are those of a blob read at once."""
    models, answers = [np.zeros(4096, np.uint8) for _ in range(2)], np.zeros(3, np.int32)
    blob = np.frombuffer(data, np.uint8)
    answers, parts, whole, blob = call(backend, "model_in_parts", answers, *models, blob, len(data), size)
    assert answers[0] == answers[2]
    if answers[0] == 0:
        assert_same_bits(parts, whole, f"{backend}, {size} bytes at a time")
    return answers[0], answers[1], blob


@pytest.mark.parametrize("size", [1, 7, 4000, 1 << 30])
@pytest.mark.parametrize("density", [1.0, 0.4])
@pytest.mark.parametrize("backend", COMPILED)
def test_a_model_read_in_parts_is_the_one_read_at_once(backend, density, size):
    file = tiny_model(density)
    turned = changed(file, kinds=[1]) if backend == "wasm-simd128" else np.frombuffer(file, np.uint8)
    for data in (file, turned.tobytes()):
        answer, calls, blob = in_parts(backend, data, size)
        assert answer == 0
        assert (len(data) - 20) / size <= calls <= 4 * len(data) / size + 1
        assert_same_bits(blob, turned, backend)


@pytest.mark.parametrize("backend", ["native", "wasm-simd128"])
def test_what_is_refused_at_once_is_refused_in_parts(files, verdicts, backend):
    for (name, data), verdict in list(zip(files.items(), verdicts, strict=True))[::10]:
        answer, _, blob = in_parts(backend, data, 3000)
        assert answer == (-2 if verdict == "B" else 0), name
        if verdict == "B":
            assert_same_bits(blob, np.frombuffer(data, np.uint8), name)


@pytest.mark.parametrize("backend", COMPILED)
def test_no_stream_is_made_of_half_a_model(backend):
    data, model = np.frombuffer(tiny_model(), np.uint8), np.zeros(4096, np.uint8)
    begun, _ = call(backend, "percepnet_model_begin", model, data, len(data))
    state = np.full(1 << 18, 7, np.uint8)
    untouched, _ = call(backend, "percepnet_init", state, begun, 0)
    assert_same_bits(untouched, state, backend)


def test_a_blob_that_is_refused_stays_as_it_was(files, verdicts):
    """In simd128 too, where weights have been turned over by the time that they turn out not to fit their offsets."""
    judged = zip(files.items(), verdicts, strict=True)
    refused = [data for (name, data), verdict in judged if verdict == "B" and ".weight: " in name]
    assert len(refused) > 100
    for data in refused[::5]:
        blob = np.frombuffer(data, np.uint8)
        _, after = call("wasm-simd128", "percepnet_model_init", np.zeros(4096, np.uint8), blob, len(data))
        assert_same_bits(after, blob, "refused")


def test_blocks_are_eight_rows_of_four_columns():
    weight = np.arange(16 * 12).reshape(16, 12).astype(np.int8)
    stored = block(weight).ravel()
    assert stored[:8].tolist() == [*weight[0, :4], *weight[1, :4]]
    assert stored[32:36].tolist() == [*weight[0, 4:8]]
    assert stored[96:100].tolist() == [*weight[8, :4]]
    np.testing.assert_array_equal(unblock(stored, 16, 12), weight)


def test_quantised_rows_are_within_half_a_step():
    weight = np.random.default_rng(1).standard_normal((40, 24)).astype(np.float32)
    weight[7] = 0
    q, scale = quantise_rows(weight)
    step = scale[:, None] * np.float32(63)
    assert np.abs(q * step - weight).max() <= 0.501 * step.max() and np.abs(q.astype(int)).max() == 127
    assert not q[7].any() and scale[7] > 0


def test_the_corpus_is_large_and_holds_both_kinds(verdicts):
    assert len(verdicts) > 3000
    assert verdicts.count("B") > 2000 and verdicts.count("M") > 200


@pytest.mark.slow
def test_c_survives_and_agrees_with_python(files, verdicts, fuzz):
    """Under the sanitizers: a refusal or a model that runs; and the same answer as the Python reader's."""
    expected = verdicts.replace("C", "M")  # the core leaves the card alone
    assert {n: f for n, f, e in zip(files, fuzz(files.values()), expected, strict=True) if f != e} == {}


@pytest.mark.slow
def test_a_card_that_is_no_card_is_refused_by_python_alone(fuzz):
    bad = dict(cards(tiny_model()))
    assert fuzz(bad.values()) == "M" * len(bad)
    for name, data in bad.items():
        assert python_verdict(data, name) == "C"


@pytest.mark.parametrize("damage, said", [
    (lambda d: b"RIFF" + d, "not a PercepNet model file"),
    (lambda d: d[:-1], "damaged .*checksum"),
    (lambda d: sealed(d[:8] + b"\x07" + d[9:]), "format 7, this build reads 1: export"),
    (lambda d: sealed(d[:24] + b"\x08" + d[25:]), "another shape .8 features"),
])  # fmt: skip
def test_a_refusal_says_what_is_wrong(damage, said, tmp_path):
    path = tmp_path / "voice.pnet"
    path.write_bytes(damage(tiny_model()))
    for read in (read_model, native.Enhancer):
        with pytest.raises(BadModel, match=said) as caught:
            read(path)
        assert str(path) in str(caught.value)


def test_a_failed_write_leaves_nothing(tmp_path):
    weights = random_weights(64, 1)
    weights["gain.weight"] = weights["gain.weight"][:, :-1]
    with pytest.raises(BadModel, match="gain.weight has shape"):
        write_model(tmp_path / "a.pnet", weights, {})
    assert list(tmp_path.iterdir()) == []
