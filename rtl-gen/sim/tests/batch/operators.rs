//! Every operator against the evaluator of the language.

use crate::support::{WIDTHS, batches, check_cases, elaborate, pairs, random_bits, values};
use hdl::evaluate::{binary, not, reduce};
use hdl::netlist::{BinaryOp, OperatorKind, ReduceOp};
use hdl::{Bits, Module, Signal};
use sim::Options;

fn inputs(m: &Module, widths: (u32, u32)) -> (Signal<'_>, Signal<'_>) {
    (m.input("a", widths.0, ""), m.input("b", widths.1, ""))
}

/// Simulates a design of two inputs on pairs of values; `expected` gives each output's value by name.
fn check_pairs(
    widths: (u32, u32),
    build: impl FnOnce(&Module),
    expected: impl Fn(&Bits, &Bits) -> Vec<(String, Bits)>,
) {
    let mut random = fastrand::Rng::with_seed(widths.0 as u64 * 1000 + widths.1 as u64);
    let cases = pairs(&values(&mut random, widths.0), &values(&mut random, widths.1));
    for mut batch in batches(&elaborate(build), Options::default()) {
        check_cases(&mut batch, &cases, |case| expected(&case[0], &case[1]));
    }
}

/// The operators of some kinds, each with the name of an output for it.
fn operators(is_meant: fn(OperatorKind) -> bool) -> impl Iterator<Item = (String, BinaryOp)> {
    let ops = BinaryOp::ALL.iter().filter(move |op| is_meant(op.kind()));
    ops.map(|op| (format!("{op:?}"), *op))
}

#[test]
fn operators_of_equal_widths() {
    for width in WIDTHS {
        let build = |m: &Module| {
            let (a, b) = inputs(m, (width, width));
            operators(OperatorKind::needs_equal_widths)
                .for_each(|(name, op)| m.output(&name, a.binary(op, b), ""));
        };
        check_pairs((width, width), build, |a, b| {
            operators(OperatorKind::needs_equal_widths).map(|(name, op)| (name, binary(op, a, b))).collect()
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

fn is_product(kind: OperatorKind) -> bool {
    kind == OperatorKind::Product
}

/// The operators whose right operand is an amount.
fn is_shift(kind: OperatorKind) -> bool {
    matches!(kind, OperatorKind::Shift | OperatorKind::Rotation)
}

#[test]
fn products_of_any_widths() {
    let widths = [1, 2, 3, 8, 17, 64, 65];
    for widths in widths.iter().flat_map(|&a| widths.map(|b| (a, b))) {
        let build = |m: &Module| {
            let (a, b) = inputs(m, widths);
            operators(is_product).for_each(|(name, op)| m.output(&name, a.binary(op, b), ""));
        };
        check_pairs(widths, build, |a, b| {
            operators(is_product).map(|(name, op)| (name, binary(op, a, b))).collect()
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
            vec![("mul".into(), binary(BinaryOp::Mul, a, &constant)), ("mul_signed".into(), signed)]
        });
    }
}

#[test]
fn shifts_by_any_amounts() {
    for widths in WIDTHS.iter().flat_map(|&a| [1, 3, 7, 8, 64, 65, 130].map(|b| (a, b))) {
        let netlist = elaborate(|m| {
            let (a, b) = inputs(m, widths);
            operators(is_shift).for_each(|(name, op)| m.output(&name, a.binary(op, b), ""));
        });
        let mut random = fastrand::Rng::with_seed(1);
        let amounts = (0..widths.0 as u128 + 3).step_by(1 + widths.0 as usize / 30);
        let amounts = amounts.filter_map(|amount| Bits::checked(amount, widths.1));
        let amounts: Vec<Bits> = amounts.chain(values(&mut random, widths.1)).collect();
        let cases = pairs(&[random_bits(&mut random, widths.0), Bits::ones(widths.0)], &amounts);
        for mut batch in batches(&netlist, Options::default()) {
            check_cases(&mut batch, &cases, |case| {
                operators(is_shift).map(|(name, op)| (name, binary(op, &case[0], &case[1]))).collect()
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
            ReduceOp::ALL.iter().for_each(|op| m.output(op.symbol(), a.reduce(*op), ""));
            m.output("chosen", b.bit(0).mux(a, b), "");
        };
        check_pairs((width, width), build, |a, b| {
            let chosen = if b.bit(0) { a.clone() } else { b.clone() };
            let reduced = ReduceOp::ALL.iter().map(|op| (op.symbol().into(), reduce(*op, a)));
            [("bit_not".into(), not(a)), ("chosen".into(), chosen)].into_iter().chain(reduced).collect()
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
            vec![("middle".into(), mixed.slice(width + 71, width / 2)), ("mixed".into(), mixed)]
        });
    }
}
