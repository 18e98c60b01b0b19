//! A block between registers, so that place and route finds the longest path of the block itself: pads and their wires
//! do not count, and a block may have more ports than a device has pins.

use blocks::block::Configured;
use hdl::netlist::PortDef;
use hdl::{Clocking, Design, Diagnostics, Direction, Module, Netlist, Port, Signal};

/// Name of the instance of the block.
pub const INSTANCE: &str = "dut";

/// The block with its inputs from a shift register and its outputs into registers, which are reduced to one bit.
pub fn between_registers(block: &dyn Configured) -> Result<Netlist, Diagnostics> {
    let design = Design::new(Clocking::default());
    let inner = block.build(&design);
    let ports: Vec<PortDef> = design.elaborate(inner)?.top().ports.clone();
    let top = design.module("harness", &[], |m| {
        m.describe("A block between registers, for the analysis of its timing.");
        let dut = m.instance(INSTANCE, inner);
        let of =
            |direction| ports.iter().map(|def| &def.port).filter(move |port| port.direction == direction);
        let mut bit = m.input("scan_in", 1, "the next bit of the inputs");
        for port in of(Direction::Input) {
            let bits = shift_register(m, port, &mut bit);
            dut.set(&port.name, m.concat_lsb(&bits));
        }
        let mut sum = m.lit(0, 1);
        for port in of(Direction::Output) {
            let captured = m.reg(&format!("{}_captured", port.name), port.width);
            captured.set(dut.get(&port.name));
            fold(m, port, captured.value(), &mut sum);
        }
        m.output("scan_out", sum, "what depends on every output");
    });
    design.elaborate(top)
}

/// A shift register for the bits of an input: `bit` enters it, and is replaced by the bit that leaves it.
fn shift_register<'m>(m: &'m Module, port: &Port, bit: &mut Signal<'m>) -> Vec<Signal<'m>> {
    let next = |index| {
        let register = m.reg(&format!("{}_r{index}", port.name), 1);
        register.set(*bit);
        *bit = register.value();
        *bit
    };
    (0..port.width).map(next).collect()
}

/// XORs the bits of an output into a shift register.
fn fold<'m>(m: &'m Module, port: &Port, captured: Signal<'m>, sum: &mut Signal<'m>) {
    for index in 0..port.width {
        let register = m.reg(&format!("{}_f{index}", port.name), 1);
        register.set(*sum ^ captured.bit(index));
        *sum = register.value();
    }
}
