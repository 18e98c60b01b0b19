"""A layer of SmolLM2 as steps of meadow_decoder_layer: RMSNorm, rotary positions, grouped heads, a gated feed-forward.

The weights come with 4 bits in groups of 32, and are quantised anew, with 8 bits and a scale for each column. All steps are fixed
beforehand, from what passes through the layer for other tokens. Each channel between two products has a step of its own, as
in SmoothQuant: the gains of the norm, or the scales of the first product, make it, and the weights of the second one have it.
"""

import math

import numpy as np

import image
from floats import cosines, heads
from quantise import MARGIN, integers, step
from scores import offset, score_scale
from smollm2 import D_HEAD, GROUP, HEADS, HIDDEN, KEY_HEADS, MASKED, WIDTH

# Parameters of the block.
PARAMETERS = {"d_head": D_HEAD, "tokens": 8, "inner": HIDDEN, "keys": 64, "row_length": HIDDEN, "token_words": HIDDEN}
# Of cosine and sine.
ANGLE_BITS = 14
# A query or a key before it is turned has so many more bits than behind.
TURN_BITS = 6
KEY_WIDTH = KEY_HEADS * D_HEAD
READERS = (("attn_q", "attn_k", "attn_v"), ("ffn_gate", "ffn_up"))


def smoothed(rows, weights):
    """A step for each channel of rows, which are multiplied by weights next."""
    ratio = np.sqrt(np.maximum(np.abs(rows).max(0), 1e-6) / np.abs(weights).max(1))
    return ratio * step(rows / ratio, weights * ratio[:, None])


def in_pairs(steps):
    """One step for both elements of a pair that is turned: the last axis has the elements of a head."""
    pairs = steps.reshape(*steps.shape[:-1], -1, 2).max(-1)
    return np.repeat(pairs, 2, -1)


class Norm:
    """RMSNorm with what it makes: 8 bits, in a step for each channel."""

    def __init__(self, place, gain, rows, weights):
        self.step = smoothed(rows, weights)
        gains = gain / self.step * 2**image.GAIN_BITS
        # The shift leaves 16 bits before the last rounding.
        self.shift = min(7, int(math.log2(32767 / np.abs(gains).max())))
        affine = np.stack([gains * 2**self.shift, np.zeros(WIDTH)], 1)
        self.affine = place.matrix(integers(affine.reshape(1, -1), 1))


class Layer:
    """A layer in memory."""

    def __init__(self, model, layer, calibration, rows, local_bytes):
        """For rows that the layer takes; it is calibrated with others."""
        self.count, self.image = len(rows), image.Image(D_HEAD, local_bytes)
        self.seen, self.layer, self.rows = {}, layer, rows
        layer.forward(calibration, lambda **values: self.seen.update(values))
        greatest = max(np.abs(self.seen[name]).max() for name in ("x", "output", "middle", "down", "result"))
        self.step = MARGIN * greatest / 32767
        self.epsilon = round(model.epsilon * WIDTH**2 / self.step**2)
        self.norms = [
            Norm(self.image, gain, self.seen[name], np.concatenate([layer.weights[reader] for reader in readers], 1))
            for gain, name, readers in zip(layer.gains, ("read", "read_again"), READERS)
        ]
        self.x = self.image.matrix(integers(rows, self.step))
        self.attend(model)
        self.feed_forward()
        self.list = self.image.end()

    def room(self, columns, wide=False, near=True):
        return self.image.room(self.count, columns * (2 if wide else 1), near)

    def product(self, a, name, taken, given, *, wide, keeps=False, is_cached=False, **options):
        """Adds a product from steps to steps, each one or one for each channel; gives where its results are. Those that are cached
        are outside too."""
        real = self.layer.weights[name] * np.broadcast_to(taken, self.layer.weights[name].shape[0])[:, None]
        inner, columns = real.shape
        scales = np.abs(real).max(0) / 127
        weights = self.image.weights(integers(real, scales, 8), np.zeros(columns), scales / given)
        y = self.room(columns, wide)
        also = self.room(columns, wide, near=False) if is_cached and y.is_local else None
        options |= {"also": also, "wide": wide, "keeps": keeps, "overlaps": keeps}
        self.image.product(a, weights, y, self.count, inner, columns, **options)
        return y

    def norm(self, norm, summand=None):
        """Adds the sum, if there is one, and the norm; gives where the numbers of 8 bits are."""
        y = self.room(WIDTH)
        options = {"norm": image.RMS_NORM, "affine": norm.affine, "narrow": y, "narrow_shift": norm.shift}
        options["epsilon"] = self.epsilon
        if summand:
            self.image.rows(self.x, self.x, self.count, WIDTH, b=summand, operation=image.SUM, **options)
        else:
            self.image.rows(self.x, None, self.count, WIDTH, first=image.NOTHING, **options)
        return y

    def attend(self, model):
        seen, place, count = self.seen, self.image, self.count
        queries, keys = heads(seen["query"], D_HEAD), heads(seen["key"], D_HEAD)
        of_group = lambda head: slice(head * GROUP, (head + 1) * GROUP)
        # Heads that share keys share what is taken from them.
        moves = np.stack([
            offset(
                np.concatenate(list(queries[of_group(head)])), list(seen["scores"][of_group(head)]), D_HEAD, MASKED
            )
            for head in range(KEY_HEADS)
        ])  # fmt: skip
        query = in_pairs(np.abs(queries).max(1)).reshape(KEY_HEADS, GROUP, D_HEAD).max(1)
        key = in_pairs(np.abs(keys - moves[:, None]).max(1))
        unit = np.sqrt(query * key).max(1, keepdims=True) / 127
        query_step, key_step = unit * np.sqrt(query / key), unit * np.sqrt(key / query)
        query_steps = np.repeat(query_step, GROUP, 0).ravel()
        value_step = np.abs(seen["value"]).max(0) / 127

        norm = self.norms[0]
        read = self.norm(norm)
        wide = lambda steps: steps / 2**TURN_BITS
        k = self.product(read, "attn_k", norm.step, wide(key_step.ravel()), wide=True)
        v = self.product(read, "attn_v", norm.step, value_step, wide=False, keeps=True, is_cached=True)
        q = self.product(read, "attn_q", norm.step, wide(query_steps), wide=True, keeps=True)
        angles = model.angles(count)
        table = np.stack([np.cos(angles), np.sin(angles)], 2).reshape(count, D_HEAD)
        table = place.matrix(integers(table, 2.0**-ANGLE_BITS))
        turn = {"b": table, "columns": D_HEAD, "operation": image.ROTARY}
        place.rows(k, k, count, KEY_WIDTH, by=2.0**-ANGLE_BITS, **turn)
        # Keys are turned by steps of rows, which have no second place for them: they are in the cache alone.
        narrow_q, narrow_k = self.room(WIDTH), self.room(KEY_WIDTH, near=False)
        place.rows(q, narrow_q, count, WIDTH, by=2.0 ** -(ANGLE_BITS + TURN_BITS), first=image.NARROW, overlaps=True, **turn)
        # The same row for all tokens.
        moved = place.matrix(integers(-moves.reshape(1, -1), wide(key_step.ravel())))
        place.rows(k, narrow_k, count, KEY_WIDTH, b=image.Matrix(moved.address, 0), operation=image.SUM, by=2.0**-TURN_BITS,
                   first=image.NARROW)  # fmt: skip
        same = place.weights(np.eye(D_HEAD, dtype=np.int8), np.zeros(D_HEAD), np.ones(D_HEAD))
        context, steps = self.room(WIDTH), []
        for head in range(HEADS):
            shared = head // GROUP
            of_keys = value_step[shared * D_HEAD : (shared + 1) * D_HEAD]
            part = slice(head * D_HEAD, (head + 1) * D_HEAD)
            rows, weights = seen["context"][:, part] / of_keys, self.layer.weights["attn_output"][part] * of_keys[:, None]
            results = step(rows, weights)
            steps.append(of_keys * results)
            place.attention(
                narrow_q.at(head * D_HEAD), same, narrow_k.at(shared * D_HEAD), v.at(shared * D_HEAD), context.at(head * D_HEAD),
                count, D_HEAD, count=count, scores=score_scale(unit[shared, 0], D_HEAD), results=2.0**-16 / results, causal=True,
                overlaps=head > 0,
            )  # fmt: skip
        self.output = self.product(context, "attn_output", np.concatenate(steps), self.step, wide=True)

    def feed_forward(self):
        seen, place, count = self.seen, self.image, self.count
        read = self.norm(self.norms[1], self.output)
        norm, gate_step = self.norms[1], 2.0**-image.FUNCTION_BITS
        hidden = smoothed(seen["hidden"], self.layer.weights["ffn_down"])
        # Of `up`, as great as 16 bits allow.
        times = float(2 ** int(math.log2(32767 / MARGIN / (np.abs(seen["up"]).max(0) * gate_step / hidden).max())))
        gate = self.product(read, "ffn_gate", norm.step, gate_step, wide=True, function=image.SILU)
        up = self.product(read, "ffn_up", norm.step, hidden / gate_step / times, wide=True, keeps=True)
        narrow = self.room(HIDDEN)
        place.rows(gate, narrow, count, HIDDEN, b=up, operation=image.MULTIPLY, by=1 / times, first=image.NARROW)
        down = self.product(narrow, "ffn_down", hidden, self.step, wide=True)
        place.rows(self.x, self.x, count, WIDTH, b=down, operation=image.SUM)

    def compare(self, memory):
        """Prints how near the last rows, out of the memory afterwards, are to those in floating point; gives the mean cosine."""
        found = np.frombuffer(memory, np.int16, self.count * WIDTH, self.x.address).reshape(self.count, WIDTH) * self.step
        real = self.layer.forward(self.rows)
        of_all, of_added = cosines(found, real), cosines(found - self.rows, real - self.rows)
        print(f"cosine of integer and float rows: mean {of_all.mean():.4f}, least {of_all.min():.4f}; of what the layer adds: "
              f"mean {of_added.mean():.4f}")  # fmt: skip
        return of_all.mean()
