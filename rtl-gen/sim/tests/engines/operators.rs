//! Every operator at widths around those of bytes and machine words, in instances side by side.

use crate::engine::{Engine, engines};
use hdl::netlist::{BinaryOp, ReduceOp};
use hdl::{Bits, Clocking, Design, Direction, Module, Netlist, limbs_for};
use sim::{Interpreter, Options, Simulator};

const WIDTHS: [u32; 15] = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 128, 200];

/// Number of instances: the last lanes of a vector stay idle.
const INSTANCES: usize = 5;

const ROUNDS: usize = 30;

/// Instances with `a` and `b` of these widths, and `c` as wide as `a`.
fn netlist(a: u32, b: u32) -> Netlist {
    let design = Design::new(Clocking::default());
    let mut outputs = vec![];
    let unit = design.module("unit", &[], |m| outputs = operators(m, a, b));
    let top = design.module("top", &[], |m| {
        for instance in 0..INSTANCES {
            let child = m.instance(&format!("u{instance}"), unit);
            for (name, width) in [("a", a), ("b", b), ("c", a), ("s", 1)] {
                child.set(name, m.input(&format!("{name}{instance}"), width, ""));
            }
            for output in &outputs {
                m.output(&format!("{output}{instance}"), child.get(output), "");
            }
        }
    });
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

/// An output for every operator of the tables and for every other source of a value. Returns the names of the
/// outputs.
fn operators(m: &Module, a: u32, b: u32) -> Vec<String> {
    let [a, b, c] = [("a", a), ("b", b), ("c", a)].map(|(name, width)| m.input(name, width, ""));
    let select = m.input("s", 1, "");
    let (top, bottom) = (a.msb(), c.bit(0));
    let binary = BinaryOp::ALL.iter().map(|op| {
        let right = if op.kind().needs_equal_widths() { c } else { b };
        (format!("{op:?}"), a.binary(*op, right))
    });
    let reduced = ReduceOp::ALL.iter().map(|op| (format!("Reduce{op:?}"), a.reduce(*op)));
    let others = [
        ("Not", !a),
        ("Mux", select.mux(a, c)),
        ("Case", m.select(m.concat(&[select, bottom]), &[a, c, !a, a & c])),
        ("Concat", m.concat(&[b, a, bottom, c])),
        ("Repeated", m.concat(&[top, top, top, b.low(1), a])),
        ("Extended", (a + c).sext(a.width() + 9)),
    ];
    let others = others.map(|(name, value)| (name.to_string(), value));
    let results = binary.chain(reduced).chain(others);
    results
        .map(|(name, value)| {
            m.output(&name, value, "");
            name
        })
        .collect()
}

#[test]
fn operators_mean_the_same_to_every_engine() {
    let mut random = fastrand::Rng::with_seed(7);
    for (index, &a) in WIDTHS.iter().enumerate() {
        for b in [a, WIDTHS[(index * 4 + 3) % WIDTHS.len()], 5] {
            let netlist = netlist(a, b);
            let mut reference = Interpreter::new(&netlist, Options::default()).expect("it can be simulated");
            let mut engines = engines(&netlist, Options::default());
            for _ in 0..ROUNDS {
                round(&mut random, &mut reference, &mut engines, (a, b));
            }
        }
    }
}

fn round(
    random: &mut fastrand::Rng,
    reference: &mut Interpreter,
    engines: &mut [(&'static str, Box<dyn Engine>)],
    widths: (u32, u32),
) {
    let ports = reference.ports().to_vec();
    for (index, port) in ports.iter().enumerate().filter(|(_, port)| port.direction == Direction::Input) {
        let value = value(random, port.width);
        reference.poke(index, &value);
        engines.iter_mut().for_each(|(_, engine)| engine.poke(index, &value));
    }
    for (index, port) in ports.iter().enumerate() {
        let expected = reference.peek(index);
        for (name, engine) in engines.iter_mut() {
            assert_eq!(engine.peek(index), expected, "{name}, widths {widths:?}, `{}`", port.name);
        }
    }
}

/// A corner value, a small number (a likely shift amount), or a random value.
fn value(random: &mut fastrand::Rng, width: u32) -> Bits {
    match random.u8(..6) {
        0 => Bits::zero(width),
        1 => Bits::ones(width),
        2 => {
            let mut bit = Bits::zero(width);
            bit.set_bit(random.u32(..width), true);
            bit
        }
        3 => Bits::truncated(random.u128(..256), width),
        _ => Bits::from_limbs(width, &(0..limbs_for(width)).map(|_| random.u64(..)).collect::<Vec<_>>()),
    }
}
