#![doc = include_str!("README.md")]

pub mod riscv;
pub mod systolic;
pub mod uart;

use hdl::{Diagnostics, Netlist};
use sim::{Simulator, UnknownName};

/// An example: how it is built, and how it is tried.
pub struct Example {
    /// What the command calls it.
    pub name: &'static str,
    /// Builds it.
    pub netlist: fn() -> Result<Netlist, Diagnostics>,
    /// Drives it from power-up on, and says what it did. Panics if that is wrong.
    pub exercise: fn(&mut dyn Simulator) -> Result<String, UnknownName>,
}

/// All of them.
pub const EXAMPLES: [Example; 3] = [
    Example { name: "uart", netlist: uart::netlist, exercise: uart::exercise },
    Example { name: "riscv", netlist: riscv::netlist, exercise: riscv::exercise },
    Example { name: "systolic", netlist: systolic::netlist, exercise: systolic::exercise },
];

/// Holds the reset for two cycles.
fn reset(simulator: &mut dyn Simulator) -> Result<(), UnknownName> {
    let reset = simulator.port("rst_n")?;
    simulator.poke_u64(reset, 0);
    (0..2).for_each(|_| simulator.tick());
    simulator.poke_u64(reset, 1);
    Ok(())
}
