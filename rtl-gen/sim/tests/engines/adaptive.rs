//! A long run, in which the compiled simulator occasionally tries to skip idle instances.

use hdl::{Clocking, Design, Netlist};
use sim::{Compiled, Interpreter, Options, Simulator};

const INSTANCES: u32 = 20;

/// Long enough for several trials.
const CYCLES: u64 = 40_000;

/// Accumulators, each enabled in cycles of its own.
fn netlist() -> Netlist {
    let design = Design::new(Clocking::default());
    let accumulator = design.module("accumulator", &[], |m| {
        let take = m.input("take", 1, "");
        let mut value = m.input("value", 24, "");
        let sum = m.reg("sum", 24).reset_to(0).enable(take);
        for round in 1..30 {
            value = (value ^ (value << (1 + round % 5))) + sum.value();
        }
        sum.set(value);
        m.output("total", sum.value(), "");
    });
    let top = design.module("top", &[], |m| {
        let (take, value) = (m.input("take", INSTANCES, ""), m.input("value", 24, ""));
        for index in 0..INSTANCES {
            let held = m.reg(&format!("held{index}"), 24).reset_to(0).enable(take.bit(index));
            held.set(value);
            let child = m.instance(&format!("u{index}"), accumulator);
            child.set("take", take.bit(index)).set("value", held.value());
            m.output(&format!("total{index}"), child.get("total"), "");
        }
    });
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn trials_change_nothing() {
    let netlist = netlist();
    let mut compiled = Compiled::new(&netlist, Options::default()).unwrap();
    let mut interpreter = Interpreter::new(&netlist, Options::default()).unwrap();
    let mut random = fastrand::Rng::with_seed(3);
    for cycle in 0..CYCLES {
        // Quiet and busy periods of thousands of cycles alternate, with a reset among them.
        let is_busy = cycle / 5000 % 2 == 1;
        let take = if is_busy { random.u64(..1 << INSTANCES) } else { 1 << random.u32(..2 * INSTANCES) };
        let inputs = [(cycle % 9000 > 0).into(), take & ((1 << INSTANCES) - 1), random.u64(..1 << 24)];
        for (port, value) in inputs.into_iter().enumerate() {
            compiled.poke_u64(port, value);
            interpreter.poke_u64(port, value);
        }
        let port = 3 + (cycle % u64::from(INSTANCES)) as usize;
        assert_eq!(compiled.peek_u64(port), interpreter.peek_u64(port), "cycle {cycle}");
        compiled.tick();
        interpreter.tick();
    }
    for port in 3..compiled.ports().len() {
        assert_eq!(compiled.peek(port), interpreter.peek(port));
    }
}
