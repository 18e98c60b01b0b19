"""Steps of quantised tensors."""

import numpy as np

# Shares of the greatest value that are tried as the end of the range.
CLIPS = np.geomspace(1, 0.05, 31)
# Room above the greatest number of calibration.
MARGIN = 1.2
# Rows that are looked at.
SAMPLE = 400


def rounded(values, size):
    """The nearest multiples of a step that 8 bits can say."""
    return np.clip(np.rint(values / size), -128, 127) * size


def step(values, weights=None, kept=rounded):
    """The step that changes the values least; with weights, their products. `kept` is what is left of values."""
    values = values[:: max(1, len(values) // SAMPLE)]
    greatest = np.abs(values).max() / 127

    def change(size):
        error = kept(values, size) - values
        return np.sum((error if weights is None else error @ weights) ** 2)

    return min(CLIPS * greatest, key=change)


def integers(values, size, bits=16):
    """Values in steps, rounded; an error if one does not fit."""
    whole = np.rint(values / size)
    if np.abs(whole).max() >= 2 ** (bits - 1):
        raise ValueError(f"{np.abs(values).max()} in steps of {np.min(size)} does not fit {bits} bits")
    return whole.astype({8: np.int8, 16: np.int16, 32: np.int32}[bits])
