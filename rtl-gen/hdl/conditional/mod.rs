//! Conditional assignment: the contents of `when` and `switch` are recorded as a tree of blocks, which becomes
//! decisions ([`Op::Case`](crate::netlist::Op::Case)) once the module is complete.

mod guard;
mod resolve;
mod switch;
mod when;

pub use switch::Switch;
pub use when::When;

pub(crate) use guard::Declared;
pub(crate) use resolve::resolve;

use crate::Bits;
use crate::diagnostic::Source;
use crate::module::{Driven, Module};
use crate::netlist::NodeId;
use std::collections::BTreeMap;

/// The block of the module itself.
const MODULE: usize = 0;

/// The conditional statements of a module.
pub(crate) struct Conditional {
    /// The blocks; each one is inside an earlier one.
    blocks: Vec<Block>,
    /// The open blocks, the current one last; the module itself is not among them.
    open: Vec<usize>,
    decisions: Vec<Decision>,
    /// The blocks of the objects that were not declared in the module itself.
    homes: BTreeMap<Declared, usize>,
    /// The objects that are assigned under conditions.
    targets: BTreeMap<Driven, Target>,
    /// Where an object is first assigned in a block or in the blocks inside it.
    assigned: BTreeMap<(usize, Driven), Source>,
}

impl Default for Conditional {
    fn default() -> Conditional {
        let module = Block { parent: MODULE, condition: None, statements: vec![] };
        Conditional {
            blocks: vec![module],
            open: vec![],
            decisions: vec![],
            homes: BTreeMap::new(),
            targets: BTreeMap::new(),
            assigned: BTreeMap::new(),
        }
    }
}

/// The statements that apply under one condition.
struct Block {
    parent: usize,
    /// `None` for the module itself.
    condition: Option<Condition>,
    statements: Vec<Statement>,
}

/// The condition: the select equals one of the labels, or none of them.
#[derive(Clone)]
struct Condition {
    select: NodeId,
    labels: Vec<NodeId>,
    is_among: bool,
}

enum Statement {
    Assign(Driven, NodeId),
    /// By its index.
    Decide(usize),
}

/// A `when` or a `switch`.
struct Decision {
    select: NodeId,
    /// The labels and the block of each case.
    cases: Vec<(Vec<NodeId>, usize)>,
    otherwise: Option<usize>,
    kind: Kind,
    source: Source,
}

#[derive(Clone)]
enum Kind {
    When,
    Switch {
        /// Names and codes of the enum whose codes the select holds; empty for any other select.
        values: Vec<(&'static str, Bits)>,
        /// False after an error in a label.
        is_sound: bool,
    },
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Kind::When => "when",
            Kind::Switch { .. } => "switch",
        }
    }
}

/// An object that is assigned under conditions.
#[derive(Clone)]
struct Target {
    /// Its description in errors.
    what: String,
    /// The block in which it was declared: conditions outside that block do not affect it.
    home: usize,
    /// Where it is first assigned.
    source: Source,
}

impl Conditional {
    /// The current block.
    fn current(&self) -> usize {
        self.open.last().copied().unwrap_or(MODULE)
    }

    fn is_within(&self, mut block: usize, outer: usize) -> bool {
        while block > outer {
            block = self.blocks[block].parent;
        }
        block == outer
    }

    fn home(&self, declared: Declared) -> usize {
        self.homes.get(&declared).copied().unwrap_or(MODULE)
    }
}

impl Module {
    /// Records a driver. True if the caller must connect it now; a driver under conditions is resolved later.
    pub(crate) fn claim(&self, driven: Driven, what: &str, value: NodeId, source: Source) -> bool {
        let declared = Declared::of(driven, &self.state());
        let Some((home, block)) = self.placed(declared, what, source) else { return false };
        let earlier = self.state().conditional.assigned.get(&(block, driven)).copied();
        match earlier {
            Some(earlier) => {
                let message =
                    format!("{what} is assigned in all cases: its earlier assignment has no effect");
                let notes = [
                    format!("the earlier assignment is at {earlier}"),
                    "write the default first, then the `when` or `switch`".into(),
                ];
                self.error(source, message, notes.into());
                false
            }
            None if block == home => self.claim_driver(driven, what, source),
            None => {
                self.record(driven, what, value, source, [home, block]);
                false
            }
        }
    }

    fn record(&self, driven: Driven, what: &str, value: NodeId, source: Source, [home, block]: [usize; 2]) {
        let conditional = &mut self.state_mut().conditional;
        conditional.blocks[block].statements.push(Statement::Assign(driven, value));
        conditional.targets.entry(driven).or_insert_with(|| Target { what: what.into(), home, source });
        let mut around = block;
        loop {
            conditional.assigned.entry((around, driven)).or_insert(source);
            if around == home {
                return;
            }
            around = conditional.blocks[around].parent;
        }
    }

    /// Begins a decision in the current block.
    fn decide(&self, select: NodeId, kind: Kind, source: Source) -> usize {
        let conditional = &mut self.state_mut().conditional;
        let decision = conditional.decisions.len();
        let block = conditional.current();
        conditional.blocks[block].statements.push(Statement::Decide(decision));
        conditional.decisions.push(Decision { select, cases: vec![], otherwise: None, kind, source });
        decision
    }

    /// Runs the body of a case; without labels, that of the remaining values.
    fn branch(&self, decision: usize, labels: Vec<NodeId>, source: Source, body: impl FnOnce()) {
        let block = self.add_block(decision, labels);
        self.open_block(block, source);
        body();
        self.close_block();
    }

    fn add_block(&self, decision: usize, labels: Vec<NodeId>) -> usize {
        let conditional = &mut self.state_mut().conditional;
        let (block, parent) = (conditional.blocks.len(), conditional.current());
        let decision = &mut conditional.decisions[decision];
        let select = decision.select;
        let condition = match labels.is_empty() {
            false => {
                decision.cases.push((labels.clone(), block));
                Condition { select, labels, is_among: true }
            }
            true => {
                decision.otherwise = Some(block);
                let labels = decision.cases.iter().flat_map(|(labels, _)| labels).copied().collect();
                Condition { select, labels, is_among: false }
            }
        };
        conditional.blocks.push(Block { parent, condition: Some(condition), statements: vec![] });
        block
    }

    fn open_block(&self, block: usize, source: Source) {
        self.state_mut().conditional.open.push(block);
        self.design().open_condition(self.number(), source);
    }

    fn close_block(&self) {
        self.design().close_condition();
        self.state_mut().conditional.open.pop();
    }

    /// False, with an error, if anything was written between the parts of a `when` or a `switch`.
    fn check_continued(&self, decision: usize, method: &str, source: Source) -> bool {
        let (is_last, kind, begun) = {
            let conditional = &self.state().conditional;
            let block = &conditional.blocks[conditional.current()];
            let is_last =
                matches!(block.statements.last(), Some(Statement::Decide(last)) if *last == decision);
            let decision = &conditional.decisions[decision];
            (is_last, decision.kind.name(), decision.source)
        };
        if !is_last {
            let message = format!("`{method}` must follow its `{kind}` directly");
            self.error(source, message, vec![format!("the `{kind}` is at {begun}")]);
        }
        is_last
    }
}
