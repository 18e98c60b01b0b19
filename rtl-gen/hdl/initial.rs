//! Registers that can never reach a known value.
//!
//! A register without a reset value starts unknown. That is harmless if its next value eventually comes from elsewhere,
//! as in every pipeline. It is a fault if the value only ever comes from the register itself: a counter without a reset
//! counts from an unknown value, and simulators show X forever.
//!
//! For each bit of each node, the analysis finds whether some inputs bring it to a known 0 or a known 1. It errs on the
//! safe side: a bit that may be loaded in any way counts as known.

use crate::bits::Bits;
use crate::diagnostic::Source;
use crate::evaluate;
use crate::graph::Graph;
use crate::module::{Module, State};
use crate::netlist::{BinaryOp, Case, Logic, NodeId, Op, ReduceOp};
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

/// A register that changes more often than this counts as known: it is a long shift register, which fills bit by bit.
const PATIENCE: u32 = 256;

/// Reports registers without a reset value that depend only on each other.
pub(crate) fn check(module: &Module) {
    let reports = {
        let state = module.state();
        knots(module, &state).iter().filter_map(|knot| report(&state, knot)).collect::<Vec<_>>()
    };
    for (source, message, notes) in reports {
        module.error(source, message, notes);
    }
}

/// The sets of nodes that depend on each other through registers without a reset value.
fn knots(module: &Module, state: &State) -> Vec<Vec<NodeId>> {
    let registers = state.logic.registers.iter().enumerate();
    let open = registers
        .filter(|(index, register)| register.reset.is_none() && !state.starts_unknown.contains(index));
    let open: BTreeSet<usize> = open.map(|(index, _)| index).collect();
    match open.is_empty() {
        true => vec![],
        false => Graph::through_registers(module.design(), &state.logic, &open).knots(),
    }
}

/// One error for the registers of a set that are never known.
fn report(state: &State, knot: &[NodeId]) -> Option<(Source, String, Vec<String>)> {
    let mut values = Values::new(&state.logic, knot);
    values.settle(knot);
    let is_unknown = |id: &&NodeId| {
        matches!(state.logic.nodes[id.index()].op, Op::Register(_)) && !values.at(**id).is_known()
    };
    let mut unknown: Vec<NodeId> = knot.iter().filter(is_unknown).copied().collect();
    unknown.sort();
    let (first, others) = unknown.split_first()?;
    let message = format!("register `{}` never gets a known value", state.name_of(*first));
    let others: Vec<String> = others.iter().map(|id| format!("`{}`", state.name_of(*id))).collect();
    let on_what = match others.is_empty() {
        true => "itself".into(),
        false => format!("itself and {}", others.join(", ")),
    };
    let note = format!("it has no reset value, and its next value depends only on {on_what}");
    let register = state.logic.registers.iter().find(|register| register.output == *first);
    let advice = match register.and_then(|register| register.collision) {
        Some(_) => {
            "a read port has no reset: its address must come from a register with a reset, or from an input"
        }
        None => "give it a value with `.reset_to(...)`, or mark it with `.starts_unknown()` if any will do",
    };
    Some((state.logic.nodes[first.index()].source, message, vec![note, advice.into()]))
}

/// The values that a node can reach: a 1 for each bit that can be a known 0, and for each that can be a known 1.
#[derive(Clone, PartialEq)]
struct Reach {
    zero: Bits,
    one: Bits,
}

impl Reach {
    fn none(width: u32) -> Reach {
        Reach { zero: Bits::zero(width), one: Bits::zero(width) }
    }

    fn constant(value: &Bits) -> Reach {
        Reach { zero: evaluate::not(value), one: value.clone() }
    }

    fn all(width: u32) -> Reach {
        Reach { zero: Bits::ones(width), one: Bits::ones(width) }
    }

    fn all_if(is_known: bool, width: u32) -> Reach {
        if is_known { Reach::all(width) } else { Reach::none(width) }
    }

    /// The low `count` bits can become a known 0 or 1; the others stay unknown.
    fn low(count: u32, width: u32) -> Reach {
        let mut ones = Bits::zero(width);
        if count > 0 {
            ones.insert(0, &Bits::ones(count.min(width)));
        }
        Reach { zero: ones.clone(), one: ones }
    }

    fn bit(zero: bool, one: bool) -> Reach {
        Reach { zero: zero.into(), one: one.into() }
    }

    fn known(&self) -> Bits {
        or(&self.zero, &self.one)
    }

    fn is_known(&self) -> bool {
        self.known().is_ones()
    }

    /// The number of known bits below the lowest unknown one.
    fn known_low(&self) -> u32 {
        let known = self.known();
        (0..known.width()).find(|bit| !known.bit(*bit)).unwrap_or(known.width())
    }
}

fn and(a: &Bits, b: &Bits) -> Bits {
    evaluate::binary(BinaryOp::And, a, b)
}

fn or(a: &Bits, b: &Bits) -> Bits {
    evaluate::binary(BinaryOp::Or, a, b)
}

/// The reach of the nodes of a set, and of the nodes that they read.
struct Values<'a> {
    logic: &'a Logic,
    reach: HashMap<NodeId, Reach>,
    /// How often the reach of each register of the set grew.
    growth: HashMap<usize, u32>,
}

impl<'a> Values<'a> {
    /// Nothing in the set is known yet. Everything outside it is: an unknown value there is reported for its own set.
    fn new(logic: &'a Logic, knot: &[NodeId]) -> Values<'a> {
        let mut values = Values { logic, reach: HashMap::new(), growth: HashMap::new() };
        for &id in knot {
            let node = &logic.nodes[id.index()];
            values.reach.insert(id, Reach::none(node.width));
            if let Op::Register(index) = node.op {
                values.growth.insert(index, 0);
            }
        }
        for &id in knot {
            for read in values.read_by(id) {
                let node = &logic.nodes[read.index()];
                let reach = || node.op.constant().map_or_else(|| Reach::all(node.width), Reach::constant);
                values.reach.entry(read).or_insert_with(reach);
            }
        }
        values
    }

    /// What a node of the set is computed from; for a register, its next value.
    fn read_by(&self, id: NodeId) -> Vec<NodeId> {
        let op = &self.logic.nodes[id.index()].op;
        let Op::Register(index) = op else { return op.operands() };
        let register = &self.logic.registers[*index];
        register.next.into_iter().chain(register.enable).collect()
    }

    /// Propagates values through operators and registers until nothing changes.
    fn settle(&mut self, knot: &[NodeId]) {
        let mut users: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        for &id in knot {
            self.read_by(id).into_iter().for_each(|read| users.entry(read).or_default().push(id));
        }
        let mut queue: VecDeque<NodeId> = knot.iter().copied().collect();
        let mut queued: HashSet<NodeId> = knot.iter().copied().collect();
        while let Some(id) = queue.pop_front() {
            queued.remove(&id);
            let reach = self.of(id);
            if reach == *self.at(id) {
                continue;
            }
            let reach = self.patient(id, reach);
            self.reach.insert(id, reach);
            queue.extend(users.get(&id).into_iter().flatten().filter(|user| queued.insert(**user)));
        }
    }

    /// The new reach of a node; every value for a register whose reach has grown too often.
    fn patient(&mut self, id: NodeId, reach: Reach) -> Reach {
        let Op::Register(index) = self.logic.nodes[id.index()].op else { return reach };
        match self.growth.get_mut(&index) {
            Some(growth) if *growth == PATIENCE => Reach::all(reach.zero.width()),
            Some(growth) => {
                *growth += 1;
                reach
            }
            None => reach,
        }
    }

    fn at(&self, id: NodeId) -> &Reach {
        &self.reach[&id]
    }

    fn of(&self, id: NodeId) -> Reach {
        let node = &self.logic.nodes[id.index()];
        let width = node.width;
        match &node.op {
            Op::Input(_) | Op::Clock | Op::InstanceOutput { .. } => Reach::all(width),
            Op::Const(value) => Reach::constant(value),
            Op::Register(index) => self.of_register(id, *index),
            Op::MemoryRead { address, .. } => Reach::all_if(self.at(*address).is_known(), width),
            Op::Not(a) => Reach { zero: self.at(*a).one.clone(), one: self.at(*a).zero.clone() },
            Op::Binary(op, a, b) => binary(*op, self.at(*a), self.at(*b), width),
            Op::Reduce(op, a) => reduce(*op, self.at(*a)),
            Op::Mux { select, on_true, on_false } => {
                mux(self.at(*select), self.at(*on_true), self.at(*on_false))
            }
            Op::Case { select, cases, otherwise } => self.decision(*select, cases, *otherwise),
            Op::Concat(parts) => {
                let join = |part: fn(&Reach) -> &Bits| {
                    Bits::concat(&parts.iter().map(|id| part(self.at(*id)).clone()).collect::<Vec<_>>())
                };
                Reach { zero: join(|reach| &reach.zero), one: join(|reach| &reach.one) }
            }
            Op::Slice { of, high, low } => {
                let of = self.at(*of);
                Reach { zero: of.zero.slice(*high, *low), one: of.one.slice(*high, *low) }
            }
            Op::Wire(Some(driver)) => self.at(*driver).clone(),
            Op::Wire(None) => Reach::all(width),
        }
    }

    /// A decision, as a chain of multiplexers.
    fn decision(&self, select: NodeId, cases: &[Case], otherwise: NodeId) -> Reach {
        let equal = |label: &NodeId| binary(BinaryOp::Eq, self.at(select), self.at(*label), 1);
        let is_chosen = |case: &Case| {
            let labels = case.labels.iter().map(equal);
            labels.reduce(|a, b| binary(BinaryOp::Or, &a, &b, 1)).unwrap_or(Reach::constant(&Bits::zero(1)))
        };
        let cases = cases.iter().rev();
        cases.fold(self.at(otherwise).clone(), |rest, case| mux(&is_chosen(case), self.at(case.value), &rest))
    }

    /// The register's value, and the values that it can load.
    fn of_register(&self, id: NodeId, index: usize) -> Reach {
        let register = &self.logic.registers[index];
        let own = self.at(id);
        let is_enabled = register.enable.is_none_or(|enable| self.at(enable).one.is_ones());
        match register.next.filter(|_| is_enabled).map(|next| self.at(next)) {
            Some(next) => Reach { zero: or(&own.zero, &next.zero), one: or(&own.one, &next.one) },
            None => own.clone(),
        }
    }
}

fn binary(op: BinaryOp, a: &Reach, b: &Reach, width: u32) -> Reach {
    let equal = || or(&and(&a.zero, &b.zero), &and(&a.one, &b.one));
    let unequal = || or(&and(&a.zero, &b.one), &and(&a.one, &b.zero));
    match op {
        BinaryOp::And => Reach { zero: or(&a.zero, &b.zero), one: and(&a.one, &b.one) },
        BinaryOp::Or => Reach { zero: and(&a.zero, &b.zero), one: or(&a.one, &b.one) },
        BinaryOp::Xor => Reach { zero: equal(), one: unequal() },
        BinaryOp::Add | BinaryOp::Sub => Reach::low(a.known_low().min(b.known_low()), width),
        BinaryOp::Mul | BinaryOp::MulSigned if a.is_known() && b.is_known() => Reach::all(width),
        BinaryOp::Mul | BinaryOp::MulSigned => Reach::low(a.known_low().min(b.known_low()), width),
        BinaryOp::Eq => Reach::bit(!unequal().is_zero(), equal().is_ones()),
        BinaryOp::Lt | BinaryOp::LtSigned => Reach::all_if(a.is_known() && b.is_known(), width),
        // A large amount shifts all unknown bits out, so a known amount is enough.
        BinaryOp::Shl | BinaryOp::Shr | BinaryOp::ShrSigned => Reach::all_if(b.is_known(), width),
        BinaryOp::RotateLeft | BinaryOp::RotateRight => Reach::all_if(a.is_known() && b.is_known(), width),
    }
}

fn reduce(op: ReduceOp, a: &Reach) -> Reach {
    match op {
        ReduceOp::And => Reach::bit(!a.zero.is_zero(), a.one.is_ones()),
        ReduceOp::Or => Reach::bit(a.zero.is_ones(), !a.one.is_zero()),
        ReduceOp::Xor => Reach::all_if(a.is_known(), 1),
    }
}

/// What the selected side can be; while the select is unknown, only what both sides have in common.
fn mux(select: &Reach, on_true: &Reach, on_false: &Reach) -> Reach {
    let (takes_true, takes_false) = (select.one.is_ones(), select.zero.is_ones());
    let side = |on_true: &Bits, on_false: &Bits| match (takes_true, takes_false) {
        (true, true) => or(on_true, on_false),
        (true, false) => on_true.clone(),
        (false, true) => on_false.clone(),
        (false, false) => and(on_true, on_false),
    };
    Reach { zero: side(&on_true.zero, &on_false.zero), one: side(&on_true.one, &on_false.one) }
}
