//! Turns the tree of blocks into decisions: for each target, its value at the end of the module.

use super::{Decision, Kind, MODULE, Statement, Target};
use crate::Bits;
use crate::diagnostic::Source;
use crate::module::{Driven, Module};
use crate::netlist::{Case, NodeId, Op, covers};
use crate::signal::Signal;
use std::collections::{BTreeMap, BTreeSet};

/// Connects everything that is assigned under conditions.
pub(crate) fn resolve(module: &Module) {
    let count = module.state().conditional.decisions.len();
    if count == 0 {
        return;
    }
    (0..count).for_each(|decision| check_complete(module, decision));
    let targets = module.state().conditional.targets.clone();
    let mut resolver = Resolver { module, targets, values: vec![] };
    resolver.block(MODULE);
}

/// The value of a target, or the decision in which some branch leaves it unassigned.
type Value = Result<NodeId, usize>;

struct Resolver<'m> {
    module: &'m Module,
    targets: BTreeMap<Driven, Target>,
    /// The assignments so far, in each of the enclosing blocks.
    values: Vec<BTreeMap<Driven, Value>>,
}

impl Resolver<'_> {
    /// The changes that a block makes outside it.
    fn block(&mut self, block: usize) -> BTreeMap<Driven, Value> {
        self.values.push(BTreeMap::new());
        let statements = std::mem::take(&mut self.module.state_mut().conditional.blocks[block].statements);
        for statement in statements {
            match statement {
                Statement::Assign(driven, value) => self.assign(driven, Ok(value)),
                Statement::Decide(decision) => self.decide(decision),
            }
        }
        let changed = self.values.pop().unwrap_or_default();
        let is_own = |driven: &Driven| self.targets[driven].home == block;
        let (own, outer): (Vec<_>, Vec<_>) = changed.into_iter().partition(|(driven, _)| is_own(driven));
        own.into_iter().for_each(|(driven, value)| self.connect(driven, value));
        outer.into_iter().collect()
    }

    fn assign(&mut self, driven: Driven, value: Value) {
        self.values.last_mut().expect("a block is open").insert(driven, value);
    }

    fn decide(&mut self, index: usize) {
        let (select, cases, otherwise, source) = {
            let conditional = &mut self.module.state_mut().conditional;
            let decision = &mut conditional.decisions[index];
            (decision.select, std::mem::take(&mut decision.cases), decision.otherwise, decision.source)
        };
        let mut labels = vec![];
        let mut changes = vec![];
        for (of_case, block) in cases {
            labels.push(of_case);
            changes.push(self.block(block));
        }
        let otherwise = otherwise.map(|block| self.block(block));
        let width = self.module.state().logic.nodes[select.index()].width;
        let is_complete = covers(labels.iter().map(Vec::len).sum(), width);
        let changed: BTreeSet<Driven> =
            changes.iter().chain(&otherwise).flat_map(BTreeMap::keys).copied().collect();
        for driven in changed {
            let before = self.before(driven, index);
            let after = |changes: &BTreeMap<Driven, Value>| changes.get(&driven).copied().unwrap_or(before);
            let values = changes.iter().map(after);
            let is_table = is_complete && changes.iter().all(|changes| changes.contains_key(&driven));
            let otherwise = match &otherwise {
                Some(changes) => after(changes),
                None if is_table => after(&changes[changes.len() - 1]),
                None => before,
            };
            let cases = labels.iter().zip(values).filter(|(_, value)| is_table || *value != otherwise);
            let value = self.decision(select, cases, otherwise, source);
            self.assign(driven, value);
        }
    }

    fn decision<'a>(
        &self,
        select: NodeId,
        cases: impl Iterator<Item = (&'a Vec<NodeId>, Value)>,
        otherwise: Value,
        source: Source,
    ) -> Value {
        let otherwise = otherwise?;
        let case =
            |(labels, value): (&Vec<NodeId>, Value)| Ok(Case { labels: labels.clone(), value: value? });
        let cases = cases.map(case).collect::<Result<Vec<_>, usize>>()?;
        if cases.is_empty() {
            return Ok(otherwise);
        }
        let width = self.module.state().logic.nodes[otherwise.index()].width;
        Ok(self.module.node(Op::Case { select, cases, otherwise }, width, source).id())
    }

    /// The value of a target before a decision: a register without an assignment keeps its value.
    fn before(&self, driven: Driven, decision: usize) -> Value {
        if let Some(value) = self.values.iter().rev().find_map(|values| values.get(&driven)) {
            return *value;
        }
        let logic = &self.module.state().logic;
        let driver = match driven {
            Driven::Wire(id) => logic.nodes[id.index()].op.operands().first().copied(),
            Driven::RegisterNext(index) => {
                let register = &logic.registers[index];
                register.next.or(Some(register.output))
            }
            Driven::InstanceInput(instance, port) => {
                let inputs = &logic.instances[instance].inputs;
                inputs.iter().find(|(input, _)| *input == port).map(|(_, id)| *id)
            }
            Driven::RegisterEnable(index) => logic.registers[index].enable,
        };
        driver.ok_or(decision)
    }

    fn connect(&self, driven: Driven, value: Value) {
        match value {
            Ok(value) => self.drive(driven, value),
            Err(decision) => self.report_gap(driven, decision),
        }
    }

    fn drive(&self, driven: Driven, value: NodeId) {
        let state = &mut self.module.state_mut();
        state.driven.entry(driven).or_insert(self.targets[&driven].source);
        match driven {
            Driven::Wire(id) => state.logic.nodes[id.index()].op = Op::Wire(Some(value)),
            Driven::RegisterNext(index) => state.logic.registers[index].next = Some(value),
            Driven::RegisterEnable(index) => state.logic.registers[index].enable = Some(value),
            Driven::InstanceInput(instance, port) => {
                let inputs = &mut state.logic.instances[instance].inputs;
                inputs.retain(|(input, _)| *input != port);
                inputs.push((port, value));
            }
        }
    }

    fn report_gap(&self, driven: Driven, decision: usize) {
        let Target { what, source, .. } = &self.targets[&driven];
        let (kind, begun) = {
            let decision = &self.module.state().conditional.decisions[decision];
            (decision.kind.name(), decision.source)
        };
        let message = format!("{what} is not driven in all cases");
        let notes = [
            format!("the `{kind}` at {begun} leaves a case open"),
            format!("give it a default before that `{kind}`: only a register keeps its value"),
        ];
        self.module.error(source, message, notes.into());
    }
}

/// Reports a switch that does not cover every value.
fn check_complete(module: &Module, decision: usize) {
    let Some((missing, select, source)) = missing(module, decision) else { return };
    let width = module.state().logic.nodes[select.index()].width;
    let message = format!("the switch over {} has no case for {missing}", Signal::new(module, select, width));
    module.error(source, message, vec!["add the missing cases, or a `default`".into()]);
}

/// A switch with missing cases: its select and its source line.
fn missing(module: &Module, decision: usize) -> Option<(String, NodeId, Source)> {
    let state = module.state();
    let Decision { select, cases, otherwise, kind, source } = &state.conditional.decisions[decision];
    let (Kind::Switch { values, is_sound: true }, None) = (kind, otherwise) else { return None };
    let labels = cases.iter().flat_map(|(labels, _)| labels);
    let labels: Vec<Bits> = labels.filter_map(|label| state.logic.constant(*label).cloned()).collect();
    let missing = match values.is_empty() {
        true => missing_values(&labels, state.logic.nodes[select.index()].width),
        false => missing_names(&labels, values),
    };
    (!missing.is_empty()).then_some((missing, *select, *source))
}

fn missing_names(labels: &[Bits], values: &[(&str, Bits)]) -> String {
    let missing = values.iter().filter(|(_, code)| !labels.contains(code));
    missing.map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The first value without a label, and how many more there are.
fn missing_values(labels: &[Bits], width: u32) -> String {
    if covers(labels.len(), width) {
        return String::new();
    }
    let is_label = |value: &u128| labels.contains(&Bits::truncated(*value, width));
    let first = (0..).find(|value| !is_label(value)).unwrap_or_default();
    match 1u64.checked_shl(width).map(|all| all - labels.len() as u64) {
        Some(1) => first.to_string(),
        Some(count) => format!("{first} and {} more values", count - 1),
        None => format!("{first} and others of the 2^{width} values"),
    }
}
