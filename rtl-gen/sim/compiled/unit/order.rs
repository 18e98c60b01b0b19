//! The order of terms: each shortly before its first use, so that few values wait in registers. Terms that nothing needs
//! are left out.

use super::terms::{Term, TermId, TermOp};
use super::{Child, Unit};
use crate::flatten::Kept;

/// Orders the terms of a unit, depth first from what is read from outside. The outputs of children in `kept` come after
/// the inputs that they follow.
pub(super) fn order(unit: &mut Unit, kept: &Kept) {
    let mut roots = vec![];
    for_each_root(unit, |id| roots.push(*id));
    let count = unit.terms.len();
    let mut order = Order { kept, place: vec![None; count], terms: Vec::with_capacity(count) };
    roots.into_iter().for_each(|root| order.visit(unit, root));
    let Order { place, mut terms, .. } = order;
    let new = |id: TermId| place[id.index()].expect("what is needed has a place");
    terms.iter_mut().for_each(|term| term.map_operands(new));
    unit.terms = terms;
    for_each_root(unit, |id| *id = new(*id));
}

struct Order<'a> {
    kept: &'a Kept,
    place: Vec<Option<TermId>>,
    terms: Vec<Term>,
}

impl Order<'_> {
    /// With an explicit stack: a chain may be longer than a thread's stack is deep.
    fn visit(&mut self, unit: &Unit, root: TermId) {
        let mut path = vec![(root, self.unplaced(unit, root))];
        while let Some((id, operands)) = path.last_mut() {
            let id = *id;
            match operands.pop() {
                Some(operand) if self.place[operand.index()].is_none() => {
                    path.push((operand, self.unplaced(unit, operand)));
                }
                Some(_) => {}
                None => {
                    self.put(unit, id);
                    path.pop();
                }
            }
        }
    }

    /// The operands that have no place yet, the first one last.
    fn unplaced(&self, unit: &Unit, id: TermId) -> Vec<TermId> {
        let mut operands = unit.term(id).operands();
        if let TermOp::ChildOutput { child, port } = unit.term(id).op {
            operands.extend(self.followed(&unit.children[child], port));
        }
        operands.retain(|operand| self.place[operand.index()].is_none());
        operands.reverse();
        operands
    }

    /// What drives the inputs that an output of a child depends on.
    fn followed(&self, child: &Child, port: usize) -> Vec<TermId> {
        let follows = &self.kept[&child.module][port];
        child.inputs.iter().filter(|(input, _)| follows.contains(input)).map(|(_, driver)| *driver).collect()
    }

    fn put(&mut self, unit: &Unit, id: TermId) {
        if self.place[id.index()].is_none() {
            self.place[id.index()] = Some(TermId(self.terms.len() as u32));
            self.terms.push(unit.term(id).clone());
        }
    }
}

/// Visits every reference to a term from outside the terms.
fn for_each_root(unit: &mut Unit, mut visit: impl FnMut(&mut TermId)) {
    for register in &mut unit.registers {
        visit(&mut register.next);
        register.enable.iter_mut().for_each(&mut visit);
    }
    for write in unit.memories.iter_mut().flat_map(|memory| &mut memory.writes) {
        [&mut write.enable, &mut write.address, &mut write.data].into_iter().for_each(&mut visit);
    }
    unit.outputs.iter_mut().for_each(|(_, id)| visit(id));
    unit.properties.iter_mut().for_each(|(_, id)| visit(id));
    for child in &mut unit.children {
        child.inputs.iter_mut().for_each(|(_, id)| visit(id));
    }
}
