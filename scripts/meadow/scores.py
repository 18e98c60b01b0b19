"""Scores of attention in 8 bits.

A softmax is unchanged if all scores of a query move by the same. So any row may be taken from all keys: it moves the greatest
score of each query, as far as that is a linear function of the query, to the same place within the 8 bits of a score.
"""

import math

import numpy as np

import image
from floats import softmax
from quantise import rounded

# Of a score, as a natural logarithm.
SCORE = math.log(2) / image.SCORE_STEPS
# Places of the greatest score that are tried; 8 bits end at 2.75.
PEAKS = (1.0, 1.5, 2.0, 2.5, 3.0)


def score_scale(unit, d_head):
    """The scale of scores, where the product of the steps of a query and a key is the square of `unit`."""
    return unit**2 / math.sqrt(d_head) / SCORE


def offset(queries, scores, d_head, masked=-math.inf):
    """The row that is best taken from the keys of a head. `scores` has a matrix for each sequence of queries."""
    queries = queries / math.sqrt(d_head)
    peaks = np.concatenate([score.max(-1) for score in scores])
    ends = np.cumsum([len(score) for score in scores])[:-1]

    def change(offset):
        moves = np.split(queries @ offset, ends)
        kept = [np.where(score > masked, rounded(score - move[:, None], SCORE), masked) for score, move in zip(scores, moves)]
        return sum(np.sum((softmax(left) - softmax(score)) ** 2) for left, score in zip(kept, scores))

    tried = [np.linalg.lstsq(queries, peaks - peak, rcond=None)[0] for peak in PEAKS]
    return min(tried, key=change)
