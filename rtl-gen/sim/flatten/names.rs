//! The paths of named signals, each given once.

use super::claims::Names;
use super::scope::{RawId, Scope, Scopes};
use hdl::netlist::{NodeId, Op};
use std::collections::HashMap;

/// A name for a node's value.
pub(super) struct Named {
    pub path: String,
    pub width: u32,
    pub raw: RawId,
}

/// The ports of every instance and the named nodes, scope by scope.
///
/// The top module's own ports are not among them, nor a node that only gives a port its value under the
/// port's own name. `place` tells which nodes have one value.
pub(super) fn of(scopes: &Scopes, place: impl Fn(RawId) -> NodeId) -> Vec<Named> {
    let mut named = vec![];
    for scope in &scopes.all {
        let mut names = Names::default();
        named.extend(ports(scope, &mut names));
        named.extend(nodes(scope, &mut names, &place));
    }
    named
}

fn ports(scope: &Scope, names: &mut Names) -> Vec<Named> {
    let mut named = vec![];
    for (index, def) in scope.module.ports.iter().enumerate() {
        let path = scope.path_of(&names.claim(&def.port.name));
        if let (false, Ok(raw)) = (scope.is_top, scope.port_driver(index)) {
            named.push(Named { path, width: def.port.width, raw });
        }
    }
    named
}

fn nodes(scope: &Scope, names: &mut Names, place: impl Fn(RawId) -> NodeId) -> Vec<Named> {
    let ports = scope.module.ports.iter().enumerate();
    let ports: HashMap<&str, usize> = ports.map(|(index, def)| (&*def.port.name, index)).collect();
    let is_port = |name: &str, raw: RawId| {
        let driver = ports.get(name).and_then(|port| scope.port_driver(*port).ok());
        driver.is_some_and(|driver| place(driver) == place(raw))
    };
    let mut named = vec![];
    for (id, node) in (0..).map(NodeId).zip(&scope.logic.nodes) {
        let (Some(name), raw) = (&node.name, scope.raw(id)) else { continue };
        if !matches!(node.op, Op::Input(_)) && !is_port(name, raw) {
            named.push(Named { path: scope.path_of(&names.claim(name)), width: node.width, raw });
        }
    }
    named
}
