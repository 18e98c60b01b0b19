"""What the models have in common in floating point."""

import numpy as np


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def heads(rows, d_head):
    """Rows of all heads as rows of each head."""
    return rows.reshape(len(rows), -1, d_head).transpose(1, 0, 2)


def joined(heads):
    """The reverse."""
    return heads.transpose(1, 0, 2).reshape(heads.shape[1], -1)


def unit(rows):
    """Rows of length 1."""
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def cosines(these, those):
    """Of each row with the other one."""
    return np.sum(unit(these) * unit(those), -1)
