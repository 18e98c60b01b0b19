//! The instance tree: one scope for every instance, with its own copy of the module's nodes.

use super::Kept;
use super::claims::Names;
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
    /// What the scopes before this one have, and what the instances that were kept have besides.
    pub before: Counts,
    pub kept_before: Counts,
    nodes_before: u32,
    children: Vec<Child>,
    /// For each port the node that drives it: for an input, one of the parent.
    port_drivers: Vec<Option<RawId>>,
}

/// What an instance in the logic of a scope became.
#[derive(Clone, Copy)]
enum Child {
    /// A scope of its own.
    Scope(usize),
    /// One of the instances that were kept whole.
    Kept(usize),
}

/// An instance that was kept whole.
pub(super) struct KeptScope {
    /// Instance names joined by dots.
    pub path: String,
    /// Index of its module.
    pub module: usize,
    /// For each input port of its module the node that drives it.
    pub drivers: Vec<Option<RawId>>,
    /// What there is in the whole design before it.
    pub before: Counts,
}

/// How many registers, memories and properties there are in a part of a design.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Registers.
    pub registers: usize,
    /// Memories.
    pub memories: usize,
    /// Assertions, assumptions and cover points.
    pub properties: usize,
}

impl Counts {
    /// The counts of a module and everything below it.
    fn of(netlist: &Netlist, module: &ModuleDef) -> Counts {
        let Body::Logic(logic) = &module.body else { return Counts::default() };
        let own = Counts::of_logic(logic);
        let below = logic.instances.iter().map(|child| Counts::of(netlist, &netlist.modules[child.module]));
        below.fold(own, Counts::plus)
    }

    fn of_logic(logic: &Logic) -> Counts {
        Counts {
            registers: logic.registers.len(),
            memories: logic.memories.len(),
            properties: logic.properties.len(),
        }
    }

    fn plus(self, more: Counts) -> Counts {
        Counts {
            registers: self.registers + more.registers,
            memories: self.memories + more.memories,
            properties: self.properties + more.properties,
        }
    }
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
    pub kept: Vec<KeptScope>,
    scope_of_node: Vec<u32>,
    counts: Counts,
    kept_counts: Counts,
    keep: &'a Kept,
}

impl<'a> Scopes<'a> {
    /// The scopes of a module, and of the instances below it except those of modules in `keep`.
    pub fn of(netlist: &'a Netlist, module: &'a ModuleDef, keep: &'a Kept) -> Result<Scopes<'a>, BuildError> {
        let mut scopes = Scopes {
            all: vec![],
            kept: vec![],
            scope_of_node: vec![],
            counts: Counts::default(),
            kept_counts: Counts::default(),
            keep,
        };
        scopes.add(netlist, module, String::new(), vec![None; module.ports.len()])?;
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

    /// The node whose value this one merely passes on, or `None` if it computes its own.
    pub fn alias(&self, raw: RawId) -> Result<Option<RawId>, BuildError> {
        let scope = self.scope(raw);
        match self.node(raw).op {
            Op::Wire(Some(driver)) => Ok(Some(scope.raw(driver))),
            Op::Wire(None) => Err(BuildError::Undriven { path: self.describe(raw) }),
            Op::Input(port) if !scope.is_top => scope.port_driver(port).map(Some),
            Op::InstanceOutput { instance, port } => match scope.children[instance] {
                Child::Scope(child) => self.all[child].port_driver(port).map(Some),
                Child::Kept(_) => Ok(None),
            },
            Op::Input(_) | Op::Clock | Op::Const(_) | Op::Register(_) | Op::MemoryRead { .. } => Ok(None),
            Op::Not(_) | Op::Binary(..) | Op::Reduce(..) | Op::Mux { .. } | Op::Case { .. } => Ok(None),
            Op::Concat(_) | Op::Slice { .. } => Ok(None),
        }
    }

    /// What a node that is not an alias computes its value from.
    pub fn sources(&self, raw: RawId) -> Result<Vec<RawId>, BuildError> {
        let scope = self.scope(raw);
        let op = &self.node(raw).op;
        let Op::InstanceOutput { instance, port } = *op else {
            return Ok(op.operands().into_iter().map(|id| scope.raw(id)).collect());
        };
        let kept = &self.kept[self.kept_index(scope, instance)];
        self.keep[&kept.module][port].iter().map(|input| self.input_driver(scope, instance, *input)).collect()
    }

    /// The index among those kept of an instance in a scope's logic.
    pub fn kept_index(&self, scope: &Scope, instance: usize) -> usize {
        match scope.children[instance] {
            Child::Kept(index) => index,
            Child::Scope(_) => unreachable!("the outputs of a dissolved instance are aliases"),
        }
    }

    fn input_driver(&self, scope: &Scope, instance: usize, port: usize) -> Result<RawId, BuildError> {
        let kept = &self.kept[self.kept_index(scope, instance)];
        let path = || scope.path_of(&scope.logic.instances[instance].name);
        kept.drivers[port].ok_or_else(|| BuildError::Undriven { path: path() })
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
            before: self.counts,
            kept_before: self.kept_counts,
            nodes_before: self.node_count(),
            children: vec![],
            port_drivers: input_drivers,
            is_top: index == 0,
            path,
        });
        self.counts = self.counts.plus(Counts::of_logic(logic));
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
            let child = match self.keep.contains_key(&instance.module) {
                true => Child::Kept(self.keep_whole(netlist, path, instance.module, drivers)),
                false => Child::Scope(self.add(netlist, child, path, drivers)?),
            };
            self.all[index].children.push(child);
        }
        Ok(index)
    }

    /// Adds an instance that is kept whole; returns its index among those.
    fn keep_whole(
        &mut self,
        netlist: &Netlist,
        path: String,
        module: usize,
        drivers: Vec<Option<RawId>>,
    ) -> usize {
        let before = self.counts.plus(self.kept_counts);
        self.kept_counts = self.kept_counts.plus(Counts::of(netlist, &netlist.modules[module]));
        self.kept.push(KeptScope { path, module, drivers, before });
        self.kept.len() - 1
    }
}

/// A name below a path.
pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.into() } else { format!("{path}.{name}") }
}
