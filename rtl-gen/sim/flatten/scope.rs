//! The instance tree: one scope for every instance, with its own copy of the module's nodes.

use super::names::Names;
use crate::BuildError;
use hdl::netlist::{Body, Logic, ModuleDef, Netlist, Node, NodeId, Op};

/// A node of one instance, numbered through the whole tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawId(u32);

impl RawId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One instance of a module.
pub(super) struct Scope<'a> {
    /// Instance names joined by dots; empty for the top.
    pub path: String,
    pub is_top: bool,
    pub module: &'a ModuleDef,
    pub logic: &'a Logic,
    /// How many registers and memories the scopes before this one have.
    pub registers_before: usize,
    pub memories_before: usize,
    nodes_before: u32,
    /// The scope of each instance in the logic.
    children: Vec<usize>,
    /// For each port the node that drives it: for an input, one of the parent.
    port_drivers: Vec<Option<RawId>>,
}

impl Scope<'_> {
    /// The number of a node of this scope.
    pub fn raw(&self, id: NodeId) -> RawId {
        RawId(self.nodes_before + id.0)
    }

    /// The path of something that is called `name` in this scope.
    pub fn path_of(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// The node that drives a port.
    pub fn port_driver(&self, port: usize) -> Result<RawId, BuildError> {
        let undriven = || BuildError::Undriven { path: self.path_of(&self.module.ports[port].port.name) };
        self.port_drivers[port].ok_or_else(undriven)
    }
}

/// All scopes, each before those below it.
pub(super) struct Scopes<'a> {
    pub all: Vec<Scope<'a>>,
    scope_of_node: Vec<u32>,
    registers: usize,
    memories: usize,
}

impl<'a> Scopes<'a> {
    pub fn of(netlist: &'a Netlist) -> Result<Scopes<'a>, BuildError> {
        let mut scopes = Scopes { all: vec![], scope_of_node: vec![], registers: 0, memories: 0 };
        let top = netlist.top();
        scopes.add(netlist, top, String::new(), vec![None; top.ports.len()])?;
        Ok(scopes)
    }

    pub fn top(&self) -> &Scope<'a> {
        &self.all[0]
    }

    /// Number of nodes in all scopes.
    pub fn node_count(&self) -> u32 {
        self.scope_of_node.len() as u32
    }

    /// All nodes of all scopes.
    pub fn nodes(&self) -> impl Iterator<Item = RawId> + use<> {
        (0..self.node_count()).map(RawId)
    }

    pub fn scope(&self, raw: RawId) -> &Scope<'a> {
        &self.all[self.scope_of_node[raw.index()] as usize]
    }

    pub fn node(&self, raw: RawId) -> &'a Node {
        let scope = self.scope(raw);
        &scope.logic.nodes[(raw.0 - scope.nodes_before) as usize]
    }

    /// The node whose value this one merely passes on, or `None` where it computes its own.
    pub fn alias(&self, raw: RawId) -> Result<Option<RawId>, BuildError> {
        let scope = self.scope(raw);
        match self.node(raw).op {
            Op::Wire(Some(driver)) => Ok(Some(scope.raw(driver))),
            Op::Wire(None) => Err(BuildError::Undriven { path: self.describe(raw) }),
            Op::Input(port) if !scope.is_top => scope.port_driver(port).map(Some),
            Op::InstanceOutput { instance, port } => {
                self.all[scope.children[instance]].port_driver(port).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The path of a node and its source line.
    pub fn describe(&self, raw: RawId) -> String {
        let node = self.node(raw);
        let name = node.name.as_deref().unwrap_or("(unnamed)");
        format!("{} at {}", self.scope(raw).path_of(name), node.source)
    }

    /// Adds an instance and those below it; returns the index of its scope.
    fn add(
        &mut self,
        netlist: &'a Netlist,
        module: &'a ModuleDef,
        path: String,
        input_drivers: Vec<Option<RawId>>,
    ) -> Result<usize, BuildError> {
        let Body::Logic(logic) = &module.body else {
            return Err(BuildError::BlackBox { path, module: module.name.clone() });
        };
        let index = self.all.len();
        self.all.push(Scope {
            module,
            logic,
            registers_before: self.registers,
            memories_before: self.memories,
            nodes_before: self.node_count(),
            children: vec![],
            port_drivers: input_drivers,
            is_top: index == 0,
            path,
        });
        self.registers += logic.registers.len();
        self.memories += logic.memories.len();
        self.scope_of_node.extend(logic.nodes.iter().map(|_| index as u32));
        for (port, driver) in &logic.outputs {
            let driver = self.all[index].raw(*driver);
            self.all[index].port_drivers[*port] = Some(driver);
        }
        let mut names = Names::default();
        for instance in &logic.instances {
            let child = &netlist.modules[instance.module];
            let mut drivers = vec![None; child.ports.len()];
            instance.inputs.iter().for_each(|(port, id)| drivers[*port] = Some(self.all[index].raw(*id)));
            let path = self.all[index].path_of(&names.claim(&instance.name));
            let child = self.add(netlist, child, path, drivers)?;
            self.all[index].children.push(child);
        }
        Ok(index)
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.into() } else { format!("{path}.{name}") }
}
