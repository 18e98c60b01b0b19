//! Reports a combinational loop or path: its names, and the line of each operator on it, also inside instances.

use crate::describe;
use crate::design::Design;
use crate::diagnostic::Source;
use crate::graph::Graph;
use crate::module::{Driven, Module, State};
use crate::netlist::{Body, Logic, Node, NodeId, Op};

/// The number of operators shown at each end of a long loop.
const SHOWN: usize = 6;

/// Reports a loop, in which each node feeds the next one.
pub(crate) fn report(module: &Module, cycle: &[NodeId]) {
    let (source, message, notes) = {
        let state = module.state();
        let named = cycle.iter().filter_map(|id| state.logic.nodes[id.index()].name.as_ref());
        let mut names: Vec<String> = named.map(|name| format!("`{name}`")).collect();
        names.extend(names.first().cloned());
        let through = match names.is_empty() {
            true => "combinational loop".into(),
            false => format!("combinational loop: {}", shortened(&names).join(" -> ")),
        };
        let place = |id| place(&state, id);
        let lines = lines(module.design(), &state.logic, cycle, cycle.last().copied(), &place);
        (place(cycle[0]), through, shortened(&lines))
    };
    module.error(source, message, notes);
}

fn shortened(items: &[String]) -> Vec<String> {
    let hidden = items.len().saturating_sub(2 * SHOWN);
    if hidden < 2 {
        return items.to_vec();
    }
    let mut shown = items[..SHOWN].to_vec();
    shown.push(format!("... {hidden} more ..."));
    shown.extend_from_slice(&items[items.len() - SHOWN..]);
    shown
}

/// The operators on a path through finished logic, one per line.
pub(crate) fn path_lines(design: &Design, logic: &Logic, path: &[NodeId]) -> Vec<String> {
    shortened(&lines(design, logic, path, None, &|id| logic.nodes[id.index()].source))
}

/// A line for each node of a path, preceded by the lines inside an instance. `before` feeds the first node.
fn lines(
    design: &Design,
    logic: &Logic,
    path: &[NodeId],
    mut before: Option<NodeId>,
    place: &dyn Fn(NodeId) -> Source,
) -> Vec<String> {
    let mut lines = vec![];
    for &id in path {
        lines.extend(before.map(|before| inside(design, logic, before, id)).unwrap_or_default());
        lines.push(format!("{} at {}", describe::node(design, logic, id), place(id)));
        before = Some(id);
    }
    lines
}

/// The operators inside the instance whose output is `id`, on a path from its input that `before` drives.
fn inside(design: &Design, logic: &Logic, before: NodeId, id: NodeId) -> Vec<String> {
    let Op::InstanceOutput { instance, port } = logic.nodes[id.index()].op else { return vec![] };
    let instance = &logic.instances[instance];
    let child = design.finished(instance.module);
    let Body::Logic(inner) = &child.def.body else { return vec![] };
    let graph = Graph::new(design, inner);
    let driven = instance.inputs.iter().filter(|(_, driver)| *driver == before);
    let starts = driven.filter_map(|(input, _)| {
        let is_input = |node: &Node| matches!(node.op, Op::Input(port) if port == *input);
        inner.nodes.iter().position(is_input).map(|index| NodeId(index as u32))
    });
    let end = inner.outputs.iter().find(|(output, _)| *output == port).map(|(_, id)| *id);
    let path = end.and_then(|end| starts.filter_map(|start| graph.path(start, end)).next());
    let lines = path.map(|path| path_lines(design, inner, &path[1..])).unwrap_or_default();
    lines.into_iter().map(|line| format!("in module `{}`: {line}", child.def.name)).collect()
}

/// Where a node was written: for a wire, where it is driven.
fn place(state: &State, id: NodeId) -> Source {
    let node = &state.logic.nodes[id.index()];
    state.driven.get(&Driven::Wire(id)).copied().unwrap_or(node.source)
}
