"""The memory image of meadow_decoder_layer: matrices, weights with their scales, and the list of steps."""

import math
import struct

import numpy as np

PRODUCT, ATTENTION, ROWS, END = range(4)
NONE, RELU, GELU, SILU = range(4)
COPY, SUM, MULTIPLY, ROTARY = range(4)
NO_NORM, LAYER_NORM, RMS_NORM = range(3)
NOTHING, WIDE, NARROW, NORMAL = range(4)

# Fraction bits of a number that goes through GELU or SiLU, and of gains and biases.
FUNCTION_BITS = 7
GAIN_BITS = 2
# Steps of a score in a factor of 2 of its probability.
SCORE_STEPS = 32
# A line of a DRAM's controller; any address would do.
ALIGNMENT = 64


def scale(real):
    """A multiplier and a shift for a positive real number."""
    if not 0 < real < 65535.5:
        raise ValueError(f"there is no scale of {real}: it must be above 0 and below 65535.5")
    shift = min(63, 15 - math.floor(math.log2(real)))
    multiplier = round(real * 2.0**shift)
    if multiplier == 1 << 16:
        multiplier, shift = multiplier >> 1, shift - 1
    if multiplier == 0:
        raise ValueError(f"the scale {real} is too small for 16 bits and a shift of 63")
    return multiplier, shift


class Matrix:
    """Where a matrix lies: outside, or in on-chip memory."""

    def __init__(self, address, stride, is_local=False):
        self.address, self.stride, self.is_local = address, stride, is_local

    def at(self, byte):
        """The matrix that begins some bytes further on in each row."""
        return Matrix(self.address + byte, self.stride, self.is_local)


class Image:
    """With so many bytes of on-chip memory."""

    def __init__(self, d_head, local_bytes=0):
        self.bytes = bytearray()
        self.steps = bytearray()
        self.d_head = d_head
        self.local_bytes, self.local_used = local_bytes, 0

    def room(self, rows, row_bytes, near=False):
        """Room for a matrix: on the chip if it is to be near and there is room, else outside."""
        start = self.local_used + -self.local_used % ALIGNMENT
        if near and start + rows * row_bytes <= self.local_bytes:
            self.local_used = start + rows * row_bytes
            return Matrix(start, row_bytes, True)
        self.bytes.extend(bytes(-len(self.bytes) % ALIGNMENT))
        matrix = Matrix(len(self.bytes), row_bytes)
        self.bytes.extend(bytes(rows * row_bytes))
        return matrix

    def matrix(self, values):
        """A matrix of NumPy, of 8 or 16 bits."""
        place = self.room(len(values), values.shape[1] * values.itemsize)
        self.bytes[place.address : place.address + values.nbytes] = values.tobytes()
        return place

    def weights(self, weights, bias, scales):
        """Weights, behind the records of their columns: bias, multiplier, shift."""
        inner, columns = weights.shape
        records = np.zeros((columns, 8), np.uint8)
        for column, record in enumerate(records):
            multiplier, shift = scale(scales[column])
            record[:] = np.frombuffer(struct.pack("<iHBx", int(bias[column]), multiplier, shift), np.uint8)
        tiles = records.reshape(columns // self.d_head, 8, self.d_head)
        table = tiles.transpose(1, 0, 2).reshape(8, columns)
        return self.matrix(np.concatenate([table.view(np.int8), weights]))

    def step(self, word, *, a, b=None, y=None, c=None, d=None, rows, inner, columns=0, valid=0, by=(0, 0), extra=0, position=0):
        nowhere = Matrix(0, 0)
        matrices = [place or nowhere for place in (a, b, y, c, d)]
        word |= sum(matrix.is_local << 21 + number for number, matrix in enumerate(matrices))
        places = [part for matrix in matrices for part in (matrix.address, matrix.stride)]
        multiplier, shift = by
        sizes = [rows | inner << 16, columns | valid << 16, multiplier | shift << 16]
        last = [extra & 0xFFFFFFFF, position | extra >> 32 << 16]
        self.steps += struct.pack("<16I", word, *places, *sizes, *last)

    def product(self, a, weights, y, rows, inner, columns, *, also=None, function=NONE, wide=False, by=1.0, keeps=False,
                overlaps=False):  # fmt: skip
        """The results go to y, and also to a matrix in the other memory if there is one."""
        word = PRODUCT | overlaps << 2 | keeps << 3 | function << 4 | wide << 6 | (also is not None) << 15
        self.step(word, a=a, b=weights, y=y, d=also, rows=rows, inner=inner, columns=columns, by=scale(by))

    def attention(self, a, weights, keys, values, y, rows, inner, *, count, scores, results, causal=False, keeps=False,
                  overlaps=False):  # fmt: skip
        word = ATTENTION | overlaps << 2 | keeps << 3 | causal << 7 | causal << 8
        multiplier, shift = scale(results)
        self.step(
            word, a=a, b=weights, y=y, c=keys, d=values, rows=rows, inner=inner, columns=count, valid=count,
            by=scale(scores), extra=multiplier | shift << 16,
        )  # fmt: skip

    def rows(self, a, y, rows, inner, *, b=None, columns=None, operation=COPY, by=1.0, norm=NO_NORM, affine=None, first=WIDE,
             narrow=None, narrow_shift=0, epsilon=0, overlaps=False):  # fmt: skip
        word = ROWS | overlaps << 2 | operation << 9 | norm << 11 | first << 13 | (narrow is not None) << 15 | narrow_shift << 16
        self.step(
            word, a=a, b=b, y=y, c=affine, d=narrow, rows=rows, inner=inner, columns=columns or inner, by=scale(by), extra=epsilon
        )

    def end(self):
        """Puts the list into memory; gives its address."""
        self.steps += bytes([END]).ljust(64, b"\0")
        place = self.room(1, len(self.steps))
        self.bytes[place.address :] = self.steps
        return place.address
