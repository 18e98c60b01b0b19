//! What the optimiser must simplify, to what, and what it must leave alone.

use crate::{driver, operators, top};
use hdl::netlist::{BinaryOp, Netlist, Op, ReduceOp};
use hdl::{Bits, Module, Signal};

/// A design with inputs `a` and `b` of 8 bits and `s` of 1, and one output, `y`.
fn output(build: impl for<'m> FnOnce(&'m Module, [Signal<'m>; 3]) -> Signal<'m>) -> Netlist {
    top(|m| {
        let inputs = [("a", 8), ("b", 8), ("s", 1)].map(|(name, width)| m.input(name, width, ""));
        inputs.iter().for_each(|input| input.unused());
        m.output("y", build(m, inputs), "");
    })
}

type Build = for<'m> fn(&'m Module, [Signal<'m>; 3]) -> Signal<'m>;

#[test]
fn constants_fold() {
    let cases: &[(Build, u128, u32)] = &[
        (|m, _| m.lit(200, 8) + m.lit(100, 8), 44, 8),
        (|m, _| !m.lit(0b1010, 4), 0b0101, 4),
        (|m, _| m.lit(7, 4) * m.lit(7, 4), 49, 8),
        (|m, _| m.lit(7, 3).any() & m.lit(7, 3).all() & m.lit(7, 3).parity(), 1, 1),
        (|m, _| m.concat(&[m.lit(1, 1), m.lit(2, 2)]), 6, 3),
        (|m, _| m.lit(0xa5, 8).slice(7, 4), 0xa, 4),
        (|m, _| m.lit(0xa5, 8).sext(12), 0xfa5, 12),
        (|m, _| m.lit(1, 1).mux(m.lit(3, 4), 5), 3, 4),
        (|m, _| m.lit(3, 8).shr_signed(m.lit(1, 3)), 1, 8),
        (|m, [a, ..]| a & m.lit(0, 8), 0, 8),
        (|_, [a, ..]| a | 255, 255, 8),
        (|_, [a, ..]| a ^ a, 0, 8),
        (|_, [a, ..]| a - a, 0, 8),
        (|_, [a, ..]| a.eq(a), 1, 1),
        (|_, [a, ..]| a.lt(a), 0, 1),
        (|_, [a, ..]| a.lt_signed(a), 0, 1),
        (|_, [a, ..]| a.lt(0), 0, 1),
        (|m, [a, ..]| a * m.lit(0, 4), 0, 12),
        (|m, [a, ..]| a << m.lit(8, 4), 0, 8),
        (|m, [a, ..]| a >> m.lit(1 << 70, 71), 0, 8),
        (|_, [a, ..]| a << 8, 0, 8),
        (|_, [a, ..]| a >> 8u128, 0, 8),
        (|m, _| m.lit(0b1011, 4).rotate_left(m.lit(13, 4)), 0b0111, 4),
        (|m, _| m.lit(0b10000, 5).rotate_right(m.lit(1 << 70, 71)), 0b00001, 5),
    ];
    for (case, (build, value, width)) in cases.iter().enumerate() {
        let netlist = output(build);
        let value = Op::Const(Bits::truncated(*value, *width));
        assert_eq!(driver(&netlist, "y").op, value, "case {case}");
        assert!(operators(&netlist).is_empty(), "case {case}");
    }
}

#[test]
fn identities_are_the_operand_itself() {
    let cases: &[Build] = &[
        |_, [a, ..]| a & 255,
        |_, [a, ..]| a | 0,
        |_, [a, ..]| a ^ 0,
        |_, [a, ..]| a + 0,
        |m, [a, ..]| m.lit(0, 8) + a,
        |_, [a, ..]| a - 0,
        |_, [a, ..]| a & a,
        |_, [a, ..]| a | a,
        |_, [a, ..]| !!a,
        |m, [a, ..]| a << m.lit(0, 3),
        |m, [a, ..]| a.shr_signed(m.lit(0, 3)),
        |_, [a, ..]| a.shr_signed(0isize),
        |_, [a, ..]| a.rotate_left(16u8),
        |m, [a, ..]| a.rotate_right(m.lit(24, 5)),
        |_, [a, ..]| a.rotate_left(3).rotate_right(3),
        |m, [a, ..]| a.rotate_left(m.lit(3, 2)).rotate_left(m.lit(5, 3)),
        |_, [a, ..]| a.slice(7, 0),
        |m, [a, ..]| m.concat(&[a]),
        |m, [a, ..]| m.concat(&[a.slice(7, 5), a.slice(4, 1), a.bit(0)]),
        |_, [a, b, _]| a.zext(9).low(8) & (b | 255),
        |m, [a, b, _]| m.concat(&[b, a]).low(8),
        |m, [a, b, _]| m.concat(&[a, b]).slice(15, 8).slice(7, 0),
        |_, [a, _, s]| s.mux(a, a),
        |m, [a, b, _]| m.lit(0, 1).mux(b, a),
    ];
    for (case, build) in cases.iter().enumerate() {
        let netlist = output(build);
        assert_eq!(driver(&netlist, "y").name.as_deref(), Some("a"), "case {case}");
        assert!(operators(&netlist).is_empty(), "case {case}");
    }
}

#[test]
fn one_bit_choices_need_no_multiplexer() {
    let same: &[Build] = &[
        |m, [_, _, s]| s.mux(m.lit(1, 1), 0),
        |_, [_, _, s]| s.eq(1),
        |_, [_, _, s]| s.ne(0),
        |_, [_, _, s]| s.any() & s.all() & s.parity(),
    ];
    let inverted: &[Build] = &[
        |m, [_, _, s]| s.mux(m.lit(0, 1), 1),
        |_, [_, _, s]| s.eq(0),
        |_, [_, _, s]| s ^ 1,
        |_, [_, _, s]| s.ne(1),
    ];
    for build in same {
        assert_eq!(driver(&output(build), "y").name.as_deref(), Some("s"));
    }
    for build in inverted {
        let netlist = output(build);
        assert!(matches!(driver(&netlist, "y").op, Op::Not(_)));
        assert_eq!(operators(&netlist).len(), 1);
    }
}

#[test]
fn what_cannot_be_simpler_stays() {
    let cases: &[(Build, usize)] = &[
        (|_, [a, b, _]| a + b, 1),
        (|m, [a, ..]| m.lit(0, 8) - a, 1),
        (|m, [a, ..]| m.lit(0, 8).lt(a), 1),
        (|m, [a, ..]| m.lit(1, 8) << a, 1),
        (|m, [a, ..]| a.shr_signed(m.lit(9, 4)), 1),
        (|m, [a, ..]| m.concat(&[a.slice(3, 0), a.slice(7, 4)]), 3),
        (|m, [a, b, _]| m.concat(&[a.slice(7, 4), b.slice(3, 0)]), 3),
        (|m, [a, b, _]| m.concat(&[a, b]).slice(11, 4), 2),
        (|_, [a, b, s]| s.mux(a, b), 1),
        (|m, [_, b, s]| s.mux(m.lit(1, 2), b.low(2)), 2),
        (|_, [a, ..]| a.any(), 1),
    ];
    for (case, (build, count)) in cases.iter().enumerate() {
        assert_eq!(operators(&output(build)).len(), *count, "case {case}");
    }
}

#[test]
fn equal_operators_are_one() {
    let netlist = output(|_, [a, b, s]| s.mux(a + b, (a + b) ^ (b + a)) & (a + b));
    let is_sum = |op: &Op| matches!(op, Op::Binary(BinaryOp::Add, ..));
    assert_eq!(operators(&netlist).iter().filter(|node| is_sum(&node.op)).count(), 1);
}

#[test]
fn operands_of_other_operators_keep_their_order() {
    let netlist = output(|_, [a, b, _]| (a - b) & (b - a) & a.lt(b).sext(8) & b.lt(a).sext(8));
    let is_ordered = |op: &Op| matches!(op, Op::Binary(BinaryOp::Sub | BinaryOp::Lt, ..));
    assert_eq!(operators(&netlist).iter().filter(|node| is_ordered(&node.op)).count(), 4);
}

#[test]
fn a_nested_concatenation_is_taken_apart_unless_it_is_shared() {
    let alone = output(|m, [a, b, s]| m.concat(&[s, m.concat(&[a, b])]));
    assert!(matches!(&driver(&alone, "y").op, Op::Concat(parts) if parts.len() == 3));
    let shared = output(|m, [a, b, s]| {
        let pair = m.concat(&[a, b]);
        m.concat(&[s, pair, pair.any(), pair])
    });
    assert!(matches!(&driver(&shared, "y").op, Op::Concat(parts) if parts.len() == 4));
}

#[test]
fn a_nested_concatenation_that_is_an_output_is_shared() {
    let netlist = top(|m| {
        let (a, b) = (m.input("a", 8, ""), m.input("b", 8, ""));
        let pair = m.concat(&[a, b]);
        m.output("pair", pair, "");
        m.output("y", m.concat(&[a, pair]), "");
    });
    assert!(matches!(&driver(&netlist, "y").op, Op::Concat(parts) if parts.len() == 2));
}

#[test]
fn an_input_that_nothing_reads_stays() {
    let netlist = top(|m| {
        m.input("spare", 8, "").unused();
        m.output("y", m.lit(0, 1), "");
    });
    assert!(crate::logic(netlist.top()).nodes.iter().any(|node| node.name.as_deref() == Some("spare")));
}

#[test]
fn what_nothing_observes_is_removed() {
    let netlist = top(|m| {
        let a = m.input("a", 8, "");
        let idle = m.reg("idle", 8).reset_to(3);
        idle.set(idle.value() + a);
        let words = m.memory("words", 8, 256);
        words.write(a.any(), a, idle.value());
        let unread = words.read(a).named("unread");
        m.output("y", !a, "");
        let _ = unread * unread;
    });
    assert_eq!(operators(&netlist).len(), 1);
    let logic = crate::logic(netlist.top());
    assert!(logic.registers.is_empty() && logic.memories.is_empty());
    assert!(!netlist.top().uses_clock && !netlist.top().uses_reset);
}

#[test]
fn what_a_property_observes_stays() {
    let netlist = top(|m| {
        let a = m.input("a", 8, "");
        let last = m.reg("last", 8);
        last.set(a);
        m.assert("grows", last.value().le(a));
    });
    assert_eq!(crate::logic(netlist.top()).registers.len(), 1);
    assert!(netlist.top().uses_clock);
    assert!(operators(&netlist).iter().any(|node| matches!(node.op, Op::Binary(BinaryOp::Lt, ..))));
    assert!(!operators(&netlist).iter().any(|node| matches!(node.op, Op::Reduce(ReduceOp::Or, _))));
}
