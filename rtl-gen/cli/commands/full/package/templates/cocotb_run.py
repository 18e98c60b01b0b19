# SPDX-License-Identifier: Apache-2.0
"""Builds the block for a simulator and runs cocotb_test.py: python3 cocotb_run.py [icarus|verilator]."""

import json
import os
import sys
from pathlib import Path

from cocotb_tools.check_results import get_results
from cocotb_tools.runner import get_runner

FOLDER = Path(__file__).resolve().parent
# Verilator 5 miscompiles some legal designs with these optimisations.
BUILD = {"icarus": ["-g2005"], "verilator": ["-fno-const-bit-op-tree", "-fno-dfg-peephole"]}


def main(simulator="icarus"):
    if simulator not in BUILD:
        sys.exit(f"error: the simulator cannot be `{simulator}`: {' or '.join(BUILD)}")
    bench = json.loads((FOLDER / "cocotb.json").read_text())
    runner = get_runner(simulator)
    runner.build(
        sources=[FOLDER / source for source in bench["sources"]],
        hdl_toplevel=bench["top"],
        build_args=BUILD[simulator],
        build_dir=Path("sim_build") / simulator,
        timescale=("1ns", "1ps"),
        always=True,
    )
    sys.path.insert(0, str(FOLDER))
    # The package keeps the files that it came with.
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    results = runner.test(
        test_module="cocotb_test",
        hdl_toplevel=bench["top"],
        seed=os.environ.get("COCOTB_RANDOM_SEED", "1"),
    )
    tests, failed = get_results(Path(results))
    print(f"{tests} tests, {failed} failed")
    sys.exit(1 if failed or not tests else 0)


if __name__ == "__main__":
    main(*sys.argv[1:2])
