"""Reads the tensors and the nodes of an ONNX file: as much of protobuf's encoding as that takes."""

import numpy as np

TYPES = {1: np.float32, 3: np.int8, 6: np.int32, 7: np.int64, 9: np.bool_}

# Numbers of fields, from onnx.proto.
MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_INITIALIZER = 1, 5
NODE_INPUT, NODE_OUTPUT, NODE_OP = 1, 2, 4
TENSOR_DIMS, TENSOR_TYPE, TENSOR_NAME, TENSOR_RAW = 1, 2, 8, 9


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """The fields of a message: numbers with their values, integers or bytes."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        field, kind = key >> 3, key & 7
        if kind == 0:
            value, at = varint(data, at)
        else:
            size, at = varint(data, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            value, at = data[at : at + size], at + size
        yield field, value


def dims(values):
    """Dimensions, each in a field or all packed into one."""
    for value in values:
        if isinstance(value, int):
            yield value
        else:
            at = 0
            while at < len(value):
                number, at = varint(value, at)
                yield number


def tensor(data):
    message = list(fields(data))
    first = {field: value for field, value in reversed(message)}
    shape = list(dims(value for field, value in message if field == TENSOR_DIMS))
    name = bytes(first[TENSOR_NAME]).decode()
    kind = TYPES[first[TENSOR_TYPE]]
    return name, np.frombuffer(first.get(TENSOR_RAW, b""), kind).reshape(shape)


def node(data):
    message = list(fields(data))
    names = lambda wanted: [bytes(value).decode() for field, value in message if field == wanted]
    return names(NODE_OP)[0], names(NODE_INPUT), names(NODE_OUTPUT)


def read(path):
    """The tensors of a file by name, and its nodes: operation, inputs, outputs."""
    with open(path, "rb") as file:
        data = memoryview(file.read())
    graph = next(value for field, value in fields(data) if field == MODEL_GRAPH)
    parts = list(fields(graph))
    tensors = dict(tensor(value) for field, value in parts if field == GRAPH_INITIALIZER)
    return tensors, [node(value) for field, value in parts if field == GRAPH_NODE]
