//! Random designs: the optimised netlist computes what was written.

use crate::bit_level::{self as bits, Value};
use crate::machine::Machine;
use crate::{logic, top};
use hdl::netlist::{BinaryOp, Netlist, Node, NodeId, Op, OperatorKind, ReduceOp};
use hdl::{Bits, Module, Signal};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::HashSet;

/// One step: its operator, the indices of its operands among the values so far, and an amount.
type Step = (u8, [u16; 3], u32);

/// Widths of the inputs in bits.
const INPUTS: [u32; 6] = [1, 1, 5, 8, 64, 70];
const VECTORS: usize = 6;

/// A signal with its expected values, one for each vector.
#[derive(Clone)]
struct Pair<'m> {
    signal: Signal<'m>,
    values: Vec<Value>,
}

impl<'m> Pair<'m> {
    fn map(&self, signal: Signal<'m>, op: impl Fn(&Value) -> Value) -> Pair<'m> {
        Pair { signal, values: self.values.iter().map(op).collect() }
    }

    fn zip(&self, other: &Pair<'m>, signal: Signal<'m>, op: impl Fn(&Value, &Value) -> Value) -> Pair<'m> {
        let values = self.values.iter().zip(&other.values).map(|(a, b)| op(a, b));
        Pair { signal, values: values.collect() }
    }

    fn width(&self) -> u32 {
        self.signal.width()
    }

    fn fitted(&self, width: u32) -> Pair<'m> {
        match self.width() < width {
            true => self.map(self.signal.zext(width), |a| bits::widen(a, width, false)),
            false => self.map(self.signal.low(width), |a| bits::widen(a, width, false)),
        }
    }
}

fn apply<'m>(m: &'m Module, pool: &[Pair<'m>], (kind, picks, amount): Step) -> Pair<'m> {
    let pick = |i: usize| &pool[picks[i] as usize % pool.len()];
    let (a, other) = (pick(0), pick(1));
    let b = &other.fitted(a.width());
    let within = amount % (a.width() + 1);
    match kind % 28 {
        0..15 => binary(BinaryOp::ALL[picks[2] as usize % BinaryOp::ALL.len()], a, other),
        15 => a.map(!a.signal, bits::not),
        16 => a.zip(b, a.signal.ne(b.signal), |a, b| vec![a != b]),
        17 => a.zip(b, a.signal.le(b.signal), |a, b| vec![!bits::less(b, a, false)]),
        18 => a.zip(b, a.signal.gt_signed(b.signal), |a, b| vec![bits::less(b, a, true)]),
        19 => a.map(a.signal << within, |a| bits::shift_left(a, within as usize)),
        20 => a.map(a.signal >> within, |a| bits::shift_right(a, within as usize, false)),
        21 | 22 => {
            let op = ReduceOp::ALL[picks[2] as usize % ReduceOp::ALL.len()];
            a.map(a.signal.reduce(op), |a| bits::reduce(op, a))
        }
        23 => mux(&pick(2).fitted(1), a, b),
        24 => slice(a, amount),
        25 => joined(m, [a, other, pick(2)]),
        26 => a.map(a.signal.sext(a.width() + 1 + amount % 9), |v| {
            bits::widen(v, a.width() + 1 + amount % 9, bits::sign(v))
        }),
        _ => detour(m, a, amount, pool.len()),
    }
}

/// Any operator of the table; the right operand is fitted to a legal width.
fn binary<'m>(op: BinaryOp, a: &Pair<'m>, b: &Pair<'m>) -> Pair<'m> {
    let b = match op.kind() {
        OperatorKind::Bitwise | OperatorKind::Sum | OperatorKind::Comparison => b.fitted(a.width()),
        OperatorKind::Product => b.fitted(b.width().min(12)),
        OperatorKind::Shift | OperatorKind::Rotation => b.clone(),
    };
    a.zip(&b, a.signal.binary(op, b.signal), |a, b| bits::binary(op, a, b))
}

fn mux<'m>(select: &Pair<'m>, on_true: &Pair<'m>, on_false: &Pair<'m>) -> Pair<'m> {
    let values = (0..VECTORS).map(|i| match select.values[i][0] {
        true => on_true.values[i].clone(),
        false => on_false.values[i].clone(),
    });
    let signal = select.signal.mux(on_true.signal, on_false.signal);
    Pair { signal, values: values.collect() }
}

fn slice<'m>(a: &Pair<'m>, amount: u32) -> Pair<'m> {
    let low = amount % a.width();
    let high = low + amount / 256 % (a.width() - low);
    a.map(a.signal.slice(high, low), |a| a[low as usize..=high as usize].to_vec())
}

/// Each part is cut to 40 bits, so that widths do not grow without bound.
fn joined<'m>(m: &'m Module, parts: [&Pair<'m>; 3]) -> Pair<'m> {
    let [a, b, c] = parts.map(|part| part.fitted(part.width().min(40)));
    let signal = m.concat(&[a.signal, b.signal, c.signal]);
    let values = (0..VECTORS).map(|i| [&c.values[i][..], &b.values[i], &a.values[i]].concat());
    Pair { signal, values: values.collect() }
}

/// Through a wire that is read before it is driven; renamed, inverted, or inverted in an instance.
fn detour<'m>(m: &'m Module, a: &Pair<'m>, way: u32, number: usize) -> Pair<'m> {
    let width = a.width();
    let wire = m.wire("wire", width);
    let read = match way % 3 {
        0 => a.map(wire.value().named("further"), Value::clone),
        1 => a.map(!wire.value(), bits::not),
        _ => {
            let inverter = m.design().module("inverter", &[&format!("w{width}")], |m| {
                m.output("y", !m.input("x", width, ""), "");
            });
            let child = m.instance(&format!("u_inverter{number}"), inverter).set("x", wire.value());
            a.map(child.get("y"), bits::not)
        }
    };
    wire.drive(a.signal);
    read
}

/// The expected outputs: the name of each, and its value for each vector.
type Expected = Vec<(String, Vec<Value>)>;

fn build(m: &Module, vectors: &[Vec<Value>], steps: &[Step]) -> Expected {
    let mut pool = vec![];
    for (index, width) in INPUTS.into_iter().enumerate() {
        let signal = m.input(&format!("x{index}"), width, "");
        signal.unused();
        pool.push(Pair { signal, values: vectors.iter().map(|vector| vector[index].clone()).collect() });
    }
    for (value, width) in [(0, 1), (0, 8), (u128::MAX >> 120, 8), (1, 8), (5, 70)] {
        pool.push(Pair { signal: m.lit(value, width), values: vec![bits::from_u128(value, width); VECTORS] });
    }
    let mut expected = vec![];
    for (number, step) in steps.iter().enumerate() {
        let mut pair = apply(m, &pool, *step);
        if step.2 % 3 == 0 {
            pair.signal = pair.signal.named(&format!("n{number}"));
        }
        if step.2 % 4 == 0 || number + 1 == steps.len() {
            m.output(&format!("y{number}"), pair.signal, "");
            expected.push((format!("y{number}"), pair.values.clone()));
        }
        pool.push(pair);
    }
    expected
}

fn to_bits(value: &Value) -> Bits {
    let mut bits = Bits::zero(value.len() as u32);
    value.iter().enumerate().for_each(|(i, bit)| bits.set_bit(i as u32, *bit));
    bits
}

fn check_values(netlist: Netlist, vectors: &[Vec<Value>], expected: &Expected) {
    let mut machine = Machine::new(netlist);
    for (i, vector) in vectors.iter().enumerate() {
        vector.iter().enumerate().for_each(|(x, value)| machine.set_bits(&format!("x{x}"), to_bits(value)));
        for (output, values) in expected {
            assert_eq!(machine.get_bits(output), to_bits(&values[i]), "{output} for {vector:?}");
        }
    }
}

/// The node that `id` is an alias of, or `id` itself.
fn behind(nodes: &[Node], id: NodeId) -> NodeId {
    match nodes[id.index()].op {
        Op::Wire(Some(driver)) => driver,
        _ => id,
    }
}

/// Operands come before their readers, no alias refers to another one, no operator occurs twice, and none is dead.
fn check_shape(netlist: &Netlist) {
    for module in &netlist.modules {
        let nodes = &logic(module).nodes;
        let mut seen = HashSet::new();
        for (index, node) in nodes.iter().enumerate() {
            assert!(
                node.op.operands().iter().all(|id| id.index() < index),
                "{:?} reads what follows",
                node.op
            );
            match &node.op {
                Op::Wire(driver) => {
                    let driver = &nodes[driver.expect("a driven wire").index()];
                    assert!(node.name.is_some() && !matches!(driver.op, Op::Wire(_)));
                }
                Op::Const(_) => {}
                op => assert!(seen.insert(op.map_operands(|id| behind(nodes, id))), "{op:?} stands twice"),
            }
        }
        let roots: HashSet<NodeId> = logic(module).roots().collect();
        let read: HashSet<NodeId> = nodes.iter().flat_map(|node| node.op.operands()).collect();
        for (index, node) in nodes.iter().enumerate().filter(|(_, node)| !matches!(node.op, Op::Input(_))) {
            let id = NodeId(index as u32);
            assert!(roots.contains(&id) || read.contains(&id), "{:?} is dead", node.op);
        }
    }
}

fn vector() -> impl Strategy<Value = Vec<Value>> {
    let any = |width: u32| proptest::collection::vec(any::<bool>(), width as usize);
    let value = |width: u32| {
        prop_oneof![Just(vec![false; width as usize]), Just(vec![true; width as usize]), any(width)]
    };
    INPUTS.map(value).to_vec()
}

#[test]
fn random_designs_keep_their_meaning() {
    let mut runner = TestRunner::new(random_designs::config(2_000));
    let vectors = proptest::collection::vec(vector(), VECTORS);
    let steps = proptest::collection::vec(any::<Step>(), 1..40);
    let result = runner.run(&(vectors, steps), |(vectors, steps)| {
        let mut expected = vec![];
        let netlist = top(|m| expected = build(m, &vectors, &steps));
        check_shape(&netlist);
        check_values(netlist, &vectors, &expected);
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
}
