"""The encoders of MiniLM as steps of meadow_decoder_layer.

The int8 weights are those of the model. The steps of all other numbers are fixed beforehand, from what passes through the model
for some sequences. Three things keep the error of that small:

- A few channels of the residual stream are many times as great as the others. They come first, have a step of COPIES times the
  others', and so many copies, each with the same weights.
- A few hidden neurons are so too. They saturate, and copies with other biases have the rest: where neuron and copies end at r,
  x is min(x, r) + min(max(x - r, 0), r) + ...
- The biases of the keys are free, see scores.py.
"""

import math

import numpy as np

import image
from floats import cosines, heads, unit
from minilm import D_HEAD, EPSILON, HEADS, HIDDEN, MATRICES, READING, WIDTH
from quantise import MARGIN, integers, rounded, step
from scores import offset, score_scale

# Channels with copies: whole words of 16-bit numbers.
GREAT = 8
COPIES = 4
ROW = WIDTH + GREAT * COPIES
# Columns for copies of hidden neurons: a tile.
SPARE = D_HEAD
# Parameters of the block. The words of tokens are for 8 groups of them.
PARAMETERS = {
    "d_head": D_HEAD, "tokens": 8, "inner": HIDDEN + SPARE, "keys": 64, "row_length": WIDTH, "token_words": HIDDEN + SPARE,
}  # fmt: skip


class Calibration:
    """What passes through the model, for some sequences."""

    def __init__(self, model, sequences):
        self.seen = {}
        for ids in sequences:
            model.forward(ids, self.see)

    def see(self, layer, **values):
        for name, value in values.items():
            self.seen.setdefault((layer, name), []).append(value)

    def rows(self, layer, name):
        return np.concatenate(self.seen[layer, name])

    def order(self):
        """The channels, those first that are greatest in comparison with the others."""
        streams = [self.rows(*key) for key in self.seen if key[1] in ("result", "middle")]
        return np.argsort(-sum(np.abs(rows).max(0) / rows.std() for rows in streams))


def with_copies(rows, size):
    """What is left of the residual stream in 8 bits."""
    return np.concatenate([rounded(rows[:, :GREAT], COPIES * size), rounded(rows[:, GREAT:], size)], 1)


def repeated(weights):
    """Weights for rows of the residual stream with its copies."""
    great = weights[:GREAT]
    return np.concatenate([np.zeros_like(great), weights[GREAT:], *[great] * COPIES])


class Stream:
    """Rows of the residual stream behind a norm: in 16 bits for sums, and in 8 bits, with copies, for products."""

    def __init__(self, place, gain, bias, rows, summand, weights):
        """The weights are those that read the rows; the summand is what is added to them."""
        self.step = step(rows, weights, with_copies)
        greatest = MARGIN * max(np.abs(rows).max(), np.abs(summand).max())
        gains = 2**image.GAIN_BITS * max(np.abs(gain).max(), np.abs(bias).max())
        self.shift = int(math.log2(self.step * 32767 / max(greatest, gains)))
        self.wide_step = self.step / 2**self.shift
        affine = np.stack([gain, bias], 1) * 2**image.GAIN_BITS
        self.affine = place.matrix(integers(affine.reshape(1, -1), self.wide_step))

    def norm(self, place, room, a, y, count, **operation):
        """Adds the steps from the rows of `a`, by an operation, to those of the stream, which go to `y`."""
        place.rows(a, y, count, WIDTH, norm=image.LAYER_NORM, affine=self.affine, first=image.NORMAL, narrow=room.narrow,
                   narrow_shift=self.shift, **operation)  # fmt: skip
        for copy in range(COPIES):
            place.rows(y, room.narrow.at(WIDTH + GREAT * copy), count, GREAT, by=2.0**-self.shift / COPIES,
                       first=image.NARROW, overlaps=copy > 0)  # fmt: skip


class Heads:
    """The steps of queries, keys and scores. A query's element may have a smaller step if that of the key has a greater one."""

    def __init__(self, seen, number):
        queries, keys = (heads(seen.rows(number, name), D_HEAD) for name in ("query", "key"))
        scores = seen.seen[number, "scores"]
        self.offset = np.stack([offset(queries[head], [score[head] for score in scores], D_HEAD) for head in range(HEADS)])
        query, key = np.abs(queries).max(1), np.abs(keys - self.offset[:, None]).max(1)
        unit = np.sqrt(query * key).max(1, keepdims=True) / 127
        self.query_step, self.key_step = unit * np.sqrt(query / key), unit * np.sqrt(key / query)
        self.scores = score_scale(unit[:, 0], D_HEAD)


class Hidden:
    """Which hidden neurons have copies, and the step of all."""

    def __init__(self, rows, weights):
        greatest = MARGIN * rows.max(0)

        def kept(rows, size):
            ends = 127 * size * (1 + self.copies(greatest, size))
            return np.minimum(np.maximum(np.rint(rows / size), -128) * size, ends)

        self.step = step(rows, weights, kept)
        copies = self.copies(greatest, self.step)
        self.neurons = np.repeat(np.arange(HIDDEN), copies)
        # The first copy has what is above the first end, and so on.
        first = np.repeat(np.cumsum(copies) - copies, copies)
        self.ends = (np.arange(len(self.neurons)) - first + 1) * 127 * self.step

    @staticmethod
    def copies(greatest, size):
        """How many each neuron has: the greatest ones get all that they need, as long as there are any."""
        needed = np.maximum(np.ceil(greatest / (127 * size)) - 1, 0).astype(int)
        order = np.argsort(-greatest)
        given = np.diff(np.minimum(np.cumsum(needed[order]), SPARE), prepend=0)
        copies = np.zeros_like(needed)
        copies[order] = given
        return copies

    def up(self, weights, scales, bias):
        """Weights, scales and biases with those of copies."""
        empty = SPARE - len(self.neurons)
        columns = np.append(self.neurons, np.zeros(empty, int))
        extra = weights[:, columns] * (np.arange(SPARE) < len(self.neurons))
        biases = np.append(bias[self.neurons] - self.ends, np.zeros(empty))
        return np.concatenate([weights, extra], 1).astype(np.int8), np.append(scales, scales[columns]), np.append(bias, biases)

    def down(self, weights):
        empty = np.zeros((SPARE - len(self.neurons), weights.shape[1]), np.int8)
        return np.concatenate([weights, weights[self.neurons], empty])


class Encoder:
    """An encoder in memory: what it reads, and the steps of its numbers."""

    def __init__(self, place, layer, number, seen, before, after):
        """`before` and `after` are the streams that it takes and makes."""
        rows = lambda name: seen.rows(number, name)
        self.after = after
        self.middle = Stream(place, *layer.norms[0], rows("middle"), rows("down"), layer.real("up"))
        self.heads = Heads(seen, number)
        self.hidden = Hidden(rows("hidden"), layer.real("down"))
        self.value, self.context = step(rows("value")), step(rows("context"), layer.real("output"))
        weights, scales, biases = dict(layer.weights), dict(layer.scales), dict(layer.biases)
        biases["key"] = biases["key"] - self.heads.offset.ravel()
        weights["up"], scales["up"], biases["up"] = self.hidden.up(weights["up"], scales["up"], biases["up"])
        weights["down"] = self.hidden.down(weights["down"])
        # The steps that a product takes and gives.
        units = {
            "query": (before.step, self.heads.query_step.ravel()),
            "key": (before.step, self.heads.key_step.ravel()),
            "value": (before.step, self.value),
            "output": (self.context, before.wide_step),
            "up": (self.middle.step, 2.0**-image.FUNCTION_BITS),
            "down": (self.hidden.step, self.middle.wide_step),
        }
        self.weights = {}
        for name in MATRICES:
            taken, given = units[name]
            sums = taken * scales[name]
            matrix = repeated(weights[name]) if name in READING else weights[name]
            self.weights[name] = place.weights(matrix, integers(biases[name], sums, 32), sums / given)

    def steps(self, place, room, results, count):
        """Adds the steps for `count` tokens, whose last rows go to `results`."""
        x, weights = room.narrow, self.weights
        place.product(x, weights["key"], room.keys, count, ROW, WIDTH, also=room.key_cache)
        place.product(x, weights["value"], room.values, count, ROW, WIDTH, also=room.value_cache, keeps=True, overlaps=True)
        for head in range(HEADS):
            part = lambda matrix: matrix.at(head * D_HEAD)
            place.attention(
                x, part(weights["query"]), part(room.keys), part(room.values), part(room.context), count, ROW, count=count,
                scores=self.heads.scores[head], results=self.value / self.context / 2**16, keeps=True, overlaps=head > 0,
            )  # fmt: skip
        place.product(room.context, weights["output"], room.summand, count, WIDTH, WIDTH, wide=True)
        # Half the sum has the same norm, and always fits.
        half = {"b": room.summand, "operation": image.SUM, "by": 0.5}
        self.middle.norm(place, room, room.wide, room.wide, count, **half)
        place.product(room.narrow, weights["up"], room.hidden, count, ROW, HIDDEN + SPARE, function=image.GELU,
                      by=2.0**-image.FUNCTION_BITS / self.hidden.step)  # fmt: skip
        place.product(room.hidden, weights["down"], room.summand, count, HIDDEN + SPARE, WIDTH, wide=True)
        self.after.norm(place, room, room.wide, results, count, **half)


class Room:
    """Where the numbers of a sequence are, from step to step: on the chip as far as there is room. Keys and values there are in a
    cache outside too."""

    def __init__(self, place, count):
        near = lambda row_bytes: place.room(count, row_bytes, near=True)
        self.narrow, self.keys, self.values, self.context = near(ROW), near(WIDTH), near(WIDTH), near(WIDTH)
        self.wide, self.summand, self.hidden = near(2 * WIDTH), near(2 * WIDTH), near(HIDDEN + SPARE)
        cache = lambda matrix: place.room(count, WIDTH) if matrix.is_local else None
        self.key_cache, self.value_cache = cache(self.keys), cache(self.values)


class Lowered:
    """A model in memory, with a list for some sequences one after the other."""

    def __init__(self, model, calibration, sequences, local_bytes):
        model.reorder(Calibration(model, calibration).order())
        self.model, self.sequences = model, sequences
        seen = Calibration(model, calibration)
        self.image = image.Image(D_HEAD, local_bytes)
        self.streams, self.encoders = self.parts(model, seen)
        room = Room(self.image, max(map(len, sequences)))
        embedded = MARGIN * np.abs(seen.rows(-1, "embedded")).max() / 32767
        self.results = [self.sequence(room, integers(model.embedded(ids), embedded), embedded) for ids in sequences]
        self.list = self.image.end()

    def parts(self, model, seen):
        place, layers = self.image, model.layers
        norms = [model.norm] + [layer.norms[1] for layer in layers]
        streams = []
        for number, norm in enumerate(norms):
            is_last = number == len(layers)
            summand = np.zeros(1) if is_last else seen.rows(number, "output")
            weights = None if is_last else np.concatenate([layers[number].real(name) for name in ("query", "key", "value")], 1)
            streams.append(Stream(place, *norm, seen.rows(number - 1, "result"), summand, weights))
        parts = zip(layers, range(len(layers)), streams, streams[1:])
        return streams, [Encoder(place, layer, number, seen, *around) for layer, number, *around in parts]

    def sequence(self, room, rows, size):
        """Adds the steps of a sequence; gives where its last rows are."""
        place, count = self.image, len(rows)
        embedded, results = place.matrix(rows), place.room(count, 2 * WIDTH)
        epsilon = round(EPSILON * WIDTH**2 / size**2)
        self.streams[0].norm(place, room, embedded, room.wide, count, epsilon=epsilon)
        for encoder in self.encoders:
            encoder.steps(place, room, results if encoder is self.encoders[-1] else room.wide, count)
        return results

    def compare(self, memory):
        """Prints how near the last rows, out of the memory afterwards, are to those in floating point; gives the mean cosine of
        embeddings, which are the means of rows."""
        reals = [self.model.forward(ids) for ids in self.sequences]
        found = [self.rows(memory, place, len(real)) for place, real in zip(self.results, reals)]
        tokens = np.concatenate([cosines(*pair) for pair in zip(found, reals)])
        real, integer = (np.stack([rows.mean(0) for rows in each]) for each in (reals, found))
        embeddings = cosines(real, integer)
        print(f"cosine of integer and float embeddings: mean {embeddings.mean():.4f}, least {embeddings.min():.4f}; of tokens: "
              f"mean {tokens.mean():.4f}")  # fmt: skip
        if len(reals) > 2:
            kept = int(np.sum(nearest(real) == nearest(integer)))
            print(f"nearest other sequence: the same for {kept} of {len(reals)}")
        return embeddings.mean()

    def rows(self, memory, place, count):
        rows = np.frombuffer(memory, np.int16, count * WIDTH, place.address)
        return rows.reshape(count, WIDTH) * self.streams[-1].wide_step


def nearest(embeddings):
    """Of each the other one with the greatest cosine."""
    similar = unit(embeddings) @ unit(embeddings).T
    np.fill_diagonal(similar, -2)
    return similar.argmax(1)
