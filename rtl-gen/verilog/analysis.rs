//! Facts about a module's logic that are needed before its expressions are built: which nodes are aliases, which belong
//! to the formal section, how often each is read, and which need a name.

use crate::nesting::{Form, Nesting, is_complete};
use hdl::netlist::{BinaryOp, Collision, Logic, MemoryWrite, NodeId, Op, Register, State};
use hdl::{ResetStyle, bit_length};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The section of the module's text that a statement belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    /// The module proper.
    Main,
    /// Logic that only properties read, under `` `ifdef FORMAL ``.
    Formal,
}

/// Registers that load under the same conditions.
pub(crate) struct Group {
    pub section: Section,
    pub enable: Option<NodeId>,
    /// True if a reset port resets the registers.
    pub is_reset: bool,
    pub registers: Vec<usize>,
}

/// The facts, by node.
pub(crate) struct Analysis<'a> {
    logic: &'a Logic,
    prettify: bool,
    section: Vec<Option<Section>>,
    memory_section: Vec<Option<Section>>,
    uses: Vec<u32>,
    /// True if bits of the node are selected, which Verilog allows only for a named signal.
    is_sliced: Vec<bool>,
    is_named: Vec<bool>,
    /// How often each node is the word of a read port.
    ports: Vec<u32>,
    pub(super) nesting: Nesting,
    pub groups: Vec<Group>,
}

/// Verilator shifts by amounts of at most this many bits.
const MAX_SHIFT_AMOUNT: u32 = 32;

/// The width that a shift amount too wide to print is cut to: enough to shift out everything.
pub(crate) fn cut_shift_amount(value_width: u32, amount_width: u32) -> Option<u32> {
    (amount_width > MAX_SHIFT_AMOUNT).then(|| bit_length(value_width as u128))
}

impl<'a> Analysis<'a> {
    pub fn new(logic: &'a Logic, style: ResetStyle, prettify: bool) -> Analysis<'a> {
        let count = logic.nodes.len();
        let mut analysis = Analysis {
            logic,
            prettify,
            section: vec![None; count],
            memory_section: vec![None; logic.memories.len()],
            uses: vec![0; count],
            is_sliced: vec![false; count],
            is_named: vec![false; count],
            ports: vec![0; count],
            nesting: Nesting::default(),
            groups: vec![],
        };
        let instance_inputs = logic.instances.iter().flat_map(|instance| &instance.inputs);
        analysis.reach(logic.outputs.iter().chain(instance_inputs).map(|(_, id)| *id), Section::Main);
        analysis.reach(logic.properties.iter().map(|property| property.condition), Section::Formal);
        analysis.group_registers(style);
        analysis.count_uses();
        analysis.find_forms(&analysis.next_values());
        analysis.choose_names();
        analysis
    }

    /// The node that computes the value of `id`: unnamed aliases are looked through.
    pub fn root(&self, id: NodeId) -> NodeId {
        let mut id = id;
        while let (Op::Wire(Some(driver)), None) = (&self.logic.nodes[id.index()].op, &self.name(id)) {
            id = *driver;
        }
        id
    }

    /// The node that an unnamed slice selects from, and the bits it takes there.
    pub fn selection(&self, of: NodeId, high: u32, low: u32) -> (NodeId, u32, u32) {
        let (mut base, mut offset) = (self.root(of), 0);
        while let (Op::Slice { of, low, .. }, false) =
            (&self.logic.nodes[base.index()].op, self.is_slice_named(base))
        {
            offset += low;
            base = self.root(*of);
        }
        (base, high + offset, low + offset)
    }

    /// The section of a node, or `None` if nothing reads it.
    pub fn section(&self, id: NodeId) -> Option<Section> {
        self.section[id.index()]
    }

    /// The section of a memory, or `None` if nothing reads it.
    pub fn memory_section(&self, memory: usize) -> Option<Section> {
        self.memory_section[memory]
    }

    /// True if the node must be a signal or a constant with a name.
    pub fn is_named(&self, id: NodeId) -> bool {
        self.is_named[id.index()]
    }

    pub(super) fn logic(&self) -> &Logic {
        self.logic
    }

    /// True if exactly `readers` readers take all of a node, so that it may be written into them.
    pub(super) fn is_read_by(&self, id: NodeId, readers: u32) -> bool {
        self.prettify && self.uses[id.index()] == readers && !self.is_sliced[id.index()]
    }

    fn name(&self, id: NodeId) -> Option<&str> {
        self.logic.nodes[id.index()].name.as_deref()
    }

    fn is_slice_named(&self, id: NodeId) -> bool {
        !self.prettify || self.name(id).is_some()
    }

    /// Assigns `section` to every node that the roots depend on and that has no section yet.
    fn reach(&mut self, roots: impl Iterator<Item = NodeId>, section: Section) {
        let mut pending: Vec<NodeId> = roots.collect();
        while let Some(id) = pending.pop() {
            if self.section[id.index()].is_some() {
                continue;
            }
            let op = &self.logic.nodes[id.index()].op;
            // An instance is in the main section, so what its ports connect to must be there too.
            let is_connected = matches!(op, Op::InstanceOutput { .. });
            self.section[id.index()] = Some(if is_connected { Section::Main } else { section });
            pending.extend(self.logic.dependencies(id));
            if let Some(State::Memory(memory)) = op.state() {
                self.memory_section[memory].get_or_insert(section);
            }
        }
    }

    fn group_registers(&mut self, style: ResetStyle) {
        let mut places = BTreeMap::new();
        for (index, register) in self.logic.registers.iter().enumerate() {
            let Some(section) = self.section(register.output) else { continue };
            let enable = register.enable.map(|id| self.root(id));
            let is_reset = register.reset.is_some() && style != ResetStyle::None;
            let place = *places.entry((section, enable, is_reset)).or_insert(self.groups.len());
            if place == self.groups.len() {
                self.groups.push(Group { section, enable, is_reset, registers: vec![] });
            }
            self.groups[place].registers.push(index);
        }
    }

    fn count_uses(&mut self) {
        for index in 0..self.logic.nodes.len() {
            if self.section[index].is_some() {
                self.count_operands(NodeId(index as u32));
            }
        }
        let logic = self.logic;
        let memories =
            logic.memories.iter().zip(&self.memory_section).filter(|(_, section)| section.is_some());
        let writes = memories.flat_map(|(memory, _)| &memory.writes);
        let mut read: Vec<NodeId> = writes.flat_map(MemoryWrite::operands).collect();
        read.extend(self.groups.iter().filter_map(|group| group.enable));
        read.extend(self.next_values());
        let registers = self.groups.iter().flat_map(|group| &group.registers);
        let ports: Vec<&Register> =
            registers.map(|&index| &logic.registers[index]).filter(|it| it.collision.is_some()).collect();
        read.extend(logic.instances.iter().flat_map(|instance| instance.inputs.iter().map(|(_, id)| *id)));
        read.extend(logic.outputs.iter().map(|(_, id)| *id));
        read.extend(logic.properties.iter().map(|property| property.condition));
        for register in ports {
            let next = register.next.expect("a finished netlist drives every register");
            let next = self.root(next);
            self.ports[next.index()] += 1;
            read.extend(
                self.colliding(register).flat_map(|(write, address)| [write.enable, write.address, address]),
            );
        }
        read.into_iter().for_each(|id| self.count(id));
    }

    /// For a read port that a write makes undefined: those writes, and the address that is read.
    pub fn colliding(
        &self,
        register: &Register,
    ) -> impl Iterator<Item = (&'a MemoryWrite, NodeId)> + use<'a> {
        let next = register.next.filter(|_| register.collision == Some(Collision::Undefined));
        let read = next.and_then(|next| self.logic.nodes[self.root(next).index()].op.memory_read());
        read.into_iter().flat_map(|(memory, address)| {
            self.logic.memories[memory].writes.iter().map(move |write| (write, address))
        })
    }

    /// True if no read of a memory depends on what a collision with a write returns.
    pub fn is_unchecked(&self, memory: usize) -> bool {
        let reads_it = |id: &NodeId| matches!(self.logic.nodes[id.index()].op, Op::MemoryRead { memory: of, .. } if of == memory);
        let nodes = (0..self.logic.nodes.len() as u32).map(NodeId);
        let mut reads = nodes.filter(|id| self.section(*id).is_some()).filter(reads_it);
        let keeps_old = |register: &Register| {
            let next = register.next.map(|next| self.root(next));
            register.collision == Some(Collision::Old) && next.as_ref().is_some_and(reads_it)
        };
        let is_written = !self.logic.memories[memory].writes.is_empty();
        is_written
            && reads.all(|id| self.uses[id.index()] == self.ports[id.index()])
            && !self.logic.registers.iter().any(keeps_old)
    }

    /// The next values of printed registers.
    fn next_values(&self) -> Vec<NodeId> {
        let registers = self.groups.iter().flat_map(|group| &group.registers);
        registers.filter_map(|&index| self.logic.registers[index].next).collect()
    }

    fn count(&mut self, id: NodeId) {
        let root = self.root(id);
        self.uses[root.index()] += 1;
    }

    fn count_operands(&mut self, id: NodeId) {
        match &self.logic.nodes[id.index()].op {
            // Equal parts in a row are printed once, as `{4{x}}`, and so read once.
            Op::Concat(parts) => {
                let runs = parts.chunk_by(|a, b| self.root(*a) == self.root(*b));
                let firsts: Vec<NodeId> = runs.map(|run| run[0]).collect();
                firsts.into_iter().for_each(|part| self.count(part));
            }
            Op::Slice { of, high, low } => {
                let (base, ..) = self.selection(*of, *high, *low);
                self.count(base);
                self.is_sliced[base.index()] = true;
            }
            Op::Binary(op, a, b) => {
                for sliced in self.sliced_operands(*op, *a, *b) {
                    let sliced = self.root(sliced);
                    self.is_sliced[sliced.index()] = true;
                }
                [*a, *b].into_iter().for_each(|operand| self.count(operand));
            }
            // If the cases cover every value, the default is not printed, and so not read.
            op @ Op::Case { .. } => {
                let operands = op.operands();
                let printed = operands.len() - usize::from(is_complete(self.logic, op));
                operands[..printed].iter().for_each(|operand| self.count(*operand));
            }
            op @ (Op::Not(_) | Op::Reduce(..) | Op::Mux { .. } | Op::Wire(_) | Op::MemoryRead { .. }) => {
                op.operands().into_iter().for_each(|operand| self.count(operand));
            }
            Op::Input(_) | Op::Clock | Op::Const(_) | Op::Register(_) | Op::InstanceOutput { .. } => {}
        }
    }

    /// The operands from which the printed form of an operator selects bits.
    fn sliced_operands(&self, op: BinaryOp, a: NodeId, b: NodeId) -> Vec<NodeId> {
        let [a_width, b_width] = [a, b].map(|id| self.logic.nodes[id.index()].width);
        match op {
            BinaryOp::Shl | BinaryOp::Shr | BinaryOp::ShrSigned => {
                cut_shift_amount(a_width, b_width).map(|_| b).into_iter().collect()
            }
            BinaryOp::RotateLeft | BinaryOp::RotateRight => vec![a, b],
            BinaryOp::MulSigned => match a_width.cmp(&b_width) {
                Ordering::Less => vec![a],
                Ordering::Equal => vec![],
                Ordering::Greater => vec![b],
            },
            BinaryOp::And | BinaryOp::Or | BinaryOp::Xor | BinaryOp::Add | BinaryOp::Sub => vec![],
            BinaryOp::Mul | BinaryOp::Eq | BinaryOp::Lt | BinaryOp::LtSigned => vec![],
        }
    }

    fn choose_names(&mut self) {
        for index in 0..self.logic.nodes.len() {
            let node = &self.logic.nodes[index];
            let is_shared = self.uses[index] > 1 || self.is_sliced[index] || !self.prettify;
            let needs_name = match &node.op {
                Op::Input(_) | Op::Clock | Op::Register(_) | Op::InstanceOutput { .. } => true,
                Op::Const(_) | Op::Wire(_) => false,
                Op::Slice { .. } => !self.prettify,
                // Each read port gets its own clocked block, as tools expect.
                Op::MemoryRead { .. } if self.prettify && self.ports[index] == self.uses[index] => false,
                Op::Case { .. } => match self.form(NodeId(index as u32)) {
                    Form::Expression => is_shared,
                    Form::Block => true,
                    Form::Nested => false,
                },
                // The complement of a one-bit signal is shorter than a name for it.
                Op::Not(inner) if self.prettify && node.width == 1 => {
                    is_shared && !self.is_named(self.root(*inner))
                }
                Op::Not(_) | Op::Binary(..) | Op::Reduce(..) | Op::Mux { .. } => is_shared,
                Op::Concat(_) | Op::MemoryRead { .. } => is_shared,
            };
            self.is_named[index] = node.name.is_some() || needs_name;
        }
    }
}
