//! Variables that one statement decides: their decisions have the same select, and no label is in two different cases.

use crate::expr::SignalId;
use hdl::Bits;
use hdl::netlist::{Case, Logic, NodeId, covers};
use std::collections::HashMap;

/// A variable and its new value.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub signal: SignalId,
    /// The variable's present value: assigning that needs no statement.
    pub own: Option<NodeId>,
    pub value: NodeId,
    /// True in a block with a clock.
    pub is_clocked: bool,
}

impl Target {
    pub fn with(self, value: NodeId) -> Target {
        Target { value, ..self }
    }
}

/// Variables that are decided together.
#[derive(Default)]
pub(crate) struct Gathered {
    pub choices: Vec<Choice>,
    cases: Vec<Labels>,
    /// The case that each label is in.
    case_of: HashMap<Bits, usize>,
}

/// The labels of a case, and their values.
pub(crate) struct Labels {
    pub nodes: Vec<NodeId>,
    pub values: Vec<Bits>,
}

/// A variable with what it takes in each case.
pub(crate) struct Choice {
    target: Target,
    at: HashMap<Bits, NodeId>,
    otherwise: NodeId,
}

impl Gathered {
    /// Adds a variable. False if a label of its cases is already in a different one.
    pub fn join(&mut self, logic: &Logic, target: Target, cases: &[Case], otherwise: NodeId) -> bool {
        let mut new = vec![];
        for case in cases {
            let values = case.labels.iter().filter_map(|label| logic.constant(*label)).cloned();
            let values: Vec<Bits> = values.collect();
            match values.iter().find_map(|value| self.case_of.get(value)) {
                Some(known) if self.cases[*known].values != values => return false,
                Some(_) => {}
                None => new.push(Labels { nodes: case.labels.clone(), values }),
            }
        }
        for labels in new {
            let place = self.cases.len();
            self.case_of.extend(labels.values.iter().map(|value| (value.clone(), place)));
            self.cases.push(labels);
        }
        self.choices.push(Choice::of(logic, target, cases, otherwise));
        true
    }

    /// The cases, in the order of the first label of each.
    pub fn cases(&self) -> Vec<&Labels> {
        let mut cases: Vec<&Labels> = self.cases.iter().collect();
        cases.sort_by(|a, b| a.values[0].limbs().iter().rev().cmp(b.values[0].limbs().iter().rev()));
        cases
    }

    /// True if the labels cover every value of the select.
    pub fn is_complete(&self, width: u32) -> bool {
        covers(self.case_of.len(), width)
    }

    /// The variables that have a value of their own in every case.
    pub fn decided_everywhere(&self) -> impl Iterator<Item = Target> {
        let everywhere = self.choices.iter().filter(|choice| choice.at.len() == self.case_of.len());
        everywhere.map(|choice| choice.target)
    }
}

impl Choice {
    fn of(logic: &Logic, target: Target, cases: &[Case], otherwise: NodeId) -> Choice {
        let mut at = HashMap::new();
        // Of equal labels, the first one wins.
        for case in cases.iter().rev() {
            for value in case.labels.iter().filter_map(|label| logic.constant(*label)) {
                at.insert(value.clone(), case.value);
            }
        }
        Choice { target, at, otherwise }
    }

    /// The variable with its value for a value of the select.
    pub fn at(&self, value: &Bits) -> Target {
        self.target.with(self.at.get(value).copied().unwrap_or(self.otherwise))
    }

    /// The variable with its value in no case.
    pub fn otherwise(&self) -> Target {
        self.target.with(self.otherwise)
    }
}
