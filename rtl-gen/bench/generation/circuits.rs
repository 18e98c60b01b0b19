//! The circuits that are generated, in this language.

use clap::ValueEnum;
use hdl::{Clocking, Design, Module, ModuleRef, Netlist, Signal};
use serde::Serialize;
use std::fmt;

/// A circuit of any size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Circuit {
    /// Running population counts, a Kogge-Stone network.
    KoggeStone,
    /// Running population counts, a Sklansky network.
    Sklansky,
    /// A row of processing elements, instances of one module.
    Array,
}

impl Circuit {
    /// All circuits.
    pub const ALL: [Circuit; 3] = [Circuit::KoggeStone, Circuit::Sklansky, Circuit::Array];

    /// The sizes that are generated.
    pub fn sizes(self, is_quick: bool) -> Vec<usize> {
        let (first, last, factor) = match self {
            Circuit::Array => (1, 1024, 4),
            _ if is_quick => (64, super::COMPARED, 4),
            _ => (64, 16_384, 2),
        };
        std::iter::successors(Some(first), |size| Some(size * factor))
            .take_while(|size| *size <= last)
            .collect()
    }
}

impl fmt::Display for Circuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Circuit::KoggeStone => "kogge-stone",
            Circuit::Sklansky => "sklansky",
            Circuit::Array => "array",
        })
    }
}

/// The netlist of a circuit.
pub fn netlist(circuit: Circuit, size: usize) -> Netlist {
    let design = Design::new(Clocking::default());
    let top = match circuit {
        Circuit::Array => array(&design, size),
        _ => design.module("prefix", &[], |m| prefix(m, circuit, size)),
    };
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The mask comes in words of 64 bits; all counts are outputs.
fn prefix(m: &Module, circuit: Circuit, size: usize) {
    let width = size.ilog2() + 1;
    let words: Vec<Signal> = (0..size / 64).map(|index| m.input(&format!("x{index}"), 64, "")).collect();
    let bits = words.iter().flat_map(|word| word.split_lsb(1));
    let mut counts: Vec<Signal> = bits.map(|bit| bit.zext(width)).collect();
    let mut distance = 1;
    while distance < size {
        let before = counts.clone();
        for lane in 0..size {
            let other = match circuit {
                Circuit::KoggeStone => lane.checked_sub(distance),
                _ => (lane & distance != 0).then(|| (lane & !(2 * distance - 1)) + distance - 1),
            };
            if let Some(other) = other {
                counts[lane] = before[lane] + before[other];
            }
        }
        distance *= 2;
    }
    counts.iter().enumerate().for_each(|(lane, count)| m.output(&format!("y{lane}"), *count, ""));
}

/// Each element multiplies the passing value by its weight, and adds the product to what comes from the previous
/// element.
fn array(design: &Design, size: usize) -> ModuleRef {
    let element = design.module("element", &[], |m| {
        let [a, b] = ["a", "b"].map(|name| m.input(name, 8, ""));
        let sum = m.reg("sum_q", 32);
        sum.set(m.input("sum", 32, "") + (a * b).zext(32));
        m.output("a_next", a.delayed("a_q"), "");
        m.output("sum_next", sum.value(), "");
    });
    design.module("array", &[], |m| {
        let (mut a, mut sum) = (m.input("a", 8, ""), m.lit(0, 32));
        for index in 0..size {
            let weight = m.input(&format!("b{index}"), 8, "");
            let child =
                m.instance(&format!("u{index}"), element).set("a", a).set("b", weight).set("sum", sum);
            (a, sum) = (child.get("a_next"), child.get("sum_next"));
        }
        m.output("a_next", a, "");
        m.output("sum", sum, "");
    })
}
