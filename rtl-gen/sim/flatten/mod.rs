//! One flat netlist from a hierarchy of modules.

mod boxes;
mod claims;
mod decision;
mod names;
mod order;
mod scope;

use crate::BuildError;
use crate::memory_ports;
use crate::simulator::{SignalId, SignalInfo};
use hdl::netlist::{Clocking, Memory, ModuleDef, Netlist, Node, NodeId, Property, Register};
use hdl::{Direction, Port};
use order::Ordered;
use scope::{KeptScope, RawId, Scope, Scopes};
use std::collections::HashMap;

pub(crate) use boxes::{OpenBox, black_boxes, open};
pub use scope::Counts;
pub(crate) use scope::join;

/// The modules whose instances are kept whole, by index; for each of their ports the input ports that it
/// follows within a cycle.
pub type Kept = HashMap<usize, Vec<Vec<usize>>>;

/// A design without hierarchy, wires or aliases: what is left to compute.
///
/// The nodes are in topological order. None of them is an [`Op::Wire`](hdl::netlist::Op::Wire) or an
/// [`Op::Case`](hdl::netlist::Op::Case), which becomes multiplexers, and an
/// [`Op::Input`](hdl::netlist::Op::Input) is an index into [`ports`](Flat::ports). Names are paths: instance
/// names joined by dots.
#[derive(Clone, Debug)]
pub struct Flat {
    /// Name of the top module.
    pub top: String,
    /// Clock and reset of every register.
    pub clocking: Clocking,
    /// True if there is something that the clock drives.
    pub has_clock: bool,
    /// True if the reset is a port: the first one.
    pub has_reset: bool,
    /// The ports, without the clock.
    pub ports: Vec<Port>,
    /// The combinational graph.
    pub nodes: Vec<Node>,
    /// The registers.
    pub registers: Vec<Register>,
    /// The memories.
    pub memories: Vec<Memory>,
    /// Assertions, assumptions and cover points.
    pub properties: Vec<Property>,
    /// What drives each output port: (index of the port, node).
    pub outputs: Vec<(usize, NodeId)>,
    /// The instances that were kept whole; [`Op::InstanceOutput`](hdl::netlist::Op::InstanceOutput) refers to
    /// one. None if the hierarchy is dissolved altogether.
    pub instances: Vec<KeptInstance>,
    /// The numbers of registers, memories and properties in the whole design, which has those of the kept
    /// instances too.
    pub numbers: Numbers,
    /// The named signals and the ports of instances; an id is the index of a node. None if instances are kept.
    pub signals: Vec<SignalInfo>,
}

/// An instance that was kept whole.
#[derive(Clone, Debug)]
pub struct KeptInstance {
    /// Instance names joined by dots.
    pub path: String,
    /// Index of its module in the netlist.
    pub module: usize,
    /// What drives each input: (index of the port, node).
    pub inputs: Vec<(usize, NodeId)>,
    /// What there is in the whole design before it.
    pub before: Counts,
}

/// For each register, memory and property of a [`Flat`] its number in the whole design.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// Of registers.
    pub registers: Vec<usize>,
    /// Of memories.
    pub memories: Vec<usize>,
    /// Of properties.
    pub properties: Vec<usize>,
}

/// Dissolves the hierarchy. An error names what cannot be simulated.
pub fn flatten(netlist: &Netlist) -> Result<Flat, BuildError> {
    flatten_but(netlist, &Kept::new())
}

/// Dissolves the hierarchy, and removes the black boxes.
pub(crate) fn flatten_open(netlist: &Netlist) -> Result<(Flat, Vec<OpenBox>), BuildError> {
    open(netlist, flatten_but(netlist, &black_boxes(netlist))?)
}

/// Dissolves the hierarchy, except the instances of modules in `kept`.
fn flatten_but(netlist: &Netlist, kept: &Kept) -> Result<Flat, BuildError> {
    let netlist = &*memory_ports::plain(netlist);
    let scopes = Scopes::of(netlist, netlist.top(), kept)?;
    let ordered = order::topological(&scopes)?;
    let place = |raw: RawId| ordered.place[raw.index()];
    let signal = |named: names::Named| SignalInfo {
        path: named.path,
        width: named.width,
        id: SignalId(place(named.raw).0),
    };
    let signals = names::of(&scopes, place).into_iter().map(signal).collect();
    Ok(Flat { signals, ..flat(netlist, &scopes, ordered)? })
}

/// Dissolves the hierarchy below a module of a netlist without masks and undefined collisions, except the instances of
/// modules in `kept`.
pub fn flatten_around(netlist: &Netlist, module: &ModuleDef, kept: &Kept) -> Result<Flat, BuildError> {
    let scopes = Scopes::of(netlist, module, kept)?;
    let ordered = order::topological(&scopes)?;
    flat(netlist, &scopes, ordered)
}

/// All but the signals.
fn flat(netlist: &Netlist, scopes: &Scopes, ordered: Ordered) -> Result<Flat, BuildError> {
    let place = |raw: RawId| ordered.place[raw.index()];
    let top = scopes.top();
    let reset_ports = top.module.uses_reset as usize;
    let output = |(port, raw): (usize, RawId)| (port + reset_ports, place(raw));
    Ok(Flat {
        top: top.module.name.clone(),
        clocking: netlist.clocking.clone(),
        has_clock: top.module.uses_clock,
        has_reset: top.module.uses_reset,
        ports: ports(scopes, netlist),
        registers: collect(scopes, |scope| registers(scope, place)),
        memories: collect(scopes, |scope| memories(scope, place)),
        properties: collect(scopes, |scope| properties(scope, place)),
        outputs: outputs(top)?.into_iter().map(output).collect(),
        instances: scopes.kept.iter().map(|kept| instance(kept, place)).collect(),
        numbers: numbers(scopes),
        signals: vec![],
        nodes: ordered.nodes,
    })
}

fn instance(kept: &KeptScope, place: impl Fn(RawId) -> NodeId) -> KeptInstance {
    let inputs = kept.drivers.iter().enumerate();
    let inputs = inputs.filter_map(|(port, driver)| Some((port, place((*driver)?)))).collect();
    KeptInstance { path: kept.path.clone(), module: kept.module, inputs, before: kept.before }
}

fn numbers(scopes: &Scopes) -> Numbers {
    let mut numbers = Numbers::default();
    for scope in &scopes.all {
        let Scope { logic, before, kept_before, .. } = scope;
        let from = |before: usize, kept: usize, count: usize| before + kept..before + kept + count;
        numbers.registers.extend(from(before.registers, kept_before.registers, logic.registers.len()));
        numbers.memories.extend(from(before.memories, kept_before.memories, logic.memories.len()));
        numbers.properties.extend(from(before.properties, kept_before.properties, logic.properties.len()));
    }
    numbers
}

fn collect<T>(scopes: &Scopes, part: impl Fn(&Scope) -> Vec<T>) -> Vec<T> {
    scopes.all.iter().flat_map(part).collect()
}

fn ports(scopes: &Scopes, netlist: &Netlist) -> Vec<Port> {
    let reset = Port { name: netlist.clocking.reset.clone(), width: 1, direction: Direction::Input };
    let module = scopes.top().module;
    let declared = module.ports.iter().map(|def| def.port.clone());
    module.uses_reset.then_some(reset).into_iter().chain(declared).collect()
}

fn outputs(top: &Scope) -> Result<Vec<(usize, RawId)>, BuildError> {
    let ports = top.module.ports.iter().enumerate();
    let outputs = ports.filter(|(_, def)| def.port.direction == Direction::Output);
    outputs.map(|(index, _)| Ok((index, top.port_driver(index)?))).collect()
}

fn registers(scope: &Scope, place: impl Fn(RawId) -> NodeId) -> Vec<Register> {
    let place = |id: NodeId| place(scope.raw(id));
    let flat = |register: &Register| Register {
        output: place(register.output),
        next: register.next.map(place),
        enable: register.enable.map(place),
        reset: register.reset.clone(),
        collision: register.collision,
    };
    scope.logic.registers.iter().map(flat).collect()
}

fn memories(scope: &Scope, place: impl Fn(RawId) -> NodeId) -> Vec<Memory> {
    let place = |id: NodeId| place(scope.raw(id));
    let flat = |memory: &Memory| {
        let mut memory = Memory { name: scope.path_of(&memory.name), ..memory.clone() };
        for write in &mut memory.writes {
            debug_assert!(write.mask.is_none(), "the ports of `{}` are not plain", memory.name);
            *write = write.map_operands(place);
        }
        memory
    };
    scope.logic.memories.iter().map(flat).collect()
}

fn properties(scope: &Scope, place: impl Fn(RawId) -> NodeId) -> Vec<Property> {
    let flat = |property: &Property| Property {
        name: scope.path_of(&property.name),
        condition: place(scope.raw(property.condition)),
        ..property.clone()
    };
    scope.logic.properties.iter().map(flat).collect()
}
