# SPDX-License-Identifier: Apache-2.0
"""Compares the block with vectors of its golden model. cocotb.json describes its ports; see README.md."""

import json
import random
from collections import deque
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, Timer

FOLDER = Path(__file__).resolve().parent
BENCH = json.loads((FOLDER / "cocotb.json").read_text())

# Half a clock cycle, in ns.
HALF = 5
# Cycles of reset, and those at the end in which nothing may come.
RESET, SILENCE = 2, 16
# Probabilities of a stall; each stream draws another one every so many cycles.
STALLS, PHASE = [0, 0.3, 0.5, 0.9], 10
# The vectors are repeated until so many cycles have run.
ENOUGH = 2000


def read(handle):
    """The value of an output, all of whose bits must be known."""
    value = handle.value
    assert value.is_resolvable, f"{handle._name} is {value}"
    return int(value)


async def settle():
    await Timer(HALF, unit="ns")


async def edge(dut):
    """A rising edge of the clock, if there is one; inputs may be changed afterwards."""
    if BENCH["clock"]:
        dut[BENCH["clock"]].value = 1
        await settle()
        dut[BENCH["clock"]].value = 0


async def start(dut):
    """All inputs 0, then reset."""
    for name in BENCH["inputs"]:
        dut[name].value = 0
    if BENCH["clock"]:
        dut[BENCH["clock"]].value = 0
    if BENCH["reset"]:
        port, active = dut[BENCH["reset"]["port"]], BENCH["reset"]["active"]
        port.value = active
        for _ in range(RESET):
            await settle()
            await edge(dut)
        port.value = 1 - active


class Stream:
    """The ports of a stream, and the beats that are to pass."""

    def __init__(self, dut, description):
        self.name = description["name"]
        self.valid, self.ready = dut[description["valid"]], dut[description["ready"]]
        self.fields = [(dut[port], width) for port, width in description["fields"]]
        self.beats = deque()
        self.is_offered, self.stall = False, 0

    def add(self, beats):
        self.beats.extend([value if value is None else int(value, 16) for value in beat] for beat in beats)


class Source(Stream):
    """Offers beats, and random bits where it offers none."""

    def drive(self):
        if self.is_offered:
            return
        self.is_offered = bool(self.beats) and random.random() >= self.stall
        self.valid.value = int(self.is_offered)
        beat = self.beats[0] if self.is_offered else [random.getrandbits(width) for _, width in self.fields]
        for (port, _), value in zip(self.fields, beat):
            port.value = value

    def sample(self):
        """True if a beat is taken in this cycle."""
        if not (self.is_offered and read(self.ready)):
            return False
        self.beats.popleft()
        self.is_offered = False
        return True


class Sink(Stream):
    """Compares beats. One that is offered must stay as it is until it is taken."""

    def __init__(self, dut, description):
        super().__init__(dut, description)
        self.count, self.held = 0, None

    def drive(self):
        self.is_ready = random.random() >= self.stall
        self.ready.value = int(self.is_ready)

    def sample(self):
        """True if a beat is taken in this cycle."""
        if not read(self.valid):
            assert self.held is None, f"{self.name}: beat {self.count} is withdrawn"
            return False
        assert self.beats, f"{self.name}: beat {self.count} is one too many"
        found = [str(port.value) for port, _ in self.fields]
        assert self.held in (None, found), f"{self.name}: beat {self.count} changes while it waits"
        self.held = None if self.is_ready else found
        if self.is_ready:
            self.compare()
        return self.is_ready

    def compare(self):
        for (port, _), expected in zip(self.fields, self.beats.popleft()):
            if expected is not None:
                found = read(port)
                where = f"{self.name}: beat {self.count}, {port._name}"
                assert found == expected, f"{where} is {found:#x}, the golden model's is {expected:#x}"
        self.count += 1


class Run:
    """All streams, cycle by cycle."""

    def __init__(self, dut, description):
        self.dut, self.patience = dut, description["patience"]
        self.sources = [Source(dut, stream) for stream in description["inputs"]]
        self.sinks = [Sink(dut, stream) for stream in description["outputs"]]
        self.cycles = 0

    def add(self, case):
        for streams, beats in ((self.sources, case["inputs"]), (self.sinks, case["outputs"])):
            for stream, own in zip(streams, beats):
                stream.add(own)

    async def cycle(self):
        """True if a beat is transferred."""
        streams = self.sources + self.sinks
        if self.cycles % PHASE == 0:
            for stream in streams:
                # Few vectors are over before the next phase: the first one stalls every sink.
                is_first = self.cycles == 0 and stream in self.sinks
                stream.stall = random.choice(STALLS[1:] if is_first else STALLS)
        self.cycles += 1
        for stream in streams:
            stream.drive()
        await settle()
        transfers = [stream.sample() for stream in streams]
        await edge(self.dut)
        return any(transfers)

    async def finish(self):
        """Until every beat has passed."""
        idle = 0
        while any(stream.beats for stream in self.sources + self.sinks):
            idle = 0 if await self.cycle() else idle + 1
            waiting = [stream.name for stream in self.sources + self.sinks if stream.beats]
            assert idle <= self.patience, f"no transfer in {idle} cycles; beats wait for {', '.join(waiting)}"


@cocotb.test(skip=BENCH["streams"] is None)
async def streams(dut):
    """Beats with random stalls on every stream."""
    cases = [json.loads(line) for line in (FOLDER / BENCH["vectors"]).read_text().splitlines()]
    unexercised = ", ".join(BENCH["streams"]["unexercised"])
    if unexercised:
        dut._log.warning(f"never exercised, since no vector has a beat of them: {unexercised}")
    cycles = taken = 0
    while cycles < ENOUGH:
        run = await pass_all(dut, cases)
        cycles += run.cycles
        taken += sum(sink.count for sink in run.sinks)
        assert taken > 0, "no beat was compared"
    dut._log.info(f"{taken} beats compared in {cycles} cycles")


async def pass_all(dut, cases):
    """Reset, then every case."""
    await start(dut)
    run = Run(dut, BENCH["streams"])
    gap = BENCH["streams"]["gap"]
    for case in cases:
        run.add(case)
        if gap is not None:
            await run.finish()
            for _ in range(gap + 1):
                await run.cycle()
    await run.finish()
    for _ in range(SILENCE):
        await run.cycle()
    return run


def lines_of_cycles(path):
    """The names of the ports, and their values and flags in each cycle of the Verilog testbench."""
    lines = path.read_text().splitlines()
    names = next(line for line in lines if line.startswith("// Fields: ")).split()[2:-1]
    return names, [line.split("_") for line in lines if not line.startswith("//")]


@cocotb.test(skip=BENCH["streams"] is not None)
async def cycles(dut):
    """The cycles of the Verilog testbench."""
    names, lines = lines_of_cycles(FOLDER / BENCH["vectors"])
    driven = set(BENCH["inputs"])
    if BENCH["reset"]:
        driven.add(BENCH["reset"]["port"])
    outputs = [name for name in names if name not in driven]
    if BENCH["clock"]:
        dut[BENCH["clock"]].value = 0
    count = 0
    for cycle, values in enumerate(lines):
        values, flags = dict(zip(names, values[:-1])), int(values[-1], 16)
        for name in driven:
            dut[name].value = int(values[name], 16)
        await settle()
        for bit, name in enumerate(outputs):
            if flags >> bit & 1:
                found, expected = read(dut[name]), int(values[name], 16)
                where = f"cycle {cycle}, {name}"
                assert found == expected, f"{where} is {found:#x}, the golden model's is {expected:#x}"
                count += 1
        await edge(dut)
    assert count > 0, "no value was compared"
    dut._log.info(f"{count} values compared in {len(lines)} cycles")


@cocotb.test(skip=BENCH["registers"] is None)
async def registers(dut):
    """Every register after reset; then those that software writes, with random bits."""
    from cocotbext.axi import AxiLiteBus, AxiLiteMaster

    await start(dut)
    clock = dut[BENCH["clock"]]
    running = cocotb.start_soon(Clock(clock, 2 * HALF, unit="ns").start())
    await ClockCycles(clock, 2)
    bus = AxiLiteMaster(AxiLiteBus.from_prefix(dut, BENCH["registers"]["bus"]), clock)
    for register in BENCH["registers"]["registers"]:
        await check(bus, register, register["known"], register["value"])
    for register in BENCH["registers"]["registers"]:
        if register["written"]:
            bits = random.getrandbits(32) & register["written"]
            answer = await bus.write(register["address"], bits.to_bytes(4, "little"))
            assert answer.resp == 0, f"{register['name']}: a write is answered with {answer.resp!r}"
            await check(bus, register, register["written"], bits)
    running.cancel()


async def check(bus, register, mask, expected):
    """Reads a register, and compares some of its bits."""
    answer = await bus.read(register["address"], 4)
    assert answer.resp == 0, f"{register['name']}: a read is answered with {answer.resp!r}"
    found = int.from_bytes(answer.data, "little") & mask
    assert found == expected & mask, f"{register['name']} is {found:#x}, not {expected & mask:#x}"
