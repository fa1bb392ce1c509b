"""Every stage alone: C and WebAssembly give the bits of the float32 reference, which is close to float64."""

import numpy as np
import pytest
from backends import BACKENDS, COMPILED, run_stage, set_signal, shared_stream
from compare import assert_same_bits, snr_db
from signal_values import nasty, size_of

from percepnet.golden import vector_store
from percepnet.constants import SIGNALS, STAGES

DRAWS = 12  # random inputs of every stage
SMOOTH = [name for name in (*SIGNALS, "nnet_memory") if vector_store.signal_type(name) != "i32"]

every_stage = pytest.mark.parametrize("stage", STAGES)
every_compiled = pytest.mark.parametrize("backend", COMPILED)


def assert_twins(backend, stage, inputs, config, what):
    """A backend and the reference in float32 give the same bits."""
    outputs = vector_store.stage_outputs(stage)
    expected = run_stage("reference", stage, inputs, outputs, config)
    found = run_stage(backend, stage, inputs, outputs, config)
    for name in outputs:
        assert np.isfinite(expected[name]).all(), f"{what}: {name} is not finite"
        assert_same_bits(found[name], expected[name], f"{what}: {name}")


@every_compiled
@every_stage
def test_golden_vectors_have_the_reference_bits(stage, backend):
    for case in vector_store.load(stage):
        what = f"{stage} {case['tcId']} ({case['comment']})"
        assert_twins(backend, stage, case["inputs"], case.get("config", {}), what)


@every_compiled
@every_stage
def test_nasty_input_has_the_reference_bits(stage, backend):
    stream = shared_stream("reference")
    for draw in range(DRAWS):
        rng = np.random.default_rng([draw, list(STAGES).index(stage)])
        inputs = {name: nasty(name, size_of(name, stream), rng) for name in vector_store.stage_inputs(stage)}
        assert_twins(backend, stage, inputs, {}, f"{stage}, draw {draw}")


@every_stage
def test_float32_is_close_to_float64(stage):
    """Within the specification's min_snr_db, case by case and signal by signal; integers are equal."""
    for case in vector_store.load(stage):
        found = run_stage("reference", stage, case["inputs"], case["outputs"], case.get("config", {}))
        for name, (first, expected) in case["outputs"].items():
            what, part = f"{stage} {case['tcId']} ({case['comment']}): {name}", found[name][first:]
            if name in SMOOTH:
                snr = snr_db(part, expected)
                assert snr >= STAGES[stage]["min_snr_db"], f"{what}: {snr:.1f} dB"
            elif "NearTie" not in case["flags"]:
                assert (part == expected).all(), what


@pytest.mark.parametrize("backend", BACKENDS)
@every_stage
def test_a_stage_touches_only_its_signals(stage, backend):
    """What the specification does not name as `in` has no influence, what it does not name as `out` stays."""
    stream, rng = shared_stream(backend), np.random.default_rng(5)
    names, inputs, outputs = (
        [*SIGNALS, "nnet_memory"],
        vector_store.stage_inputs(stage),
        vector_store.stage_outputs(stage),
    )
    given = {name: nasty(name, size_of(name, stream), rng) for name in inputs}
    results = []
    for _ in range(2):
        around = {name: nasty(name, size_of(name, stream), rng) for name in names if name not in inputs} | given
        for name, values in around.items():
            set_signal(stream, name, values)
        before = {name: np.array(stream.signal(name)) for name in names}
        stream.run_stage(stage)
        results.append({name: np.array(stream.signal(name)) for name in outputs})
        for name in set(names) - set(outputs):
            assert_same_bits(stream.signal(name), before[name], f"{stage} wrote {name}")
    for name in outputs:
        assert_same_bits(results[0][name], results[1][name], f"{stage}: {name} depends on more than {inputs}")
