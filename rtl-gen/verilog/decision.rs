//! Decisions as statements.

use crate::builder::{Builder, Order};
use crate::expr::Expr;
use crate::gathered::{Choice, Gathered, Target};
use crate::lower::EXPRESSION_COLUMNS;
use crate::nesting::Form;
use crate::plan::{Branch, Item, Statement};
use hdl::Bits;
use hdl::netlist::{NodeId, Op};
use std::collections::HashMap;

/// What becomes a statement.
enum Part {
    Assignment(Target),
    Decision(NodeId, Gathered),
}

impl Builder<'_> {
    /// Places the `always` block of a decision.
    pub fn place_block(&mut self, id: NodeId) {
        let Some((section, signal)) = self.analysis.section(id).zip(self.carrier[id.index()]) else { return };
        let statements = self.statements(vec![Target { signal, own: None, value: id, is_clocked: false }]);
        self.place(section, (id.index(), Order::Node), Item::Block(signal, statements));
    }

    /// The assignments of variables; those that one select decides share a statement. The value that a variable has in
    /// most branches is assigned before it.
    pub fn statements(&mut self, mut targets: Vec<Target>) -> Vec<Statement> {
        targets.retain(|target| !self.is_kept(*target));
        let mut before = vec![];
        for target in &mut targets {
            let root = self.analysis.root(target.value);
            let base =
                self.analysis.base(root).map(|(base, _)| base).filter(|base| Some(*base) != target.own);
            if let (true, Some(base)) = (self.is_branched(root, *target), base) {
                before.push(target.with(base));
                target.own = Some(base);
            }
        }
        let mut statements = if before.is_empty() { vec![] } else { self.statements(before) };
        for part in self.parts(&targets) {
            match part {
                Part::Assignment(target) => statements.push(self.assignment(target)),
                Part::Decision(select, gathered) => statements.extend(self.decision(select, &gathered)),
            }
        }
        statements
    }

    /// True for a decision that is printed as statements here.
    fn is_branched(&self, root: NodeId, target: Target) -> bool {
        match self.analysis.form(root) {
            Form::Nested => true,
            Form::Block => self.carrier[root.index()] == Some(target.signal),
            Form::Expression => false,
        }
    }

    fn parts(&self, targets: &[Target]) -> Vec<Part> {
        let mut parts: Vec<Part> = vec![];
        // The latest part that each select decides.
        let mut latest: HashMap<NodeId, usize> = HashMap::new();
        for &target in targets {
            let root = self.analysis.root(target.value);
            let op = &self.logic.nodes[root.index()].op;
            let (Op::Case { select, cases, otherwise }, true) = (op, self.is_branched(root, target)) else {
                parts.push(Part::Assignment(target));
                continue;
            };
            let select = self.analysis.root(*select);
            if let Some(Part::Decision(_, gathered)) = latest.get(&select).map(|part| &mut parts[*part])
                && gathered.join(self.logic, target, cases, *otherwise)
            {
                continue;
            }
            let mut gathered = Gathered::default();
            gathered.join(self.logic, target, cases, *otherwise);
            latest.insert(select, parts.len());
            parts.push(Part::Decision(select, gathered));
        }
        parts
    }

    fn is_kept(&self, target: Target) -> bool {
        target.own.is_some_and(|own| self.analysis.root(own) == self.analysis.root(target.value))
    }

    fn assignment(&mut self, target: Target) -> Statement {
        let root = self.analysis.root(target.value);
        Statement::Assign(target.signal, self.block_operand(root, target.is_clocked))
    }

    /// The expression of a value. A combinational block does not read a memory itself, since it would be sensitive to
    /// all words.
    fn block_operand(&mut self, root: NodeId, is_clocked: bool) -> Expr {
        let has_word = self.inline[root.index()].as_ref().is_some_and(Expr::has_word);
        if has_word && !is_clocked {
            self.hoist(root);
        }
        self.operand(root)
    }

    fn decision(&mut self, select: NodeId, gathered: &Gathered) -> Vec<Statement> {
        self.fit(&[select], EXPRESSION_COLUMNS);
        let is_clocked = gathered.choices[0].otherwise().is_clocked;
        let expr = self.block_operand(self.analysis.root(select), is_clocked);
        match self.logic.nodes[select.index()].width {
            1 => self.two_branches(expr, gathered),
            width => self.many_branches(expr, width, gathered),
        }
    }

    fn two_branches(&mut self, condition: Expr, gathered: &Gathered) -> Vec<Statement> {
        let [then, otherwise] = [Bits::ones(1), Bits::zero(1)]
            .map(|value| self.statements(gathered.choices.iter().map(|choice| choice.at(&value)).collect()));
        match (then.is_empty(), otherwise.is_empty()) {
            (true, true) => vec![],
            (true, false) => vec![unless(condition, otherwise)],
            (false, _) => vec![Statement::If { condition, then, otherwise }],
        }
    }

    fn many_branches(&mut self, select: Expr, width: u32, gathered: &Gathered) -> Vec<Statement> {
        let mut cases = vec![];
        for labels in gathered.cases() {
            let chosen = gathered.choices.iter().map(|choice| choice.at(&labels.values[0]));
            let statements = self.statements(chosen.collect());
            let labels = labels.nodes.iter().map(|label| self.operand(*label)).collect();
            cases.push(Branch { labels, statements });
        }
        if gathered.is_complete(width) {
            // Only an unknown select reaches the default, so the result is unknown.
            let unknown = gathered.decided_everywhere().map(|target| {
                Statement::Assign(target.signal, Expr::Unknown(self.signals[target.signal.0].width))
            });
            return vec![Statement::Case { select, cases, otherwise: unknown.collect() }];
        }
        let otherwise = self.statements(gathered.choices.iter().map(Choice::otherwise).collect());
        cases.retain(|case| case.statements != otherwise);
        match cases.is_empty() {
            true => otherwise,
            false => vec![Statement::Case { select, cases, otherwise }],
        }
    }
}

/// The statement for the inverse of a condition. It merges with a single `if` inside.
fn unless(condition: Expr, statements: Vec<Statement>) -> Statement {
    let condition = Expr::not(condition);
    match <[Statement; 1]>::try_from(statements) {
        Ok([Statement::If { condition: inner, then, otherwise }]) if otherwise.is_empty() => {
            Statement::If { condition: Expr::binary("&", condition, inner), then, otherwise }
        }
        Ok(only) => Statement::If { condition, then: only.into(), otherwise: vec![] },
        Err(then) => Statement::If { condition, then, otherwise: vec![] },
    }
}
