"""Matrices of int8 weights in blocks of ROW_BLOCK rows x COLUMN_BLOCK columns; lists of the blocks that are kept."""

import numpy as np

from .constants import COLUMN_BLOCK, ROW_BLOCK


def block(weight):
    """int8 (rows, columns) -> as stored: blocks of ROW_BLOCK rows x COLUMN_BLOCK columns, row blocks outermost."""
    rows, columns = weight.shape
    return weight.reshape(rows // ROW_BLOCK, ROW_BLOCK, columns // COLUMN_BLOCK, COLUMN_BLOCK).transpose(0, 2, 1, 3)


def unblock(stored, rows, columns):
    """The inverse of block."""
    blocks = stored.reshape(rows // ROW_BLOCK, columns // COLUMN_BLOCK, ROW_BLOCK, COLUMN_BLOCK)
    return blocks.transpose(0, 2, 1, 3).reshape(rows, columns)


def list_blocks(kept):
    """bool (row blocks, column blocks) -> uint16: how many each row block keeps; then the first column of each."""
    return np.concatenate([kept.sum(1), np.nonzero(kept)[1] * COLUMN_BLOCK]).astype("<u2")


def read_blocks(listed, rows, columns):
    """The inverse of list_blocks for a matrix of rows x columns; None for numbers that are no such list."""
    counts, first_columns = np.split(listed.astype(np.int64), [rows // ROW_BLOCK])
    if counts.sum() != first_columns.size:
        return None
    row_blocks = np.repeat(np.arange(counts.size), counts)
    rising = (np.diff(row_blocks * columns + first_columns) > 0).all() and (first_columns < columns).all()
    if not rising or (first_columns % COLUMN_BLOCK).any():
        return None
    kept = np.zeros((rows // ROW_BLOCK, columns // COLUMN_BLOCK), bool)
    kept[row_blocks, first_columns // COLUMN_BLOCK] = True
    return kept
