//! Closes a module: the checks that need all of it, then ordering and optimisation.

use crate::Direction;
use crate::design::Finished;
use crate::diagnostic::Source;
use crate::graph::Graph;
use crate::module::{Driven, Module, State};
use crate::netlist::{Body, Logic, ModuleDef, Node, NodeId, Op, ResetStyle};
use crate::{apart, contents, forward, handshake, initial, loops, optimise};
use std::collections::BTreeSet;
use std::rc::Rc;

/// The finished module. If it has errors, its logic is dropped: they are already reported.
pub(crate) fn module(module: &Module) -> Finished {
    if module.is_sound() {
        forward::run(module);
        apart::run(module);
        check_driven(module);
        check_read(module);
        check_written(module);
    }
    let hash = contents::hash(&module.state());
    let logic = ordered(module).unwrap_or_default();
    let children: Vec<_> = instantiated(module, &logic).collect();
    let levels = 1 + children.iter().map(|child| child.levels).max().unwrap_or(0);
    Finished::new(definition(module, logic, &children), module.is_sound(), hash, levels)
}

fn ordered(module: &Module) -> Option<Logic> {
    if !module.is_sound() {
        return None;
    }
    let order = Graph::new(module.design(), &module.state().logic).topological_order();
    match order {
        Ok(order) => {
            initial::check(module);
            let logic = optimise::run(&module.state().logic, &order);
            handshake::check(module, &logic);
            module.is_sound().then_some(logic)
        }
        Err(cycle) => {
            loops::report(module, &cycle);
            None
        }
    }
}

/// The module of each instance.
fn instantiated(module: &Module, logic: &Logic) -> impl Iterator<Item = Rc<Finished>> {
    logic.instances.iter().map(|instance| module.design().finished(instance.module))
}

fn definition(module: &Module, logic: Logic, children: &[Rc<Finished>]) -> ModuleDef {
    let state = module.state();
    let has_reset = module.design().clocking().style != ResetStyle::None;
    let is_clocked =
        !logic.registers.is_empty() || logic.memories.iter().any(|memory| !memory.writes.is_empty());
    let is_reset = logic.registers.iter().any(|register| register.reset.is_some());
    ModuleDef {
        name: module.name().into(),
        description: state.description.clone(),
        parameters: state.parameters.clone(),
        ports: state.ports.clone(),
        uses_clock: is_clocked || children.iter().any(|child| child.def.uses_clock),
        uses_reset: has_reset && is_reset || children.iter().any(|child| child.def.uses_reset),
        body: Body::Logic(logic),
    }
}

/// Each wire, output port, register and instance input needs a driver.
fn check_driven(module: &Module) {
    let (bundles, missing) = {
        let state = module.state();
        let bundles = open_bundles(&state);
        let in_bundles = bundles.iter().flat_map(|(_, outputs)| outputs.iter().copied()).collect();
        let missing = open_wires(&state, &in_bundles).chain(open_registers(&state));
        let missing = missing.chain(open_inputs(module, &state)).collect::<Vec<_>>();
        let bundles = bundles.iter().map(|(name, outputs)| open_bundle(&state, name, outputs));
        (bundles.collect::<Vec<_>>(), missing)
    };
    for (source, what, note) in bundles {
        module.error(source, what, vec![note]);
    }
    for (source, what) in missing {
        module.error(source, what, vec![]);
    }
}

/// Bundles with several outputs, none of which is driven: that is reported as one mistake.
fn open_bundles(state: &State) -> Vec<(&str, &[NodeId])> {
    let is_open = |id: &NodeId| matches!(state.logic.nodes[id.index()].op, Op::Wire(None));
    let bundles = state.bundles.iter().map(|(name, outputs)| (name.as_str(), outputs.as_slice()));
    bundles.filter(|(_, outputs)| outputs.len() > 1 && outputs.iter().all(is_open)).collect()
}

fn open_bundle(state: &State, name: &str, outputs: &[NodeId]) -> (Source, String, String) {
    let names: Vec<_> = outputs.iter().map(|id| format!("`{}`", state.name_of(*id))).collect();
    let message = format!("no output of bundle `{name}` is driven: {}", names.join(", "));
    let note = "if the module reads them, `.flip()` the bundle".into();
    (state.logic.nodes[outputs[0].index()].source, message, note)
}

fn open_wires<'a>(
    state: &'a State,
    in_bundles: &'a BTreeSet<NodeId>,
) -> impl Iterator<Item = (Source, String)> + 'a {
    let is_open = |(index, node): &(usize, &Node)| {
        matches!(node.op, Op::Wire(None)) && !in_bundles.contains(&NodeId(*index as u32))
    };
    state.logic.nodes.iter().enumerate().filter(is_open).map(|(index, node)| {
        let id = NodeId(index as u32);
        let is_port = |(port, output): &(usize, NodeId)| {
            *output == id && state.ports[*port].port.name == state.name_of(id)
        };
        let kind = if state.logic.outputs.iter().any(is_port) { "output port" } else { "wire" };
        (node.source, format!("{kind} `{}` is not driven", state.name_of(id)))
    })
}

fn open_registers(state: &State) -> impl Iterator<Item = (Source, String)> {
    let registers = state.logic.registers.iter().enumerate();
    let is_machine = |index: &usize| state.state_machines.contains(index);
    let open = registers.filter(move |(index, register)| register.next.is_none() || is_machine(index));
    open.map(move |(index, register)| {
        let name = state.name_of(register.output);
        let what = match is_machine(&index) {
            true => format!("state machine `{name}` is not finished: call `finish`"),
            false => format!("register `{name}` is not driven: call `set`"),
        };
        (state.logic.nodes[register.output.index()].source, what)
    })
}

fn open_inputs(module: &Module, state: &State) -> Vec<(Source, String)> {
    let mut open = vec![];
    for (index, instance) in state.logic.instances.iter().enumerate() {
        let child = module.design().finished(instance.module);
        for (port, def) in child.def.ports.iter().enumerate() {
            let is_input = def.port.direction == Direction::Input;
            if is_input && !state.driven.contains_key(&Driven::InstanceInput(index, port)) {
                let what = format!("port `{}` of instance `{}` is not driven", def.port.name, instance.name);
                open.push((instance.source, what));
            }
        }
    }
    open
}

/// An input port that nothing reads is a mistake unless it is marked.
fn check_read(module: &Module) {
    let unread = {
        let state = module.state();
        let mut is_read = vec![false; state.logic.nodes.len()];
        state.logic.roots().for_each(|id| is_read[id.index()] = true);
        let operands = state.logic.nodes.iter().flat_map(|node| node.op.operands());
        operands.for_each(|id| is_read[id.index()] = true);
        let unread = state.logic.nodes.iter().zip(is_read).filter(|(_, is_read)| !is_read);
        let inputs = unread.filter_map(|(node, _)| Some((node.source, node.op.input_port()?)));
        let inputs = inputs.filter(|(_, port)| !state.unused.contains(port));
        let inputs = inputs.map(|(source, port)| (source, state.ports[port].port.name.clone()));
        inputs.collect::<Vec<_>>()
    };
    for (source, name) in unread {
        let note = "read it, remove it, or mark it with `.unused()`".into();
        module.error(source, format!("nothing reads input port `{name}`"), vec![note]);
    }
}

/// A memory with neither contents nor a write has nothing to read.
fn check_written(module: &Module) {
    let empty = {
        let state = module.state();
        let memories = state.logic.memories.iter();
        let empty = memories.filter(|memory| memory.writes.is_empty() && memory.contents.is_empty());
        empty.map(|memory| (memory.source, memory.name.clone())).collect::<Vec<_>>()
    };
    for (source, name) in empty {
        let note = "write it, or make it a `rom` with contents".into();
        module.error(source, format!("memory `{name}` is never written and has no contents"), vec![note]);
    }
}
