"""Elaborates the LiteX module of a package into top.v: in a SoC if it has registers, else with its streams as ports."""

import importlib
import inspect
import logging
import sys
from pathlib import Path

from litex.build.generic_platform import Pins
from litex.build.sim import SimPlatform
from litex.gen import LiteXModule
from litex.gen.fhdl import verilog
from litex.soc.integration.soc import SoCRegion
from litex.soc.integration.soc_core import SoCMini
from litex.soc.interconnect import axi, wishbone
from migen import ClockDomain, Record, Signal

logging.disable(logging.INFO)
folder, top = Path(sys.argv[1]), sys.argv[2]
sys.path.insert(0, str(folder))
module = importlib.import_module(f"{top}_litex")
[accelerator] = [
    value for value in vars(module).values()
    if inspect.isclass(value) and issubclass(value, LiteXModule) and value is not LiteXModule
]


class Clock(LiteXModule):
    def __init__(self, clock=None):
        self.cd_sys = ClockDomain()
        if clock is not None:
            self.comb += self.cd_sys.clk.eq(clock)


class Soc(SoCMini):
    def __init__(self, platform):
        SoCMini.__init__(self, platform, int(1e6))
        self.crg = Clock(platform.request("sys_clk"))
        self.accelerator = accelerator(platform)
        self.bus.add_master("host", wishbone.Interface(addressing="word"))
        self.bus.add_slave("accelerator", self.accelerator.s_axi, SoCRegion(origin=0x30000000, size=0x1000, cached=False))
        if hasattr(self.accelerator, "m_axi"):
            self.bus.add_master("accelerator", self.accelerator.m_axi)


class Alone(LiteXModule):
    def __init__(self, platform):
        self.clock = Clock()
        self.accelerator = accelerator(platform)


def signals(value):
    """The signals of a port or a stream."""
    match value:
        case Signal():
            return {value}
        case Record():
            return set(value.flatten())
        case axi.AXILiteInterface() | axi.AXIInterface():
            return set().union(*(signals(getattr(value, channel)) for channel in ("aw", "w", "b", "ar", "r")))
        case _:
            return set()


platform = SimPlatform("SIM", [("sys_clk", 0, Pins(1))])
if list(folder.glob("*.rdl")):
    soc = Soc(platform)
    soc.finalize()
    text = str(platform.get_verilog(soc, name="top"))
else:
    alone = Alone(platform)
    ports = set().union(*(signals(value) for value in vars(alone.accelerator).values()))
    text = str(verilog.convert(alone, ports, name="top"))
Path("top.v").write_text(text)
expected = {path.name for path in folder.glob("*.v") if not path.name.endswith("_tb.v")}
found = {Path(source[0]).name for source in platform.sources}
assert found == expected, (found, expected)
