//! The rule of ready/valid streams: a producer must not wait for `ready` before it raises `valid`.

use crate::diagnostic::Source;
use crate::graph::Graph;
use crate::loops;
use crate::module::Module;
use crate::netlist::{Logic, Node, NodeId, Op};

/// A stream that a module produces.
pub(crate) struct Producer {
    /// The instance that consumes it; none for an output stream of the module.
    pub instance: Option<usize>,
    /// Indices of the ports, of the module or of the instance's.
    pub valid: usize,
    pub ready: usize,
    /// True if its `valid` may wait for `ready`.
    pub is_in_step: bool,
    /// Where the stream was declared.
    pub source: Source,
}

/// Reports each stream whose `valid` depends on its `ready` within a cycle. The logic is finished.
pub(crate) fn check(module: &Module, logic: &Logic) {
    let found = {
        let state = module.state();
        if state.producers.is_empty() {
            return;
        }
        let graph = Graph::new(module.design(), logic);
        let blocks = state.producers.chunks(64).flat_map(|block| waiting(&graph, logic, block));
        blocks.map(|producer| report(module, &graph, logic, producer)).collect::<Vec<_>>()
    };
    for (source, message, notes) in found {
        module.error(source, message, notes);
    }
}

/// Of up to 64 streams, those whose `valid` depends on their `ready`.
fn waiting<'a>(graph: &Graph, logic: &Logic, block: &'a [Producer]) -> Vec<&'a Producer> {
    let start = |op: &Op| {
        let bits = block.iter().enumerate().filter(|(_, producer)| producer.is_ready(op));
        bits.fold(0, |bits, (bit, _)| bits | 1 << bit)
    };
    let reached = graph.reached(logic, start);
    let waits = |(bit, producer): &(usize, &Producer)| {
        let driver = producer.valid_driver(logic).filter(|_| !producer.is_in_step);
        driver.is_some_and(|id| reached[id.index()] >> bit & 1 == 1)
    };
    block.iter().enumerate().filter(waits).map(|(_, producer)| producer).collect()
}

impl Producer {
    fn is_ready(&self, op: &Op) -> bool {
        match (self.instance, op) {
            (None, Op::Input(port)) => *port == self.ready,
            (Some(of), Op::InstanceOutput { instance, port }) => (*instance, *port) == (of, self.ready),
            _ => false,
        }
    }

    fn valid_driver(&self, logic: &Logic) -> Option<NodeId> {
        let drivers = match self.instance {
            None => &logic.outputs,
            Some(instance) => &logic.instances[instance].inputs,
        };
        drivers.iter().find(|(port, _)| *port == self.valid).map(|(_, id)| *id)
    }

    fn port(&self, module: &Module, logic: &Logic, port: usize) -> String {
        match self.instance {
            None => format!("`{}`", module.state().ports[port].port.name),
            Some(instance) => {
                let instance = &logic.instances[instance];
                let child = module.design().finished(instance.module);
                format!("`{}` of instance `{}`", child.def.ports[port].port.name, instance.name)
            }
        }
    }
}

fn report(
    module: &Module,
    graph: &Graph,
    logic: &Logic,
    producer: &Producer,
) -> (Source, String, Vec<String>) {
    let [valid, ready] = [producer.valid, producer.ready].map(|port| producer.port(module, logic, port));
    let message = format!("{valid} depends on {ready} in the same cycle");
    let mut notes = vec!["a producer must not wait for `ready`; a consumer may wait for `valid`".into()];
    if producer.instance.is_some() {
        notes.push("if the stream takes its beats in step with others, mark it with `.in_step()`".into());
    }
    let is_ready = |node: &Node| producer.is_ready(&node.op);
    let from = logic.nodes.iter().position(is_ready).map(|index| NodeId(index as u32));
    let path = from.zip(producer.valid_driver(logic)).and_then(|(from, to)| graph.path(from, to));
    notes.extend(loops::path_lines(module.design(), logic, &path.unwrap_or_default()));
    (producer.source, message, notes)
}
