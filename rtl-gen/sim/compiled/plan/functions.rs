//! Stages cut into functions.

use super::stages::Stages;
use crate::compiled::options::Functions;
use crate::compiled::unit::{TermId, TermOp, Unit};
use hdl::netlist::OperatorKind;

/// The cost, roughly in machine instructions, at which a function ends.
fn largest(functions: Functions) -> usize {
    match functions {
        // Longer ones take more than proportionally long to compile, shorter ones pass more values through memory.
        Functions::Large => 900,
        Functions::Small => 8,
    }
}

/// What is compiled as one function.
#[derive(Default)]
pub(in crate::compiled) struct Function {
    /// The terms that it computes, in topological order.
    pub terms: Vec<TermId>,
    pub sinks: Vec<Sink>,
}

/// A value that a function stores in addition to its terms.
#[derive(Clone, Copy, Debug)]
pub(in crate::compiled) enum Sink {
    /// The next value of a register.
    Next(usize),
    /// An input of a child.
    ChildInput { child: usize, port: usize, term: TermId },
}

impl Sink {
    /// The terms that it reads.
    pub fn operands(self, unit: &Unit) -> Vec<TermId> {
        match self {
            Sink::Next(register) => {
                let register = &unit.registers[register];
                [register.next].into_iter().chain(register.enable).collect()
            }
            Sink::ChildInput { term, .. } => vec![term],
        }
    }
}

/// The functions of a unit, and the indices of those of each stage.
pub(super) struct Cut {
    pub functions: Vec<Function>,
    pub of_stage: Vec<Vec<usize>>,
    pub is_stored: Vec<bool>,
}

/// True for a bare slice: it is not stored, and every function that needs it slices again.
pub(in crate::compiled) fn is_view(unit: &Unit, id: TermId) -> bool {
    matches!(&unit.term(id).op, TermOp::Gather(pieces) if pieces.len() == 1)
}

/// Cuts the stages of the top into functions: its levels, which are in order of time.
pub(super) fn cut_levels(unit: &Unit, of_term: &[u32], levels: usize, size: Functions) -> Cut {
    let latest = |sink: Sink| sink.operands(unit).iter().map(|id| of_term[id.index()]).max();
    cut(unit, of_term, levels, size, |sink| latest(sink).unwrap_or(0))
}

/// Divides the stages of a module's unit into functions. Terms that wait for more than one stage belong to the last
/// one.
pub(super) fn cut_stages(unit: &Unit, stages: &Stages, size: Functions) -> Cut {
    let last = stages.needs.len() as u32 - 1;
    let stage = |id: &TermId| {
        let term = unit.term(*id);
        if matches!(term.op, TermOp::Input(_)) {
            return Some(last);
        }
        (!term.is_source()).then_some(stages.of_term[id.index()])
    };
    cut(unit, &stages.of_term, stages.needs.len(), size, |sink| {
        let operands = sink.operands(unit);
        let mut of_operands = operands.iter().filter_map(stage);
        let first = of_operands.next().unwrap_or(last);
        if of_operands.all(|other| other == first) { first } else { last }
    })
}

fn cut(
    unit: &Unit,
    of_term: &[u32],
    stage_count: usize,
    size: Functions,
    stage_of_sink: impl Fn(Sink) -> u32,
) -> Cut {
    let is_root = roots(unit);
    let mut cut = Cut { functions: vec![], of_stage: vec![vec![]; stage_count], is_stored: vec![] };
    let mut home: Vec<Option<usize>> = vec![None; unit.terms.len()];
    let mut costs: Vec<usize> = vec![];
    for id in unit.ids() {
        let is_computed = !unit.term(id).is_source() && (is_root[id.index()] || !is_view(unit, id));
        if !is_computed {
            continue;
        }
        let stage = of_term[id.index()] as usize;
        let function = match cut.of_stage[stage].last() {
            Some(&last) if costs[last] < largest(size) => last,
            _ => cut.add(stage, &mut costs),
        };
        costs[function] += cost(unit, id);
        home[id.index()] = Some(function);
        cut.functions[function].terms.push(id);
    }
    for sink in sinks(unit) {
        let stage = stage_of_sink(sink) as usize;
        let of_stage = &cut.of_stage[stage];
        // A view is not stored, so it belongs to the function of its source.
        let source = |id: TermId| if is_view(unit, id) { unit.term(id).operands()[0] } else { id };
        let operands = sink.operands(unit).into_iter();
        let homes = operands.filter_map(|id| home[id.index()].or(home[source(id).index()]));
        let function = homes.filter(|home| of_stage.contains(home)).max().or(of_stage.last().copied());
        let function = function.unwrap_or_else(|| cut.add(stage, &mut costs));
        cut.functions[function].sinks.push(sink);
    }
    cut.is_stored = stored(unit, &cut.functions, &home, is_root);
    cut
}

impl Cut {
    fn add(&mut self, stage: usize, costs: &mut Vec<usize>) -> usize {
        self.functions.push(Function::default());
        costs.push(0);
        self.of_stage[stage].push(self.functions.len() - 1);
        self.functions.len() - 1
    }
}

fn sinks(unit: &Unit) -> impl Iterator<Item = Sink> + '_ {
    let next = (0..unit.registers.len()).map(Sink::Next);
    let children = unit.children.iter().enumerate();
    let inputs = children.flat_map(|(child, instance)| {
        instance.inputs.iter().map(move |&(port, term)| Sink::ChildInput { child, port, term })
    });
    next.chain(inputs)
}

/// The terms that are read from memory when a cycle has settled.
fn roots(unit: &Unit) -> Vec<bool> {
    let mut is_root = vec![false; unit.terms.len()];
    let writes = unit.memories.iter().flat_map(|memory| &memory.writes);
    let writes = writes.flat_map(|write| [write.enable, write.address, write.data]);
    let outputs = unit.outputs.iter().map(|(_, id)| *id);
    let read = writes.chain(outputs).chain(unit.properties.iter().map(|(_, id)| *id));
    read.for_each(|id| is_root[id.index()] = true);
    is_root
}

fn stored(unit: &Unit, functions: &[Function], home: &[Option<usize>], is_root: Vec<bool>) -> Vec<bool> {
    let mut is_stored = is_root;
    let mut read = |id: TermId, at: usize| {
        if home[id.index()].is_some_and(|home| home != at) && !is_view(unit, id) {
            is_stored[id.index()] = true;
        }
    };
    for (at, function) in functions.iter().enumerate() {
        let of_terms = function.terms.iter().flat_map(|id| unit.term(*id).operands());
        let of_sinks = function.sinks.iter().flat_map(|sink| sink.operands(unit));
        for id in of_terms.chain(of_sinks) {
            read(id, at);
            if is_view(unit, id) {
                unit.term(id).operands().into_iter().for_each(|source| read(source, at));
            }
        }
    }
    is_stored
}

/// About the number of machine instructions that compute a term.
fn cost(unit: &Unit, id: TermId) -> usize {
    let term = unit.term(id);
    let limbs = hdl::limbs_for(term.width);
    match &term.op {
        TermOp::Gather(pieces) => 2 * pieces.chunk_by(|a, b| a == b).count(),
        TermOp::Binary(op, ..) if limbs > 1 => match op.kind() {
            OperatorKind::Product => 8 * limbs * limbs,
            OperatorKind::Shift => 8 * limbs,
            OperatorKind::Rotation => 16 * limbs,
            OperatorKind::Bitwise | OperatorKind::Sum | OperatorKind::Comparison => 2 * limbs,
        },
        TermOp::Binary(..) | TermOp::Not(_) | TermOp::Reduce(..) | TermOp::Mux { .. } => 2 * limbs,
        TermOp::Input(_) | TermOp::Register(_) | TermOp::ChildOutput { .. } | TermOp::Const(_) => 2 * limbs,
        TermOp::Read { .. } => 2 * limbs,
    }
}
