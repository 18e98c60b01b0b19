//! Which decisions are statements: `if` and `case` in an `always` block rather than a conditional expression.

use crate::analysis::Analysis;
use hdl::Bits;
use hdl::netlist::{Case, Logic, NodeId, Op, covers};

/// How a decision is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As a conditional expression.
    Expression,
    /// As the statements of an `always` block of its own.
    Block,
    /// Within the statements of its reader: another decision, or a register.
    Nested,
}

/// For a decision on one bit, its values at 1 and at 0.
pub(crate) fn two_sides(logic: &Logic, op: &Op) -> Option<[NodeId; 2]> {
    let Op::Case { select, cases, otherwise } = op else { return None };
    let is_at =
        |case: &&Case, bit: &Bits| case.labels.iter().any(|label| logic.constant(*label) == Some(bit));
    let side = |bit: Bits| cases.iter().find(|case| is_at(case, &bit)).map_or(*otherwise, |case| case.value);
    (logic.nodes[select.index()].width == 1).then(|| [side(Bits::ones(1)), side(Bits::zero(1))])
}

/// True for a decision whose labels cover every value of its select.
pub(crate) fn is_complete(logic: &Logic, op: &Op) -> bool {
    let Op::Case { select, cases, .. } = op else { return false };
    let labels: usize = cases.iter().map(|case| case.labels.len()).sum();
    covers(labels, logic.nodes[select.index()].width)
}

/// The deepest nesting of statements: tools parse them by recursion.
const MAX_DEPTH: u32 = 32;

/// The form of each decision of a module, by node.
#[derive(Default)]
pub(crate) struct Nesting {
    form: Vec<Option<Form>>,
    /// How deeply a decision's own statements are nested, not counting the statements around them.
    depth: Vec<u32>,
}

impl Analysis<'_> {
    /// How a node that is a decision is printed.
    pub fn form(&self, id: NodeId) -> Form {
        self.nesting.form[id.index()].unwrap_or(Form::Expression)
    }

    /// Finds the form of each decision. `next` are the values that registers take.
    pub(super) fn find_forms(&mut self, next: &[NodeId]) {
        let count = self.logic().nodes.len();
        self.nesting = Nesting { form: vec![None; count], depth: vec![0; count] };
        // Nodes come after what they read, so the forms of the inner decisions are known.
        for index in 0..count {
            if let Op::Case { select, .. } = &self.logic().nodes[index].op {
                let inner = self.inner(NodeId(index as u32));
                let is_wide = self.logic().nodes[select.index()].width > 1;
                let is_branching = is_wide || inner.iter().any(|inner| self.form(*inner) == Form::Block);
                let depth = inner.iter().map(|inner| self.nesting.depth[inner.index()]).max();
                self.nesting.depth[index] = 1 + depth.unwrap_or(0);
                self.nesting.form[index] = is_branching.then_some(Form::Block);
            }
        }
        for id in next {
            let id = self.root(*id);
            if self.can_nest(id) {
                self.nesting.form[id.index()] = Some(Form::Nested);
            }
        }
        for id in (0..count as u32).rev().map(NodeId) {
            if self.form(id) != Form::Expression {
                let inner = self.inner(id);
                inner.into_iter().for_each(|inner| self.nesting.form[inner.index()] = Some(Form::Nested));
            }
        }
    }

    /// The decisions that are printed within the statements of a decision.
    fn inner(&self, id: NodeId) -> Vec<NodeId> {
        let sides = self.sides(id);
        let is_inner = |side: &NodeId| self.can_nest(*side);
        let base = self.base(id).filter(|(base, count)| self.is_local(*base, *count)).map(|(base, _)| base);
        sides.into_iter().filter(is_inner).chain(base).collect()
    }

    /// The nodes that a decision chooses from.
    fn sides(&self, id: NodeId) -> Vec<NodeId> {
        let Op::Case { cases, otherwise, .. } = &self.logic().nodes[id.index()].op else { return vec![] };
        cases.iter().map(|case| case.value).chain([*otherwise]).map(|id| self.root(id)).collect()
    }

    /// The value assigned before the statement of a decision, which then lists only the other branches. It is the
    /// value of the default and of at least one more branch; the number of these branches is returned too.
    pub fn base(&self, id: NodeId) -> Option<(NodeId, u32)> {
        let op = &self.logic().nodes[id.index()].op;
        let Op::Case { otherwise, .. } = op else { return None };
        let base = self.root(*otherwise);
        if is_complete(self.logic(), op) || self.can_nest(base) {
            return None;
        }
        let mut count = 0;
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            for side in self.sides(id) {
                count += u32::from(side == base);
                pending.extend(self.can_nest(side).then_some(side));
            }
        }
        (count > 1).then_some((base, count))
    }

    /// True for a decision without a name that only one place reads.
    fn can_nest(&self, id: NodeId) -> bool {
        self.is_local(id, 1)
    }

    /// True for a decision without a name, not nested too deeply, that exactly `count` places read.
    fn is_local(&self, id: NodeId, uses: u32) -> bool {
        let node = &self.logic().nodes[id.index()];
        let is_shallow = self.nesting.depth[id.index()] < MAX_DEPTH;
        matches!(node.op, Op::Case { .. }) && node.name.is_none() && is_shallow && self.is_read_by(id, uses)
    }
}
