//! A block prepared for simulation.

use super::VerifyError;
use crate::VerilogDesign;
use crate::driver::Testbench;
use blocks::block::{Configured, elaborate};
use hdl::Netlist;
use sim::{Batch, Compiled, Initial, Interpreter, Options, Simulator};

/// A block, its netlist, and its testbench.
pub(crate) struct Subject<'a> {
    pub(crate) netlist: Netlist,
    pub(crate) testbench: Testbench<'a>,
    /// The built-in simulator at power-up, registers without a reset at 0 as in Verilator.
    pub(crate) zeroed: Interpreter,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(block: &'a dyn Configured, seed: u64) -> Result<Subject<'a>, VerifyError> {
        let netlist = elaborate(block)?;
        let zeroed = Interpreter::new(&netlist, Options::default())?;
        let testbench = Testbench::new(block, zeroed.ports(), &netlist.clocking, seed);
        Ok(Subject { testbench: testbench.map_err(VerifyError::Interface)?, netlist, zeroed })
    }

    /// The built-in simulator at power-up, with random registers where there is no reset, to expose reads that come too
    /// early.
    pub(crate) fn randomized(&self, seed: u64) -> Result<Interpreter, VerifyError> {
        Ok(Interpreter::new(&self.netlist, Options { initial: Initial::Random(seed) })?)
    }

    /// The same in machine code.
    pub(crate) fn compiled(&self, seed: u64) -> Result<Compiled, VerifyError> {
        Ok(Compiled::new(&self.netlist, Options { initial: Initial::Random(seed) })?)
    }

    /// The same in many lanes.
    pub(crate) fn batch(&self, seed: u64) -> Result<Batch, VerifyError> {
        Ok(Batch::new(&self.netlist, Options { initial: Initial::Random(seed) })?)
    }

    /// The design for the external simulators.
    pub(crate) fn verilog(&self) -> VerilogDesign {
        VerilogDesign::of(&self.netlist)
    }
}
