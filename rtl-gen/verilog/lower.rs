//! Expressions of nodes: which operands are written into them, which get a wire of their own.

use crate::builder::{Builder, Order};
use crate::expr::{Expr, SignalId};
use crate::nesting::{Form, two_sides};
use crate::plan::{Item, Kind};
use hdl::netlist::{NodeId, Op, ReduceOp};

/// The columns that the operands of one expression may take together.
pub(crate) const EXPRESSION_COLUMNS: usize = 64;
/// The columns of one part of a concatenation, which can be broken into lines.
const PART_COLUMNS: usize = 56;
/// The most `?` in one chain: tools parse it by recursion.
const MAX_CHAIN: usize = 64;

impl Builder<'_> {
    /// Builds a node's expression, and declares the node's signal if it has one.
    pub fn build(&mut self, id: NodeId) {
        let node = &self.logic.nodes[id.index()];
        let Some(section) = self.analysis.section(id) else { return };
        if self.analysis.root(id) != id {
            return;
        }
        if matches!(node.op, Op::Input(_) | Op::Clock) {
            return;
        }
        let value = match self.analysis.form(id) {
            Form::Nested => return,
            Form::Block => return self.place_block(id),
            Form::Expression => self.lower(&node.op, id),
        };
        match (self.carrier[id.index()], value) {
            (Some(signal), value) => {
                self.place(section, (id.index(), Order::Node), Item::Signal(signal, value));
            }
            (None, value) => self.inline[id.index()] = value,
        }
    }

    /// What a reader writes for a node: its name, or its expression.
    pub fn operand(&self, id: NodeId) -> Expr {
        let index = self.analysis.root(id).index();
        match self.carrier[index] {
            Some(signal) => Expr::signal(signal),
            None => self.inline[index].clone().expect("operands come before their readers"),
        }
    }

    /// Moves operands to wires until the others take at most `columns` in the reader's expression.
    pub fn fit(&mut self, operands: &[NodeId], columns: usize) {
        let roots: Vec<NodeId> = operands.iter().map(|id| self.analysis.root(*id)).collect();
        for &id in &roots {
            if self.inline[id.index()].as_ref().is_some_and(Expr::is_product) {
                self.hoist(id);
            }
        }
        loop {
            let total: usize = roots.iter().map(|id| self.columns(*id)).sum();
            let longest =
                roots.iter().filter(|id| self.can_be_hoisted(**id)).max_by_key(|id| self.columns(**id));
            match longest {
                Some(&longest) if total > columns => self.hoist(longest),
                _ => return,
            }
        }
    }

    fn columns(&self, id: NodeId) -> usize {
        let name_length =
            |signal: SignalId| self.signals[signal.0].name.as_ref().map_or("_1234".len(), String::len);
        match &self.inline[id.index()] {
            Some(expr) => expr.columns(&name_length),
            None => self.carrier[id.index()].map_or(0, name_length),
        }
    }

    pub fn can_be_hoisted(&self, id: NodeId) -> bool {
        self.inline[id.index()].as_ref().is_some_and(|expr| !expr.is_name())
    }

    /// Gives a node a name after all: a temporary, declared at the node's place.
    pub fn hoist(&mut self, id: NodeId) {
        let Some(expr) = self.inline[id.index()].take() else { return };
        let Some(section) = self.analysis.section(id) else { return };
        let node = &self.logic.nodes[id.index()];
        let kind = if matches!(node.op, Op::Const(_)) { Kind::Constant } else { Kind::Wire };
        let signal = self.declare(None, node.width, kind, Some(node.source));
        self.carrier[id.index()] = Some(signal);
        self.place(section, (id.index(), Order::Node), Item::Signal(signal, Some(expr)));
    }

    /// The expression of a node; `None` if it is declared without a value.
    fn lower(&mut self, op: &Op, id: NodeId) -> Option<Expr> {
        Some(match op {
            Op::Const(bits) => Expr::constant(bits),
            Op::Not(a) => Expr::not(self.fitted(*a)),
            Op::Binary(op, a, b) => self.binary(*op, *a, *b, id),
            Op::Reduce(op, a) => {
                let operand = self.fitted(*a);
                Expr::unary(reduction(*op), operand)
            }
            Op::Mux { select, on_true, on_false } => self.mux(*select, *on_true, *on_false),
            Op::Case { select, .. } => {
                let [on_true, on_false] = two_sides(self.logic, op).expect("a wider decision is a block");
                self.mux(*select, on_true, on_false)
            }
            Op::Concat(parts) => self.concat(parts),
            Op::Slice { of, high, low } => self.bits(*of, *high, *low),
            Op::Wire(driver) => self.operand(driver.expect("a finished netlist has no open wire")),
            Op::MemoryRead { memory, address } => {
                Expr::Word { memory: *memory, address: Box::new(self.fitted(*address)) }
            }
            Op::Input(_) | Op::Clock | Op::Register(_) | Op::InstanceOutput { .. } => return None,
        })
    }

    /// The only operand of an expression.
    pub fn fitted(&mut self, id: NodeId) -> Expr {
        self.fit(&[id], EXPRESSION_COLUMNS);
        self.operand(id)
    }

    /// Bits of a node, which the analysis has made sure is named or constant.
    pub fn bits(&self, of: NodeId, high: u32, low: u32) -> Expr {
        let (base, high, low) = self.analysis.selection(of, high, low);
        let is_whole = low == 0 && high + 1 == self.logic.nodes[base.index()].width;
        match (self.carrier[base.index()], &self.logic.nodes[base.index()].op) {
            (Some(id), _) if !is_whole => Expr::Signal { id, range: Some((high, low)) },
            (None, Op::Const(bits)) => Expr::constant(&bits.slice(high, low)),
            _ => self.operand(base),
        }
    }

    fn mux(&mut self, select: NodeId, on_true: NodeId, on_false: NodeId) -> Expr {
        self.fit(&[select, on_true], EXPRESSION_COLUMNS);
        let root = self.analysis.root(on_false);
        match &self.inline[root.index()] {
            Some(chain @ Expr::Mux { .. }) if chain.chain_length() < MAX_CHAIN => {}
            _ => self.fit(&[on_false], EXPRESSION_COLUMNS),
        }
        Expr::mux(self.operand(select), self.operand(on_true), self.operand(on_false))
    }

    fn concat(&mut self, parts: &[NodeId]) -> Expr {
        let mut printed = vec![];
        for run in parts.chunk_by(|a, b| self.analysis.root(*a) == self.analysis.root(*b)).collect::<Vec<_>>()
        {
            self.fit(&run[..1], PART_COLUMNS);
            match (self.operand(run[0]), run.len()) {
                (Expr::Concat(inner), 1) => printed.extend(inner),
                (part, 1) => printed.push(part),
                (part, count) => printed.push(Expr::Repeat(count as u32, Box::new(part))),
            }
        }
        match <[Expr; 1]>::try_from(printed) {
            Ok([only]) => only,
            Err(parts) => Expr::Concat(parts),
        }
    }
}

fn reduction(op: ReduceOp) -> &'static str {
    match op {
        ReduceOp::And => "&",
        ReduceOp::Or => "|",
        ReduceOp::Xor => "^",
    }
}
