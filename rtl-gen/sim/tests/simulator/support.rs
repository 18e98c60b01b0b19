//! Small designs and values for the tests.

use hdl::{Bits, Clocking, Design, Module, Netlist, limbs_for};
use sim::{Interpreter, Options, Simulator};

/// Widths around the boundaries of a 64-bit limb.
pub const WIDTHS: [u32; 7] = [1, 8, 63, 64, 65, 128, 200];

/// The netlist of a module on its own, with the default clocking.
pub fn elaborate(build: impl FnOnce(&Module)) -> Netlist {
    elaborate_with(Clocking::default(), build)
}

/// The netlist of a module on its own.
pub fn elaborate_with(clocking: Clocking, build: impl FnOnce(&Module)) -> Netlist {
    let design = Design::new(clocking);
    let top = design.module("top", &[], build);
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A simulator of a module on its own, all inputs at 0.
pub fn simulate(build: impl FnOnce(&Module)) -> Interpreter {
    start(&elaborate(build))
}

/// A simulator that starts at 0.
pub fn start(netlist: &Netlist) -> Interpreter {
    Interpreter::new(netlist, Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// The index of a port.
pub fn port(simulator: &dyn Simulator, name: &str) -> usize {
    simulator.port(name).unwrap_or_else(|error| panic!("{error}"))
}

/// Drives an input by name.
pub fn poke(simulator: &mut dyn Simulator, name: &str, value: u64) {
    simulator.poke_u64(port(simulator, name), value);
}

/// Reads a port by name.
pub fn peek(simulator: &mut dyn Simulator, name: &str) -> u64 {
    simulator.peek_u64(port(simulator, name))
}

/// Reads an internal signal by path.
pub fn signal(simulator: &mut dyn Simulator, path: &str) -> Bits {
    let info = simulator.signals().iter().find(|signal| signal.path == path);
    let id = info.unwrap_or_else(|| panic!("no signal `{path}`")).id;
    simulator.signal(id)
}

/// Any value of `width` bits.
pub fn random_bits(random: &mut fastrand::Rng, width: u32) -> Bits {
    let limbs: Vec<u64> = (0..limbs_for(width)).map(|_| random.u64(..)).collect();
    Bits::from_limbs(width, &limbs)
}

/// Values at which operators err: the ends of both ranges, single bits, runs across limbs.
pub fn corners(width: u32) -> Vec<Bits> {
    let bit = |index: u32| {
        let mut bits = Bits::zero(width);
        bits.set_bit(index, true);
        bits
    };
    let mut corners = vec![Bits::zero(width), Bits::ones(width), bit(0), bit(width - 1)];
    corners.extend([5, 63, 64, 127, 128].into_iter().filter(|&index| index < width).map(bit));
    corners.push(hdl::evaluate::not(&bit(width - 1)));
    corners.push(hdl::evaluate::not(&bit(0)));
    corners
}

/// Corner values and some random ones.
pub fn values(random: &mut fastrand::Rng, width: u32) -> Vec<Bits> {
    let mut values = corners(width);
    values.extend((0..12).map(|_| random_bits(random, width)));
    values
}
