//! Builds the plan of a module from its netlist.

use crate::Options;
use crate::analysis::{Analysis, Section};
use crate::expr::{Expr, SignalId};
use crate::names::Names;
use crate::nesting::Form;
use crate::plan::{Clocking, Item, Kind, Plan, Signal, Statements, Unread};
use crate::unread;
use hdl::netlist::{Logic, ModuleDef, Netlist, NodeId, Op};
use hdl::{Direction, Source};

/// The place of an item: at a node, before or after the node's own declaration.
pub(crate) type Place = (usize, Order);

/// The order of items at one node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    Memory,
    Operand,
    Node,
    Instance,
}

/// A plan under construction.
pub(crate) struct Builder<'a> {
    pub netlist: &'a Netlist,
    pub module: &'a ModuleDef,
    pub logic: &'a Logic,
    pub analysis: Analysis<'a>,
    pub names: Names,
    pub signals: Vec<Draft>,
    /// The ports' signals, by index of the port.
    pub ports: Vec<SignalId>,
    pub clocking: Clocking,
    /// The signal that carries a node's value.
    pub carrier: Vec<Option<SignalId>>,
    /// The expression of a node without a name.
    pub inline: Vec<Option<Expr>>,
    main: Vec<(Place, Item)>,
    formal: Vec<(Place, Item)>,
}

/// A signal whose name may still be open: temporaries are numbered in the order of printing.
pub(crate) struct Draft {
    pub name: Option<String>,
    pub width: u32,
    pub kind: Kind,
    pub source: Option<Source>,
}

/// The plan of `module`, whose body is `logic`.
pub(crate) fn plan(netlist: &Netlist, module: &ModuleDef, logic: &Logic, options: &Options) -> Plan {
    let mut builder = Builder::new(netlist, module, logic, options);
    builder.name_nodes();
    let memories = builder.place_memories();
    for index in 0..logic.nodes.len() {
        builder.build(NodeId(index as u32));
    }
    builder.place_instances();
    let (main, formal) = (builder.clocked(Section::Main), builder.clocked(Section::Formal));
    let outputs = builder.outputs();
    let properties = builder.properties();
    builder.finish(memories, [main, formal], outputs, properties)
}

impl<'a> Builder<'a> {
    fn new(netlist: &'a Netlist, module: &'a ModuleDef, logic: &'a Logic, options: &Options) -> Builder<'a> {
        let clocking = &netlist.clocking;
        let count = logic.nodes.len();
        let mut builder = Builder {
            netlist,
            module,
            logic,
            analysis: Analysis::new(logic, clocking.style, options.prettify),
            names: Names::default(),
            signals: vec![],
            ports: vec![],
            clocking: Clocking { clock: None, reset: None, style: clocking.style, active: clocking.active },
            carrier: vec![None; count],
            inline: vec![None; count],
            main: vec![],
            formal: vec![],
        };
        builder.names.reserve(&module.name);
        builder.clocking.clock =
            module.uses_clock.then(|| builder.port(&clocking.clock, 1, Kind::Input, None));
        builder.clocking.reset =
            module.uses_reset.then(|| builder.port(&clocking.reset, 1, Kind::Input, None));
        for def in &module.ports {
            let kind = match def.port.direction {
                Direction::Input => Kind::Input,
                Direction::Output => Kind::Output { is_register: false },
            };
            let id = builder.port(&def.port.name, def.port.width, kind, Some(def.source));
            builder.ports.push(id);
        }
        builder
    }

    fn port(&mut self, name: &str, width: u32, kind: Kind, source: Option<Source>) -> SignalId {
        self.names.reserve(name);
        self.declare(Some(name.into()), width, kind, source)
    }

    /// A new signal; without a name it becomes a temporary.
    pub fn declare(
        &mut self,
        name: Option<String>,
        width: u32,
        kind: Kind,
        source: Option<Source>,
    ) -> SignalId {
        self.signals.push(Draft { name, width, kind, source });
        SignalId(self.signals.len() - 1)
    }

    /// Adds an item at `place`.
    pub fn place(&mut self, section: Section, place: Place, item: Item) {
        match section {
            Section::Main => self.main.push((place, item)),
            Section::Formal => self.formal.push((place, item)),
        }
    }

    /// Chooses the signal of every node that the analysis gives a name.
    fn name_nodes(&mut self) {
        let by_output = self.nodes_carried_by_outputs();
        for (index, output) in by_output.into_iter().enumerate() {
            let id = NodeId(index as u32);
            if self.analysis.section(id).is_some() && self.analysis.is_named(id) {
                self.carrier[index] = Some(match output {
                    Some(port) => self.carry_by_output(id, port),
                    None => self.carry(id),
                });
            }
        }
    }

    /// For each node, the output port that can carry it: the first one it drives, if the node has no name of its own or
    /// that of the port.
    fn nodes_carried_by_outputs(&self) -> Vec<Option<usize>> {
        let mut by_output = vec![None; self.logic.nodes.len()];
        for (port, id) in &self.logic.outputs {
            let root = self.analysis.root(*id);
            let node = &self.logic.nodes[root.index()];
            let is_free = match (&node.op, &node.name) {
                (Op::Input(_) | Op::Clock | Op::Const(_), _) => false,
                (_, None) => true,
                (_, Some(name)) => *name == self.module.ports[*port].port.name,
            };
            if is_free {
                by_output[root.index()].get_or_insert(*port);
            }
        }
        by_output
    }

    fn carry_by_output(&mut self, id: NodeId, port: usize) -> SignalId {
        let signal = self.ports[port];
        if self.is_variable(id) {
            self.signals[signal.0].kind = Kind::Output { is_register: true };
        }
        signal
    }

    /// True for a node that an `always` block drives.
    fn is_variable(&self, id: NodeId) -> bool {
        let is_register = matches!(self.logic.nodes[id.index()].op, Op::Register(_));
        is_register || self.analysis.form(id) == Form::Block
    }

    fn carry(&mut self, id: NodeId) -> SignalId {
        let node = &self.logic.nodes[id.index()];
        let (kind, default) = match &node.op {
            Op::Input(port) => return self.ports[*port],
            Op::Clock => return self.clock(),
            Op::Const(_) => (Kind::Constant, None),
            Op::Register(_) => (Kind::Register, None),
            Op::Case { .. } if self.is_variable(id) => (Kind::Register, None),
            Op::InstanceOutput { instance, port } => (Kind::Wire, Some(self.output_name(*instance, *port))),
            Op::Not(_) | Op::Binary(..) | Op::Reduce(..) | Op::Mux { .. } | Op::Case { .. } => {
                (Kind::Wire, None)
            }
            Op::Concat(_) | Op::Slice { .. } | Op::Wire(_) | Op::MemoryRead { .. } => (Kind::Wire, None),
        };
        let name = node.name.clone().or(default).map(|name| self.names.claim(&name));
        self.declare(name, node.width, kind, Some(node.source))
    }

    /// The clock's signal. Only the body of a clocked module mentions it.
    pub fn clock(&self) -> SignalId {
        self.clocking.clock.expect("a module that mentions its clock has one")
    }

    /// The name of an instance's output where the user gave it none.
    pub fn output_name(&self, instance: usize, port: usize) -> String {
        let instance = &self.logic.instances[instance];
        let port = &self.netlist.modules[instance.module].ports[port].port;
        format!("{}_{}", instance.name, port.name)
    }

    fn finish(
        mut self,
        memories: Vec<String>,
        clocked: [Statements; 2],
        outputs: Vec<(SignalId, Expr)>,
        properties: Vec<crate::plan::Property>,
    ) -> Plan {
        let [mut main, mut formal] = clocked;
        main.items = in_order(std::mem::take(&mut self.main));
        formal.items = in_order(std::mem::take(&mut self.formal));
        for item in main.items.iter().chain(&formal.items) {
            if let Item::Signal(id, _) | Item::Block(id, _) = item
                && self.signals[id.0].name.is_none()
            {
                self.signals[id.0].name = Some(self.names.temporary());
            }
        }
        let signals = self.signals.into_iter().map(|draft| Signal {
            name: draft.name.expect("every signal is a port or declared by an item"),
            width: draft.width,
            kind: draft.kind,
            source: draft.source,
        });
        let mut plan = Plan {
            signals: signals.collect(),
            memories,
            clocking: self.clocking,
            main,
            formal,
            outputs,
            properties,
            unread: None,
        };
        let parts = unread::find(&plan);
        if !parts.is_empty() {
            plan.unread = Some(Unread { name: self.names.claim("_unused"), parts });
        }
        plan
    }
}

fn in_order(mut items: Vec<(Place, Item)>) -> Vec<Item> {
    items.sort_by_key(|(place, _)| *place);
    items.into_iter().map(|(_, item)| item).collect()
}
