//! A simulated block whose ports are driven by hand, cycle by cycle.

use crate::ReportError;
use crate::ports::reset;
use blocks::block::{Configured, elaborate};
use hdl::Bits;
use sim::{Compiled, Options, Simulator};

/// The block.
pub struct Rig(Compiled);

/// A port.
#[derive(Clone, Copy)]
pub struct Port(usize);

impl Rig {
    /// A block after its reset, if it has one, on the built-in simulator.
    pub fn of(block: &dyn Configured) -> Result<Rig, ReportError> {
        let netlist = elaborate(block).map_err(|errors| ReportError::Wrong(errors.to_string()))?;
        let simulator = Compiled::new(&netlist, Options::default());
        let mut simulator = simulator.map_err(|error| ReportError::Wrong(error.to_string()))?;
        if simulator.port("rst_n").is_ok() {
            reset(&mut simulator);
        }
        Ok(Rig(simulator))
    }

    /// The ports of these names.
    pub fn ports<const N: usize>(&self, names: [&str; N]) -> [Port; N] {
        names.map(|name| Port(self.0.port(name).expect("the block has the port")))
    }

    /// Sets a port of any width.
    pub fn set(&mut self, port: Port, value: u64) {
        let width = self.width(port);
        self.0.poke(port.0, &Bits::truncated(value.into(), width));
    }

    fn width(&self, port: Port) -> u32 {
        self.0.ports()[port.0].width
    }

    /// Sets all bits of a port.
    pub fn set_ones(&mut self, port: Port) {
        let width = self.width(port);
        self.0.poke(port.0, &Bits::ones(width));
    }

    /// Reads a port of at most 64 bits.
    pub fn get(&mut self, port: Port) -> u64 {
        self.0.peek_u64(port.0)
    }

    /// Reads a port of at most 64 bits as two's complement.
    pub fn get_signed(&mut self, port: Port) -> i64 {
        let above = 64 - self.width(port);
        (self.get(port) << above) as i64 >> above
    }

    /// Whether a port of any width has this value.
    pub fn has(&mut self, port: Port, value: u64) -> bool {
        let width = self.width(port);
        self.0.peek(port.0) == Bits::truncated(value.into(), width)
    }

    /// Whether a port is 1.
    pub fn is(&mut self, port: Port) -> bool {
        self.get(port) == 1
    }

    /// Ends the cycle.
    pub fn tick(&mut self) {
        self.0.tick();
    }

    /// Fails if an assertion of the block did.
    pub fn check(&self) -> Result<(), ReportError> {
        match self.0.violations().first() {
            None => Ok(()),
            Some(violation) => Err(ReportError::Wrong(format!("an assertion failed: {violation:?}"))),
        }
    }
}
