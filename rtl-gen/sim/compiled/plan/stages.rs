//! The stages of a unit: what can be computed before the last inputs have arrived.
//!
//! Instances may feed each other within a cycle, with `ready` running backwards and data forwards. So the terms that
//! an output needs are computed separately from those that also wait for inputs on which it does not depend.

use crate::compiled::unit::{TermId, TermOp, Unit};
use hdl::Direction;
use std::collections::HashMap;

/// Which stage computes each term, and what each stage waits for.
pub(in crate::compiled) struct Stages {
    /// For each term; of no meaning for sources.
    pub of_term: Vec<u32>,
    /// In an order in which they can run. The last one waits for everything: no output needs it.
    pub needs: Vec<Needs>,
    /// For each port that is an output, the inputs that it follows within a cycle.
    pub follows: Vec<Vec<usize>>,
}

/// What a stage waits for.
#[derive(Clone, Default)]
pub(in crate::compiled) struct Needs {
    pub inputs: Vec<usize>,
    /// Earlier stages.
    pub stages: Vec<u32>,
}

/// Outputs that depend on the same inputs form a class. A set of classes is a bit mask, which limits their number.
const MOST_CLASSES: usize = 64;

/// The stages of a unit; `None` if it has too many classes of outputs.
pub(super) fn stages(unit: &Unit) -> Option<Stages> {
    let follows = follows(unit);
    let classes = classes(unit, &follows)?;
    let reach = reach(unit, &classes);
    // Terms that more classes need come first: a term is needed by every class that needs one of its readers.
    let is_computed = |id: &TermId| !unit.term(*id).is_source();
    let mut masks: Vec<u64> = unit.ids().filter(is_computed).map(|id| reach[id.index()]).collect();
    masks.push(0);
    masks.sort_unstable_by_key(|mask| (std::cmp::Reverse(mask.count_ones()), *mask));
    masks.dedup();
    let place = |mask: &u64| masks.iter().position(|other| other == mask).unwrap_or(0) as u32;
    let of_term: Vec<u32> = reach.iter().map(place).collect();
    let needs = needs(unit, &of_term, masks.len());
    Some(Stages { of_term, needs, follows })
}

/// For each output port, the inputs that it depends on.
fn follows(unit: &Unit) -> Vec<Vec<usize>> {
    let words = unit.ports.len().div_ceil(64);
    let mut sets = vec![0u64; words * unit.terms.len()];
    for id in unit.ids() {
        let (before, own) = sets.split_at_mut(id.index() * words);
        if let TermOp::Input(port) = unit.term(id).op {
            own[port / 64] |= 1 << (port % 64);
        }
        for operand in unit.term(id).operands() {
            let set = &before[operand.index() * words..][..words];
            own.iter_mut().zip(set).for_each(|(own, more)| *own |= more);
        }
    }
    let mut follows = vec![vec![]; unit.ports.len()];
    for (port, driver) in &unit.outputs {
        let set = &sets[driver.index() * words..][..words];
        follows[*port] = (0..unit.ports.len()).filter(|bit| set[bit / 64] >> (bit % 64) & 1 == 1).collect();
    }
    follows
}

/// The class of each port; only that of an output means something.
fn classes(unit: &Unit, follows: &[Vec<usize>]) -> Option<Vec<u32>> {
    let mut known: HashMap<&[usize], u32> = HashMap::new();
    let mut classes = vec![0; follows.len()];
    for (port, _) in &unit.outputs {
        let next = known.len() as u32;
        classes[*port] = *known.entry(&follows[*port]).or_insert(next);
    }
    (known.len() <= MOST_CLASSES).then_some(classes)
}

/// For each term, the classes of outputs that need it.
fn reach(unit: &Unit, classes: &[u32]) -> Vec<u64> {
    let mut reach = vec![0; unit.terms.len()];
    unit.outputs.iter().for_each(|(port, driver)| reach[driver.index()] |= 1 << classes[*port]);
    for id in unit.ids().rev() {
        let own = reach[id.index()];
        unit.term(id).operands().iter().for_each(|operand| reach[operand.index()] |= own);
    }
    reach
}

fn needs(unit: &Unit, of_term: &[u32], count: usize) -> Vec<Needs> {
    let mut needs = vec![Needs::default(); count];
    for id in unit.ids().filter(|id| !unit.term(*id).is_source()) {
        let stage = of_term[id.index()];
        let needs = &mut needs[stage as usize];
        for operand in unit.term(id).operands() {
            let of_operand = of_term[operand.index()];
            if let TermOp::Input(port) = unit.term(operand).op {
                needs.inputs.push(port);
            } else if !unit.term(operand).is_source() && of_operand != stage {
                needs.stages.push(of_operand);
            }
        }
    }
    for needs in &mut needs {
        needs.inputs.sort_unstable();
        needs.inputs.dedup();
        needs.stages.sort_unstable();
        needs.stages.dedup();
    }
    if let Some(last) = needs.last_mut() {
        let inputs = unit.ports.iter().enumerate().filter(|(_, port)| port.direction == Direction::Input);
        *last =
            Needs { inputs: inputs.map(|(port, _)| port).collect(), stages: (0..count as u32 - 1).collect() };
    }
    needs
}
