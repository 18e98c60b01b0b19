#!/usr/bin/env python3
"""Makes the graphs that `networks.rs` reads, with the package nir 1.0.8 of PyPI, and what they do in floats on random spikes.

`conv.nir` has the layout that nir gives to files, with compressed arrays; `residual.nir` is written without compression.
"""

from pathlib import Path

import nir
import numpy as np

FOLDER = Path(__file__).resolve().parent
SAMPLES, STEPS = 5, 6
DT = 1e-4
rng = np.random.default_rng(3)


def floats(values):
    return np.asarray(values, dtype=np.float32)


def lif(shape, kept, threshold):
    """A neuron as snnTorch exports it: a potential keeps this share of itself, and a current is added as it is."""
    tau = DT / (1 - kept)
    full = lambda value: floats(np.full(shape, value))
    return nir.LIF(tau=full(tau), r=full(tau / DT), v_leak=full(0), v_threshold=full(threshold))


conv = nir.NIRGraph(
    {
        "input": nir.Input(input_type={"input": np.array([1, 4, 4])}),
        "0": nir.Conv2d((4, 4), floats(rng.normal(0, 0.5, (2, 1, 3, 3))), 1, 1, 1, 1, floats(rng.normal(0, 0.1, 2))),
        "1": lif((2, 4, 4), 0.25, 0.5),
        "2": nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0])),
        "3": nir.Flatten({"input": np.array([2, 2, 2])}, 0, -1),
        "4": nir.Linear(floats(rng.normal(0, 0.4, (3, 8)))),
        "5": nir.IF(floats(np.ones(3)), floats(np.ones(3))),
        "output": nir.Output({"output": np.array([3])}),
    },
    [("input", "0"), ("0", "1"), ("1", "2"), ("2", "3"), ("3", "4"), ("4", "5"), ("5", "output")],
)
residual = nir.NIRGraph(
    {
        "input": nir.Input(input_type={"input": np.array([6])}),
        "first": nir.Affine(floats(rng.normal(0, 0.6, (4, 6))), floats(rng.normal(0, 0.2, 4))),
        "spikes": lif((4,), 0.5, 0.7),
        "second": nir.Linear(floats(rng.normal(0, 0.5, (4, 4)))),
        "skip": nir.Linear(floats(rng.normal(0, 0.5, (4, 6)))),
        "joined": lif((4,), 0.5, 1.2),
        "last": nir.Affine(floats(rng.normal(0, 1, (3, 4))), floats([0.1, 0, -0.1])),
        "output": nir.Output({"output": np.array([3])}),
    },
    [
        ("input", "first"), ("first", "spikes"), ("spikes", "second"), ("input", "skip"), ("second", "joined"),
        ("skip", "joined"), ("spikes", "joined"), ("joined", "last"), ("last", "output"),
    ],
)  # fmt: skip


def convolved(node, values):
    padded = np.pad(values, ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    return np.einsum("iyxab,oiab->oyx", windows, node.weight) + node.bias[:, None, None]


def applied(node, values, potential):
    """The output of a node at a time step, and its potential."""
    if isinstance(node, nir.Conv2d):
        return convolved(node, values), None
    if isinstance(node, nir.SumPool2d):
        channels, height, width = values.shape
        return values.reshape(channels, height // 2, 2, width // 2, 2).sum((2, 4)), None
    if isinstance(node, nir.Flatten):
        return values.reshape(-1), None
    if isinstance(node, (nir.Linear, nir.Affine)):
        return node.weight @ values + getattr(node, "bias", 0), None
    if isinstance(node, nir.LIF):
        potential = potential + DT / node.tau * (node.v_leak - potential + node.r * values)
    elif isinstance(node, nir.IF):
        potential = potential + node.r * values
    else:
        return values, None
    fires = potential > node.v_threshold
    return fires.astype(float), np.where(fires, 0, potential)


def outputs(graph, sample):
    """The sum of the output over the time steps."""
    potentials, total = dict.fromkeys(graph.nodes, 0), 0
    for step in sample:
        values = {}
        for name, node in graph.nodes.items():
            incoming = [values[first] for first, second in graph.edges if second == name]
            values[name], potentials[name] = applied(node, sum(incoming) if incoming else step.astype(float), potentials[name])
        total = total + values["output"]
    return total


for name, graph, compression in (("conv", conv, "gzip"), ("residual", residual, None)):
    nir.write(FOLDER / f"{name}.nir", graph, compression=compression)
    spikes = rng.random((SAMPLES, STEPS, *graph.nodes["input"].input_type["input"])) < 0.4
    np.save(FOLDER / f"{name}_spikes.npy", spikes)
    np.save(FOLDER / f"{name}_outputs.npy", np.array([outputs(graph, sample) for sample in spikes]))
