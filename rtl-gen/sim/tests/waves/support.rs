//! The design whose waveforms are tested.

use hdl::{Clocking, Design};
use sim::{Interpreter, Options, Simulator};

/// An accumulator of 70 bits behind an instance, and two flags, one of them from a further instance.
pub fn accumulator() -> Interpreter {
    let design = Design::new(Clocking::default());
    let top = design.module("top", &[], |m| {
        let adder = m.design().module("adder", &[], |m| {
            let (a, b) = (m.input("a", 70, ""), m.input("b", 8, ""));
            m.output("sum", (a + b.zext(70)).named("total"), "");
        });
        let (step, hold) = (m.input("step", 8, ""), m.input("hold", 1, ""));
        let kept = m.reg("kept", 70).reset_to(0).enable(!hold);
        let next = m.instance("add", adder).set("a", kept.value()).set("b", step).get("sum");
        kept.set(next);
        m.output("value", kept.value(), "");
        m.output("odd", next.bit(0), "");
        let ahead = m.instance("ahead", adder).set("a", next).set("b", step).get("sum");
        m.output("many", ahead.high(60).any(), "");
    });
    let netlist = design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"));
    Interpreter::new(&netlist, Options::default()).unwrap()
}

/// Drives the inputs of the [`accumulator`] for one cycle.
pub fn drive(simulator: &mut dyn Simulator, reset_n: bool, step: u64, hold: bool) {
    for (port, value) in [reset_n as u64, step, hold as u64].into_iter().enumerate() {
        simulator.poke_u64(port, value);
    }
}
