//! One flat netlist from a hierarchy of modules.

mod names;
mod order;
mod scope;

use crate::BuildError;
use crate::simulator::{SignalId, SignalInfo};
use hdl::netlist::{Clocking, Memory, Netlist, Node, NodeId, Property, Register};
use hdl::{Direction, Port};
use scope::{RawId, Scope, Scopes};

/// A design without hierarchy, wires or aliases: what is left to compute.
///
/// The nodes are in topological order. None of them is an [`Op::Wire`](hdl::netlist::Op::Wire) or an
/// [`Op::InstanceOutput`](hdl::netlist::Op::InstanceOutput), and an [`Op::Input`](hdl::netlist::Op::Input)
/// is an index into [`ports`](Flat::ports). Names are paths: instance names joined by dots.
#[derive(Clone, Debug)]
pub struct Flat {
    /// Name of the top module.
    pub top: String,
    /// Clock and reset of every register.
    pub clocking: Clocking,
    /// True where there is something that the clock drives.
    pub has_clock: bool,
    /// True where the reset is a port: the first one.
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
    /// The named signals and the ports of instances; an id is the index of a node.
    pub signals: Vec<SignalInfo>,
}

/// Dissolves the hierarchy. An error names what cannot be simulated.
pub fn flatten(netlist: &Netlist) -> Result<Flat, BuildError> {
    let scopes = Scopes::of(netlist)?;
    let ordered = order::topological(&scopes)?;
    let place = |raw: RawId| ordered.place[raw.index()];
    let top = scopes.top();
    let reset_ports = top.module.uses_reset as usize;
    let output = |(port, raw): (usize, RawId)| (port + reset_ports, place(raw));
    let signal = |named: names::Named| SignalInfo {
        path: named.path,
        width: named.width,
        id: SignalId(place(named.raw).0),
    };
    Ok(Flat {
        top: top.module.name.clone(),
        clocking: netlist.clocking.clone(),
        has_clock: top.module.uses_clock,
        has_reset: top.module.uses_reset,
        ports: ports(&scopes, netlist),
        registers: collect(&scopes, |scope| registers(scope, place)),
        memories: collect(&scopes, |scope| memories(scope, place)),
        properties: collect(&scopes, |scope| properties(scope, place)),
        outputs: outputs(top)?.into_iter().map(output).collect(),
        signals: names::of(&scopes, place).into_iter().map(signal).collect(),
        nodes: ordered.nodes,
    })
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
    };
    scope.logic.registers.iter().map(flat).collect()
}

fn memories(scope: &Scope, place: impl Fn(RawId) -> NodeId) -> Vec<Memory> {
    let place = |id: NodeId| place(scope.raw(id));
    let flat = |memory: &Memory| {
        let mut memory = Memory { name: scope.path_of(&memory.name), ..memory.clone() };
        for write in &mut memory.writes {
            write.enable = place(write.enable);
            write.address = place(write.address);
            write.data = place(write.data);
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
