//! Every operator against the evaluator of the language.

use crate::support::{WIDTHS, batches, check_cases, elaborate, pairs, random_bits, values};
use hdl::evaluate::{binary, not, reduce};
use hdl::netlist::{BinaryOp, ReduceOp};
use hdl::{Bits, Module, Signal};
use sim::Options;

fn inputs(m: &Module, widths: (u32, u32)) -> (Signal<'_>, Signal<'_>) {
    (m.input("a", widths.0, ""), m.input("b", widths.1, ""))
}

/// Simulates a design of two inputs on pairs of values; `expected` gives each output's value by name.
fn check_pairs(
    widths: (u32, u32),
    build: impl FnOnce(&Module),
    expected: impl Fn(&Bits, &Bits) -> Vec<(&'static str, Bits)>,
) {
    let mut random = fastrand::Rng::with_seed(widths.0 as u64 * 1000 + widths.1 as u64);
    let cases = pairs(&values(&mut random, widths.0), &values(&mut random, widths.1));
    let named = |(name, value): (&str, Bits)| (name.to_string(), value);
    for mut batch in batches(&elaborate(build), Options::default()) {
        check_cases(&mut batch, &cases, |case| expected(&case[0], &case[1]).into_iter().map(named).collect());
    }
}

#[test]
fn operators_of_equal_widths() {
    for width in WIDTHS {
        let build = |m: &Module| {
            let (a, b) = inputs(m, (width, width));
            m.output("bit_and", a & b, "");
            m.output("bit_or", a | b, "");
            m.output("bit_xor", a ^ b, "");
            m.output("add", a + b, "");
            m.output("sub", a - b, "");
            m.output("eq", a.eq(b), "");
            m.output("lt", a.lt(b), "");
            m.output("lt_signed", a.lt_signed(b), "");
        };
        check_pairs((width, width), build, |a, b| {
            vec![
                ("bit_and", binary(BinaryOp::And, a, b)),
                ("bit_or", binary(BinaryOp::Or, a, b)),
                ("bit_xor", binary(BinaryOp::Xor, a, b)),
                ("add", binary(BinaryOp::Add, a, b)),
                ("sub", binary(BinaryOp::Sub, a, b)),
                ("eq", binary(BinaryOp::Eq, a, b)),
                ("lt", binary(BinaryOp::Lt, a, b)),
                ("lt_signed", binary(BinaryOp::LtSigned, a, b)),
            ]
        });
    }
}

#[test]
fn comparisons_of_equal_values() {
    for width in WIDTHS {
        let netlist = elaborate(|m| {
            let (a, b) = inputs(m, (width, width));
            m.output("relations", m.concat(&[a.eq(b), a.lt(b), a.lt_signed(b)]), "");
        });
        let values = values(&mut fastrand::Rng::with_seed(3), width);
        let cases: Vec<Vec<Bits>> = values.into_iter().map(|value| vec![value.clone(), value]).collect();
        for mut batch in batches(&netlist, Options::default()) {
            check_cases(&mut batch, &cases, |_| vec![("relations".into(), Bits::truncated(0b100, 3))]);
        }
    }
}

#[test]
fn products_of_any_widths() {
    let widths = [1, 2, 3, 8, 17, 64, 65];
    for widths in widths.iter().flat_map(|&a| widths.map(|b| (a, b))) {
        let build = |m: &Module| {
            let (a, b) = inputs(m, widths);
            m.output("mul", a * b, "");
            m.output("mul_signed", a.mul_signed(b), "");
        };
        check_pairs(widths, build, |a, b| {
            vec![("mul", binary(BinaryOp::Mul, a, b)), ("mul_signed", binary(BinaryOp::MulSigned, a, b))]
        });
    }
}

#[test]
fn products_with_a_constant() {
    for factor in [0u128, 1, 3, 10, 63, 64, 170, 255] {
        let constant = Bits::truncated(factor, 8);
        let build = |m: &Module| {
            let (a, b) = inputs(m, (8, 8));
            m.output("mul", a * m.lit(factor, 8), "");
            m.output("mul_signed", m.lit(factor, 8).mul_signed(b), "");
        };
        check_pairs((8, 8), build, |a, b| {
            let signed = binary(BinaryOp::MulSigned, &constant, b);
            vec![("mul", binary(BinaryOp::Mul, a, &constant)), ("mul_signed", signed)]
        });
    }
}

#[test]
fn shifts_by_any_amounts() {
    for widths in WIDTHS.iter().flat_map(|&a| [1, 3, 7, 8, 64, 65, 130].map(|b| (a, b))) {
        let netlist = elaborate(|m| {
            let (a, b) = inputs(m, widths);
            m.output("shl", a << b, "");
            m.output("shr", a >> b, "");
            m.output("shr_signed", a.shr_signed(b), "");
        });
        let mut random = fastrand::Rng::with_seed(1);
        let amounts = (0..widths.0 as u128 + 3).step_by(1 + widths.0 as usize / 30);
        let amounts = amounts.filter_map(|amount| Bits::checked(amount, widths.1));
        let amounts: Vec<Bits> = amounts.chain(values(&mut random, widths.1)).collect();
        let cases = pairs(&[random_bits(&mut random, widths.0), Bits::ones(widths.0)], &amounts);
        for mut batch in batches(&netlist, Options::default()) {
            check_cases(&mut batch, &cases, |case| {
                let shifted = |op| binary(op, &case[0], &case[1]);
                vec![
                    ("shl".into(), shifted(BinaryOp::Shl)),
                    ("shr".into(), shifted(BinaryOp::Shr)),
                    ("shr_signed".into(), shifted(BinaryOp::ShrSigned)),
                ]
            });
        }
    }
}

#[test]
fn operators_of_one_operand_and_selection() {
    for width in WIDTHS {
        let build = |m: &Module| {
            let (a, b) = inputs(m, (width, width));
            m.output("bit_not", !a, "");
            m.output("all", a.all(), "");
            m.output("any", a.any(), "");
            m.output("parity", a.parity(), "");
            m.output("chosen", b.bit(0).mux(a, b), "");
        };
        check_pairs((width, width), build, |a, b| {
            vec![
                ("bit_not", not(a)),
                ("all", reduce(ReduceOp::And, a)),
                ("any", reduce(ReduceOp::Or, a)),
                ("parity", reduce(ReduceOp::Xor, a)),
                ("chosen", if b.bit(0) { a.clone() } else { b.clone() }),
            ]
        });
    }
}

/// Concatenations of parts, repeated bits and constants, and slices of them.
#[test]
fn concatenations_and_slices() {
    for width in WIDTHS {
        let build = |m: &Module| {
            let (a, b) = inputs(m, (width, width));
            let mixed = m.concat(&[b, m.lit(5, 3), a.msb(), b.bit(0).repeat(70), a]);
            m.output("mixed", mixed, "");
            m.output("middle", mixed.slice(width + 71, width / 2), "");
        };
        check_pairs((width, width), build, |a, b| {
            let low = if b.bit(0) { Bits::ones(70) } else { Bits::zero(70) };
            let parts = [b.clone(), Bits::truncated(5, 3), Bits::from(a.sign()), low, a.clone()];
            let mixed = Bits::concat(&parts);
            vec![("middle", mixed.slice(width + 71, width / 2)), ("mixed", mixed)]
        });
    }
}
