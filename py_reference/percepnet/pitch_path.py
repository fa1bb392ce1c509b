"""Pitch path: Viterbi search for the smoothest path of lags that repeat well, decided LOOK_AHEAD frames late."""

import numpy as np

from .constants import NUM_LAGS, PATH_JUMP_COST, PATH_REACH, PATH_STEP_COST


def best_predecessors(score):
    """For every lag the best score to come from, cost taken off, and the lag it belongs to.

    Candidates in order: a free jump from the best lag of all, then steps of -PATH_REACH..PATH_REACH; first best wins.
    """
    jump = int(np.argmax(score))
    best = np.full(NUM_LAGS, score[jump] - score.dtype.type(PATH_JUMP_COST))
    origin = np.full(NUM_LAGS, jump)
    for j in range(-PATH_REACH, PATH_REACH + 1):
        to = np.arange(max(0, -j), min(NUM_LAGS, NUM_LAGS - j))
        candidate = score[to + j] - score.dtype.type(PATH_STEP_COST) * score.dtype.type(j * j)
        better = candidate > best[to]
        best[to[better]], origin[to[better]] = candidate[better], to[better] + j
    return best, origin


def pitch_path(s):
    """xc, path_weight -> path_score, path_from, lag of frame l."""
    best, origin = best_predecessors(s.path_score)
    score = best + s.path_weight[0] * s.xc
    s.path_score[:] = score - score.max()
    s.path_from[:-1] = s.path_from[1:]
    s.path_from[-1] = origin
    lag = int(np.argmax(s.path_score))
    for row in s.path_from[::-1]:
        lag = int(row[lag])
    s.lag[0] = lag
