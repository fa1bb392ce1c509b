"""The path is the best of all paths, found here by trying them all."""

import numpy as np
import pytest
from textbook import run

LAGS = 257
INDEX = np.arange(LAGS)


def transition_cost():
    """Cost from any lag to any other: 0.02 j^2 up to 4 lags, or 1.5 for a jump. (A jump from the best lag is
    at least as good as one from any other, so allowing all of them changes no optimum.)
    """
    steps = np.abs(INDEX[:, None] - INDEX)
    return np.where(steps <= 4, np.minimum(0.02 * steps.astype(float) ** 2, 1.5), 1.5)


COST = transition_cost()


def best_start(scores):
    """First lag of the best path through three frames' local scores, among all 257^3 paths."""
    best = (-np.inf, None)
    for first in INDEX:
        totals = (scores[0][first] - COST[first] + scores[1])[:, None] - COST + scores[2]
        best = max(best, (totals.max(), first))
    return best[1]


def run_path(xc, weights):
    """Lags decided after each frame."""
    state, lags = {}, []
    for row, weight in zip(xc, weights, strict=True):
        state = run("pitch_path", xc=row, path_weight=[weight], **{k: v for k, v in state.items() if k != "lag"})
        lags.append(int(state["lag"][0]))
    return lags, state


@pytest.mark.parametrize("seed", range(4))
def test_three_frames_by_exhaustion(seed):
    rng = np.random.default_rng(seed)
    xc, weights = rng.uniform(-0.3, 1, (3, LAGS)), rng.uniform(0.1, 2, 3)
    lags, _ = run_path(xc, weights)
    assert lags[-1] == best_start(xc * weights[:, None])


@pytest.mark.parametrize("seed", range(3))
def test_many_frames_by_full_dynamic_programming(seed):
    """Scores over 12 frames with the full 257 x 257 matrix of transitions; traced back two frames."""
    rng = np.random.default_rng(seed)
    xc, weights = rng.uniform(-0.3, 1, (12, LAGS)), rng.uniform(0.1, 2, 12)
    score, back, expected = np.zeros(LAGS), [INDEX, INDEX], []
    for row, weight in zip(xc, weights, strict=True):
        candidates = score[:, None] - COST
        back.append(candidates.argmax(0))
        score = candidates.max(0) + weight * row
        expected.append(back[-2][back[-1][score.argmax()]])
    lags, state = run_path(xc, weights)
    assert lags[2:] == expected[2:]
    np.testing.assert_allclose(state["path_score"], score - score.max(), atol=1e-12)


def test_an_octave_error_of_one_frame_is_bridged():
    xc = np.zeros((8, LAGS))
    xc[:, 100], xc[4, 100], xc[4, 200] = 0.8, 0.5, 0.9
    assert set(run_path(xc, np.ones(8))[0][2:]) == {100}


def test_a_lasting_change_is_followed_from_its_first_frame():
    xc = np.zeros((8, LAGS))
    xc[:4, 100], xc[4:, 180] = 0.9, 0.9
    assert run_path(xc, np.full(8, 2.0))[0][2:] == [100, 100, 100, 100, 180, 180]
