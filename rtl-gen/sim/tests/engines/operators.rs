//! Every operator at widths around those of bytes and machine words, in instances side by side.

use crate::engine::{Engine, engines};
use hdl::{Bits, Clocking, Design, Direction, Module, Netlist, limbs_for};
use sim::{Interpreter, Options, Simulator};

const WIDTHS: [u32; 15] = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 128, 200];

/// Instances: the last lanes of a vector stay idle.
const INSTANCES: usize = 5;

const ROUNDS: usize = 30;

/// An instance takes `a` and `b` of these widths, and `c` of that of `a`.
fn netlist(a: u32, b: u32) -> Netlist {
    let design = Design::new(Clocking::default());
    let unit = design.module("unit", &[], |m| operators(m, a, b));
    let top = design.module("top", &[], |m| {
        for instance in 0..INSTANCES {
            let child = m.instance(&format!("u{instance}"), unit);
            for (name, width) in [("a", a), ("b", b), ("c", a), ("s", 1)] {
                child.set(name, m.input(&format!("{name}{instance}"), width, ""));
            }
            for output in 0..OUTPUTS {
                m.output(&format!("out{instance}_{output}"), child.get(&format!("out{output}")), "");
            }
        }
    });
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

const OUTPUTS: usize = 21;

fn operators(m: &Module, a: u32, b: u32) {
    let [a, b, c] = [("a", a), ("b", b), ("c", a)].map(|(name, width)| m.input(name, width, ""));
    let select = m.input("s", 1, "");
    let (top, bottom) = (a.msb(), c.bit(0));
    let results = [
        !a,
        a & c,
        a | c,
        a ^ c,
        a + c,
        a - c,
        a * b,
        a.mul_signed(b),
        a.eq(c),
        a.lt(c),
        a.lt_signed(c),
        a << b,
        a >> b,
        a.shr_signed(b),
        a.all(),
        a.any(),
        a.parity(),
        select.mux(a, c),
        m.concat(&[b, a, bottom, c]),
        m.concat(&[top, top, top, b.low(1), a]),
        (a + c).sext(a.width() + 9),
    ];
    assert_eq!(results.len(), OUTPUTS);
    results.iter().enumerate().for_each(|(index, result)| m.output(&format!("out{index}"), *result, ""));
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

/// A corner, a small number (as shift amounts are), or anything.
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
