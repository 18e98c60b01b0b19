//! Every operator at widths around the limb boundaries, against the evaluator of the language.

use crate::support::{WIDTHS, port, random_bits, simulate, values};
use hdl::evaluate::{binary, not, reduce};
use hdl::netlist::{BinaryOp, OperatorKind, ReduceOp};
use hdl::{Bits, Module, Signal};
use sim::Simulator;

/// Simulates a design of two inputs on pairs of values; `expected` gives each output's value by name.
fn check_pairs(
    widths: (u32, u32),
    build: impl FnOnce(&Module),
    expected: impl Fn(&Bits, &Bits) -> Vec<(String, Bits)>,
) {
    let mut simulator = simulate(build);
    let mut random = fastrand::Rng::with_seed(widths.0 as u64 * 1000 + widths.1 as u64);
    let (left, right) = (values(&mut random, widths.0), values(&mut random, widths.1));
    for (a, b) in left.iter().flat_map(|a| right.iter().map(move |b| (a, b))) {
        simulator.poke(0, a);
        simulator.poke(1, b);
        for (name, value) in expected(a, b) {
            let output = port(&simulator, &name);
            assert_eq!(simulator.peek(output), value, "{name} of {a} and {b}");
        }
    }
}

fn inputs(m: &Module, widths: (u32, u32)) -> (Signal<'_>, Signal<'_>) {
    (m.input("a", widths.0, ""), m.input("b", widths.1, ""))
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
        let mut simulator = simulate(|m| {
            let (a, b) = inputs(m, (width, width));
            m.output("relations", m.concat(&[a.eq(b), a.lt(b), a.lt_signed(b)]), "");
        });
        let mut random = fastrand::Rng::with_seed(3);
        for value in values(&mut random, width) {
            simulator.poke(0, &value);
            simulator.poke(1, &value);
            assert_eq!(simulator.peek_u64(2), 0b100, "{value}");
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
    for widths in WIDTHS.iter().flat_map(|&a| WIDTHS.map(|b| (a, b))) {
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
fn shifts_by_any_amounts() {
    for widths in WIDTHS.iter().flat_map(|&a| [1, 3, 7, 8, 64, 65, 130].map(|b| (a, b))) {
        let mut simulator = simulate(|m| {
            let (a, b) = inputs(m, widths);
            operators(is_shift).for_each(|(name, op)| m.output(&name, a.binary(op, b), ""));
        });
        let mut random = fastrand::Rng::with_seed(1);
        let amounts = (0..widths.0 as u128 + 3).step_by(1 + widths.0 as usize / 40);
        let amounts = amounts.filter_map(|amount| Bits::checked(amount, widths.1));
        let amounts: Vec<Bits> = amounts.chain(values(&mut random, widths.1)).collect();
        for value in values(&mut random, widths.0) {
            simulator.poke(0, &value);
            for amount in &amounts {
                simulator.poke(1, amount);
                for (output, (_, op)) in (2..).zip(operators(is_shift)) {
                    let expected = binary(op, &value, amount);
                    assert_eq!(simulator.peek(output), expected, "{op:?} of {value} by {amount}");
                }
            }
        }
    }
}

#[test]
fn operators_of_one_operand_and_selection() {
    for width in WIDTHS {
        let mut simulator = simulate(|m| {
            let (a, b) = inputs(m, (width, width));
            let select = m.input("select", 1, "");
            m.output("bit_not", !a, "");
            m.output("mux", select.mux(a, b), "");
            ReduceOp::ALL.iter().for_each(|op| m.output(op.symbol(), a.reduce(*op), ""));
        });
        let mut random = fastrand::Rng::with_seed(2);
        for a in values(&mut random, width) {
            let b = random_bits(&mut random, width);
            simulator.poke(0, &a);
            simulator.poke(1, &b);
            assert_eq!(simulator.peek(3), not(&a));
            for (output, op) in (5..).zip(ReduceOp::ALL) {
                assert_eq!(simulator.peek(output), reduce(*op, &a), "{op:?} of {a}");
            }
            for (select, chosen) in [(0, &b), (1, &a)] {
                simulator.poke_u64(2, select);
                assert_eq!(simulator.peek(4), *chosen);
            }
        }
    }
}

#[test]
fn slices_at_every_place() {
    for width in WIDTHS {
        let steps = if width > 8 { 13 } else { 1 };
        let bounds = (0..width)
            .step_by(steps)
            .flat_map(|low| (low..width).step_by(steps).map(move |high| (high, low)));
        let near_limbs =
            [(0, 0), (62, 0), (63, 0), (64, 0), (63, 1), (64, 63), (126, 64), (127, 64), (128, 64)];
        let within = near_limbs.into_iter().chain([(width - 1, 0), (width - 1, width / 2)]);
        let bounds: Vec<(u32, u32)> = bounds.chain(within.filter(|(high, _)| *high < width)).collect();
        let mut simulator = simulate(|m| {
            let a = m.input("a", width, "");
            for (index, (high, low)) in bounds.iter().enumerate() {
                let slice = a.slice(*high, *low);
                m.output(&format!("slice_{index}"), slice.zext(slice.width() + 1), "");
            }
        });
        let mut random = fastrand::Rng::with_seed(4);
        for value in values(&mut random, width) {
            simulator.poke(0, &value);
            for (index, (high, low)) in bounds.iter().enumerate() {
                let expected = value.slice(*high, *low).zero_extend(high - low + 2);
                assert_eq!(simulator.peek(1 + index), expected, "{value}[{high}:{low}]");
            }
        }
    }
}

/// Concatenations of parts, repeated bits and constants, in every order of widths.
#[test]
fn concatenations_across_limbs() {
    for widths in WIDTHS.iter().flat_map(|&a| WIDTHS.map(|b| (a, b))) {
        let build = |m: &Module| {
            let (a, b) = inputs(m, widths);
            m.output("pair", m.concat(&[a, b]), "");
            m.output("mixed", m.concat(&[b, m.lit(5, 3), a.msb(), b, m.lit(0, 60), a]), "");
            m.output("extended", m.concat(&[a.sext(widths.0 + 70), b.zext(widths.1 + 65)]), "");
            m.output("zeros_below", m.concat(&[a, m.lit(0, 67)]), "");
            m.output("ones_above", m.concat(&[m.lit(3, 2), b]), "");
            m.output("ones_between", m.concat(&[a, m.lit(1, 1), m.lit(1, 1), b]), "");
            m.output("repeated", m.concat(&[b.bit(0).repeat(130), a]), "");
        };
        check_pairs(widths, build, |a, b| {
            let (zeros, sign) =
                (Bits::zero, |count| if a.sign() { Bits::ones(count) } else { Bits::zero(count) });
            let low = if b.bit(0) { Bits::ones(130) } else { Bits::zero(130) };
            let mixed =
                [b.clone(), Bits::truncated(5, 3), Bits::from(a.sign()), b.clone(), zeros(60), a.clone()];
            vec![
                ("pair".into(), Bits::concat(&[a.clone(), b.clone()])),
                ("mixed".into(), Bits::concat(&mixed)),
                ("extended".into(), Bits::concat(&[sign(70), a.clone(), zeros(65), b.clone()])),
                ("zeros_below".into(), Bits::concat(&[a.clone(), zeros(67)])),
                ("ones_above".into(), Bits::concat(&[Bits::ones(2), b.clone()])),
                ("ones_between".into(), Bits::concat(&[a.clone(), Bits::ones(2), b.clone()])),
                ("repeated".into(), Bits::concat(&[low, a.clone()])),
            ]
        });
    }
}

/// Operators that are made of others, on all values of 5 bits, against the integers of this machine.
#[test]
fn derived_operators_and_constants_on_all_values() {
    const WIDTH: u32 = 5;
    let mut simulator = simulate(|m| {
        let (a, b) = inputs(m, (WIDTH, WIDTH));
        m.output("neg", -a, "");
        m.output("reverse", a.reverse(), "");
        m.output("bit_at", a.bit_at(b), "");
        m.output("le_signed", a.le_signed(b), "");
        m.output("gt_signed", a.gt_signed(b), "");
        m.output("ge_signed", a.ge_signed(b), "");
        m.output("times_five", a * 5u8, "");
        m.output("times_twelve", a * 12i128, "");
        m.output("less_three", a - 3u16, "");
        m.output("three_less", 3 - a, "");
        m.output("minus_one_xor", -1i64 ^ a, "");
        m.output("and_minus_two", a & -2i8, "");
        m.output("is_minus_one", a.eq(-1isize), "");
        m.output("below_minus_four", a.lt_signed(-4i64), "");
        m.output("chosen", a.bit(0).mux(7, b), "");
        m.output("other", a.bit(0).mux(b, 9u128), "");
        m.output("zero", m.zero(3), "");
    });
    let signed = |value: u64| (value << (64 - WIDTH)) as i64 >> (64 - WIDTH);
    for (a, b) in (0..32u64).flat_map(|a| (0..32u64).map(move |b| (a, b))) {
        simulator.poke_u64(0, a);
        simulator.poke_u64(1, b);
        let odd = a & 1 == 1;
        for (name, expected) in [
            ("neg", a.wrapping_neg() & 31),
            ("reverse", a.reverse_bits() >> (64 - WIDTH)),
            ("bit_at", if b < 5 { a >> b & 1 } else { 0 }),
            ("le_signed", (signed(a) <= signed(b)).into()),
            ("gt_signed", (signed(a) > signed(b)).into()),
            ("ge_signed", (signed(a) >= signed(b)).into()),
            ("times_five", a * 5),
            ("times_twelve", a * 12),
            ("less_three", a.wrapping_sub(3) & 31),
            ("three_less", 3u64.wrapping_sub(a) & 31),
            ("minus_one_xor", a ^ 31),
            ("and_minus_two", a & 30),
            ("is_minus_one", (a == 31).into()),
            ("below_minus_four", (signed(a) < -4).into()),
            ("chosen", if odd { 7 } else { b }),
            ("other", if odd { b } else { 9 }),
            ("zero", 0),
        ] {
            let output = port(&simulator, name);
            assert_eq!(simulator.peek_u64(output), expected, "{name} of {a} and {b}");
        }
    }
}
