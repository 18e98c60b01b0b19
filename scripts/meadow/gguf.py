"""Reads the metadata and the tensors of a GGUF file, of the types that SmolLM2 comes in."""

import struct

import numpy as np

SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
STRING, ARRAY = 8, 9
F32, Q4_1, Q8_0 = 0, 3, 8
GROUP = 32


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def scalar(self, kind):
        (value,) = struct.unpack_from(SCALARS[kind], self.data, self.at)
        self.at += struct.calcsize(SCALARS[kind])
        return value

    def string(self):
        size = self.scalar(10)
        self.at += size
        return bytes(self.data[self.at - size : self.at]).decode("utf-8", "replace")

    def value(self, kind):
        if kind == STRING:
            return self.string()
        if kind == ARRAY:
            kind, count = self.scalar(4), self.scalar(10)
            return [self.value(kind) for _ in range(count)]
        return self.scalar(kind)


def real(data, kind, count):
    """The numbers of a tensor."""
    if kind == F32:
        return np.frombuffer(data, np.float32, count)
    if kind == Q8_0:
        groups = np.frombuffer(data, [("scale", "<f2"), ("codes", "i1", GROUP)], count // GROUP)
        return groups["codes"] * groups["scale"].astype(np.float32)[:, None]
    if kind == Q4_1:
        groups = np.frombuffer(data, [("scale", "<f2"), ("least", "<f2"), ("codes", "u1", GROUP // 2)], count // GROUP)
        # The lower halves of all bytes, then the upper ones.
        codes = np.concatenate([groups["codes"] & 15, groups["codes"] >> 4], 1)
        return codes * groups["scale"].astype(np.float32)[:, None] + groups["least"].astype(np.float32)[:, None]
    raise ValueError(f"tensors of type {kind} are not supported")


def read(path, wanted):
    """The metadata, and the tensors whose names are wanted: matrices have a row for each output."""
    with open(path, "rb") as file:
        reader = Reader(memoryview(file.read()))
    magic, version = reader.scalar(4), reader.scalar(4)
    if magic != int.from_bytes(b"GGUF", "little") or version not in (2, 3):
        raise ValueError(f"{path} is not a GGUF file of version 2 or 3")
    tensors, pairs = reader.scalar(10), reader.scalar(10)
    metadata = {}
    for _ in range(pairs):
        name = reader.string()
        metadata[name] = reader.value(reader.scalar(4))
    found = []
    for _ in range(tensors):
        name = reader.string()
        shape = [reader.scalar(10) for _ in range(reader.scalar(4))]
        found.append((name, shape[::-1], reader.scalar(4), reader.scalar(10)))
    alignment = metadata.get("general.alignment", 32)
    start = -(-reader.at // alignment) * alignment
    tensor = lambda shape, kind, at: real(reader.data[start + at :], kind, int(np.prod(shape))).reshape(shape)
    return metadata, {name: tensor(shape, kind, at) for name, shape, kind, at in found if wanted(name)}
