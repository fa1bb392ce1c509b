"""Sums whose order is part of the definition, so that C, every SIMD width and numpy give the same bits."""

import numpy as np


def ordered_sum(terms):
    """Sum over axis 0 in index order, starting from 0 (C: `for (i...) sum += terms[i]`)."""
    return np.cumsum(terms, axis=0)[-1] + terms.dtype.type(0)  # the 0 turns a sum of negative zeros into +0, as in C


def lane_sum(terms):
    """Sum over the last axis (a multiple of 4) in four lanes, closed as (0 + 2) + (1 + 3)."""
    lanes = np.moveaxis(terms.reshape(*terms.shape[:-1], -1, 4), (-2, -1), (0, 1))
    partial = ordered_sum(np.ascontiguousarray(lanes))
    return (partial[0] + partial[2]) + (partial[1] + partial[3])
