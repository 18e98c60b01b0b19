"""The circuits of the generation benchmark in Amaranth: `amaranth_peer.py CIRCUIT SIZE` prints what it took.

The text is RTLIL, which is what Amaranth writes by itself: its Verilog is made of that by Yosys.
"""

import json
import resource
import sys
import time

from amaranth.back import rtlil
from amaranth.hdl import Elaboratable, Module, Signal

sys.setrecursionlimit(100_000)


def prefix(circuit, size):
    m = Module()
    width = size.bit_length()
    words = [Signal(64, name=f"x{index}") for index in range(size // 64)]
    counts = []
    for lane in range(size):
        count = Signal(width, name=f"bit{lane}")
        m.d.comb += count.eq(words[lane // 64][lane % 64])
        counts.append(count)
    distance = 1
    while distance < size:
        before = list(counts)
        for lane in range(size):
            if circuit == "kogge-stone":
                other = lane - distance
            elif circuit == "sklansky":
                other = (lane & ~(2 * distance - 1)) + distance - 1 if lane & distance else -1
            else:
                raise ValueError(f"no prefix network `{circuit}`")
            if other >= 0:
                total = Signal(width, name=f"sum{distance}_{lane}")
                m.d.comb += total.eq(before[lane] + before[other])
                counts[lane] = total
        distance *= 2
    outputs = [Signal(width, name=f"y{lane}") for lane in range(size)]
    m.d.comb += [output.eq(count) for output, count in zip(outputs, counts)]
    return m, words + outputs


class Element(Elaboratable):
    def __init__(self):
        self.a, self.b, self.sum = Signal(8), Signal(8), Signal(32)
        self.a_next, self.sum_next = Signal(8), Signal(32)

    def elaborate(self, platform):
        m = Module()
        m.d.sync += [self.a_next.eq(self.a), self.sum_next.eq(self.sum + self.a * self.b)]
        return m


def array(size):
    m = Module()
    first, total, last = Signal(8, name="a"), Signal(32, name="sum"), Signal(8, name="a_next")
    weights = [Signal(8, name=f"b{index}") for index in range(size)]
    a, so_far = first, 0
    for index in range(size):
        m.submodules[f"u{index}"] = element = Element()
        m.d.comb += [element.a.eq(a), element.b.eq(weights[index]), element.sum.eq(so_far)]
        a, so_far = element.a_next, element.sum_next
    m.d.comb += [last.eq(a), total.eq(so_far)]
    return m, [first, total, last] + weights


def main():
    circuit, size = sys.argv[1], int(sys.argv[2])
    start = time.perf_counter()
    module, ports = array(size) if circuit == "array" else prefix(circuit, size)
    text = rtlil.convert(module, ports=ports)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "bytes": len(text), "peak_kib": peak}))


main()
