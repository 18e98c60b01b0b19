//! Readers of nodes outside their order: outputs, registers, memories, instances, properties.

use crate::analysis::Section;
use crate::builder::{Builder, Order, Place};
use crate::expr::{Expr, SignalId};
use crate::gathered::Target;
use crate::lower::EXPRESSION_COLUMNS;
use crate::plan::{
    self, Connection, Item, Kind, Lane, MemoryWrites, Property, RegisterGroup, RegisterUpdate, Statements,
    WritePort,
};
use hdl::netlist::{Body, Instance, MemoryWrite, ModuleDef, NodeId, Op};
use hdl::{Bits, Direction, index_width};

/// The columns of an expression in an instance's port list.
const CONNECTION_COLUMNS: usize = 40;

impl Builder<'_> {
    /// The output ports that do not themselves name the node that drives them.
    pub fn outputs(&mut self) -> Vec<(SignalId, Expr)> {
        let outputs = self.logic.outputs.iter().map(|(port, id)| (self.ports[*port], self.operand(*id)));
        outputs.filter(|(port, value)| *value != Expr::signal(*port)).collect()
    }

    /// The registers and memory writes of one section.
    pub fn clocked(&mut self, section: Section) -> Statements {
        let groups = self.analysis.groups.iter().enumerate().filter(|(_, group)| group.section == section);
        let groups: Vec<usize> = groups.map(|(index, _)| index).collect();
        let memories = 0..self.logic.memories.len();
        let memories: Vec<usize> =
            memories.filter(|&memory| self.analysis.memory_section(memory) == Some(section)).collect();
        Statements {
            items: vec![],
            registers: groups.into_iter().map(|group| self.register_group(group)).collect(),
            writes: memories.into_iter().flat_map(|memory| self.memory_writes(memory)).collect(),
        }
    }

    fn register_group(&mut self, index: usize) -> RegisterGroup {
        let group = &self.analysis.groups[index];
        let (enable, is_reset) = (group.enable, group.is_reset);
        let target = |index: &usize| {
            let register = &self.logic.registers[*index];
            Target {
                signal: self.carrier[register.output.index()].expect("a register has a name"),
                own: Some(register.output),
                value: register.next.expect("a finished netlist drives every register"),
                is_clocked: true,
            }
        };
        let targets: Vec<Target> = group.registers.iter().map(target).collect();
        let update = |(target, index): (&Target, &usize)| {
            let register = &self.logic.registers[*index];
            let colliding = self.analysis.colliding(register);
            RegisterUpdate {
                signal: target.signal,
                reset: register.reset.as_ref().map(Expr::constant),
                undefined: colliding.map(|(write, read)| self.hit(write, read)).collect(),
            }
        };
        let registers = targets.iter().zip(&group.registers).map(update).collect();
        let next = self.statements(targets);
        RegisterGroup { enable: enable.map(|id| self.fitted(id)), is_reset, registers, next }
    }

    /// The condition that a write hits the address of a read.
    fn hit(&self, write: &MemoryWrite, read: NodeId) -> Expr {
        let [enable, address, read] = [write.enable, write.address, read].map(|id| self.operand(id));
        match address == read {
            true => enable,
            false => Expr::binary("&", enable, Expr::binary("==", address, read)),
        }
    }

    /// The writes of a memory in blocks: one block for each port if they never meet, else one for all, to keep their
    /// order.
    fn memory_writes(&mut self, memory: usize) -> Vec<MemoryWrites> {
        let writes = &self.logic.memories[memory].writes;
        let mut ports = vec![];
        for write in writes {
            let enable = self.fitted(write.enable);
            let lanes =
                write.mask.map_or(vec![], |mask| self.lanes(write, mask, self.logic.memories[memory].width));
            let address = self.fitted(write.address);
            ports.push(WritePort { enable, address, data: self.operand(write.data), lanes });
        }
        let block = |ports| MemoryWrites { memory, ports };
        match self.logic.memories[memory].never_meet {
            true => ports.into_iter().map(|port| block(vec![port])).collect(),
            false if ports.is_empty() => vec![],
            false => vec![block(ports)],
        }
    }

    /// The lanes of a masked write, the least significant first. Expressions that every lane would repeat get a name.
    fn lanes(&mut self, write: &MemoryWrite, mask: NodeId, width: u32) -> Vec<Lane> {
        self.named(write.address);
        let (mask, data) = (self.named(mask), self.named(write.data));
        let lanes = self.signals[mask.0].width;
        let size = width / lanes;
        let part = |id, high, low| Expr::Signal { id, range: Some((high, low)) };
        let lane = |index: u32| {
            let (high, low) = (size * (index + 1) - 1, size * index);
            Lane { enable: part(mask, index, index), high, low, data: part(data, high, low) }
        };
        (0..lanes).map(lane).collect()
    }

    /// The signal that carries a node, created if needed.
    fn named(&mut self, id: NodeId) -> SignalId {
        let root = self.analysis.root(id);
        self.hoist(root);
        self.carrier[root.index()].expect("what is hoisted has a name")
    }

    /// Names the memories and declares each before the first node that reads it.
    pub fn place_memories(&mut self) -> Vec<String> {
        let mut first_read = vec![0; self.logic.memories.len()];
        for (index, node) in self.logic.nodes.iter().enumerate().rev() {
            if let Op::MemoryRead { memory, .. } = node.op {
                first_read[memory] = index;
            }
        }
        let mut names = vec![];
        for (index, memory) in self.logic.memories.iter().enumerate() {
            let name = self.names.claim(&memory.name);
            if let Some(section) = self.analysis.memory_section(index) {
                let mut item = plan::Memory {
                    name: name.clone(),
                    width: memory.width,
                    depth: memory.depth,
                    contents: memory.contents.clone(),
                    is_unchecked: self.analysis.is_unchecked(index),
                    source: memory.source,
                };
                if memory.writes.is_empty() {
                    fill(&mut item);
                }
                let item = Item::Memory(item);
                self.place(section, (first_read[index], Order::Memory), item);
            }
            names.push(name);
        }
        names
    }

    /// Puts each instance after everything that its port list mentions.
    pub fn place_instances(&mut self) {
        let mut last_mention = vec![0; self.logic.instances.len()];
        let mut outputs: Vec<Vec<(usize, SignalId)>> = vec![vec![]; self.logic.instances.len()];
        for (index, node) in self.logic.nodes.iter().enumerate() {
            if let (Op::InstanceOutput { instance, port }, Some(signal)) = (&node.op, self.carrier[index]) {
                last_mention[*instance] = index;
                outputs[*instance].push((*port, signal));
            }
        }
        for (index, instance) in self.logic.instances.iter().enumerate() {
            let inputs = instance.inputs.iter().map(|(_, id)| self.analysis.root(*id).index());
            let last = inputs.chain([last_mention[index]]).max().unwrap_or(0);
            self.place_instance(index, instance, &outputs[index], (last, Order::Instance));
        }
    }

    fn place_instance(
        &mut self,
        index: usize,
        instance: &Instance,
        read: &[(usize, SignalId)],
        place: Place,
    ) {
        let module = &self.netlist.modules[instance.module];
        let name = self.names.claim(&instance.name);
        let mut connections = self.clocking_of(module);
        for (port, def) in module.ports.iter().enumerate() {
            let is_output = def.port.direction == Direction::Output;
            let value = match is_output {
                true => Some(self.instance_output(index, port, read, place)),
                false => self.instance_input(instance, port),
            };
            let connection = |value| Connection { port: def.port.name.clone(), value, is_output };
            connections.extend(value.map(connection));
        }
        let parameters = match &module.body {
            Body::Logic(_) => vec![],
            Body::BlackBox { parameters } => parameters.clone(),
        };
        let source = instance.source;
        let item = Item::Instance { module: module.name.clone(), parameters, name, connections, source };
        self.place(Section::Main, place, item);
    }

    fn instance_input(&mut self, instance: &Instance, port: usize) -> Option<Expr> {
        let (_, id) = instance.inputs.iter().find(|(input, _)| *input == port)?;
        self.fit(&[*id], CONNECTION_COLUMNS);
        Some(self.operand(*id))
    }

    /// The signal that reads an output, or a wire for an output that nothing reads.
    fn instance_output(
        &mut self,
        index: usize,
        port: usize,
        read: &[(usize, SignalId)],
        place: Place,
    ) -> Expr {
        if let Some((_, signal)) = read.iter().find(|(output, _)| *output == port) {
            return Expr::signal(*signal);
        }
        let instance = &self.logic.instances[index];
        let width = self.netlist.modules[instance.module].ports[port].port.width;
        let wanted = self.output_name(index, port);
        let name = self.names.claim(&wanted);
        let signal = self.declare(Some(name), width, Kind::Wire, Some(instance.source));
        self.place(Section::Main, place, Item::Signal(signal, None));
        Expr::signal(signal)
    }

    /// The clock and reset connections of a child; a black box has its clock among its ports.
    fn clocking_of(&self, child: &ModuleDef) -> Vec<Connection> {
        if matches!(child.body, Body::BlackBox { .. }) {
            return vec![];
        }
        let names = &self.netlist.clocking;
        let clock = self.clocking.clock.filter(|_| child.uses_clock).map(|id| (&names.clock, id));
        let reset = self.clocking.reset.filter(|_| child.uses_reset).map(|id| (&names.reset, id));
        let both = clock.into_iter().chain(reset);
        let connection = |(name, id): (&String, _)| Connection {
            port: name.clone(),
            value: Expr::signal(id),
            is_output: false,
        };
        both.map(connection).collect()
    }

    pub fn properties(&mut self) -> Vec<Property> {
        let properties = &self.logic.properties;
        let mut claimed = vec![];
        for property in properties {
            self.fit(&[property.condition], EXPRESSION_COLUMNS);
            let (label, condition) = (self.names.claim(&property.name), self.operand(property.condition));
            claimed.push(Property { kind: property.kind, label, condition });
        }
        claimed
    }
}

/// Gives a ROM a word at every address, zeros after its contents.
fn fill(rom: &mut plan::Memory) {
    rom.depth = 1 << index_width(rom.depth);
    rom.contents.resize(rom.depth as usize, Bits::zero(rom.width));
}
