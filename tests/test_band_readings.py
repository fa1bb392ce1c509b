"""The gains and strengths that a stream shows are those that the pipeline used for the frame that came out."""

import numpy as np
from percepnet.constants import FRAME_SIZE, NUM_BANDS
from percepnet.model_file import encode_model, random_weights
from percepnet.native import Inspector


def test_they_are_the_pipelines_signals_and_stay_while_the_next_frame_begins():
    stream = Inspector(encode_model(random_weights(64, 3), {}), max_attenuation_db=12.0)
    frames = 0.1 * np.random.default_rng(4).standard_normal((20, FRAME_SIZE)).astype(np.float32)
    for frame in frames:
        stream.process_frame(frame)
    gains, strengths = stream.gains, stream.strengths
    assert gains.shape == strengths.shape == (NUM_BANDS,)
    np.testing.assert_array_equal(gains, stream.signal("g_hat"))
    np.testing.assert_array_equal(strengths, stream.signal("r"))
    assert gains.min() >= 10 ** (-12 / 20) - 1e-6
    assert 0 <= strengths.min() < strengths.max() <= 1
    stream.library.percepnet_advance(stream.pointer, 300)  # work on the next frame that needs no samples
    np.testing.assert_array_equal(stream.gains, gains)
    np.testing.assert_array_equal(stream.strengths, strengths)
