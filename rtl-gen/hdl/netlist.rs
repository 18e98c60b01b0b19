//! The netlist: a finished design.
//!
//! A module's nodes form a directed acyclic graph in topological order: an operand of a node always
//! comes before the node. Only registers, memory writes, instance inputs, output ports and properties
//! refer to nodes from outside that order.

use crate::diagnostic::Source;
use crate::enumerated::enumerated;
use crate::{Bits, Direction, Port};

pub use crate::operator::{BinaryOp, OperatorKind, ReduceOp, rotation_stages};

/// A node's index in [`Logic::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A design: its modules, children before parents, the top one last.
#[derive(Clone, Debug)]
pub struct Netlist {
    /// The modules; an [`Instance`] refers to one by its index here.
    pub modules: Vec<ModuleDef>,
    /// Clock and reset of every register.
    pub clocking: Clocking,
}

impl Netlist {
    /// The module at the root of the hierarchy.
    pub fn top(&self) -> &ModuleDef {
        self.modules.last().expect("a netlist has a top module")
    }
}

/// The clock and the reset, one choice for the whole design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clocking {
    /// Port name of the clock; registers act on its rising edge.
    pub clock: String,
    /// Port name of the reset.
    pub reset: String,
    /// How the reset acts.
    pub style: ResetStyle,
    /// The level of the reset port that resets.
    pub active: Level,
}

impl Default for Clocking {
    /// `clk`, and `rst_n`: synchronous, active low.
    fn default() -> Clocking {
        Clocking {
            clock: "clk".into(),
            reset: "rst_n".into(),
            style: ResetStyle::Synchronous,
            active: Level::Low,
        }
    }
}

impl Clocking {
    /// The ports of the clock and of the reset, in this order and each only if it is used, with what they carry:
    /// `clock, rising edge`, and for example `reset, synchronous, active low`.
    pub fn ports(&self, uses_clock: bool, uses_reset: bool) -> impl Iterator<Item = (Port, String)> {
        let input = |name: &str| Port { name: name.into(), width: 1, direction: Direction::Input };
        let clock = uses_clock.then(|| (input(&self.clock), "clock, rising edge".into()));
        let reset = uses_reset.then(|| (input(&self.reset), self.reset_meaning()));
        clock.into_iter().chain(reset)
    }

    fn reset_meaning(&self) -> String {
        let style = match self.style {
            ResetStyle::Asynchronous => "asynchronous",
            ResetStyle::Synchronous | ResetStyle::None => "synchronous",
        };
        let level = match self.active {
            Level::Low => "low",
            Level::High => "high",
        };
        format!("reset, {style}, active {level}")
    }
}

enumerated! {
    /// How registers take their reset value.
    pub enum ResetStyle {
        /// No reset port: the reset value is the value at power-up (FPGA).
        None,
        /// At a clock edge while the reset is active.
        Synchronous,
        /// As soon as the reset is active.
        Asynchronous,
    }
}

enumerated! {
    /// A logic level.
    pub enum Level {
        /// 0
        Low,
        /// 1
        High,
    }
}

/// One module.
#[derive(Clone, Debug)]
pub struct ModuleDef {
    /// Name in Verilog.
    pub name: String,
    /// What the module is, for its header: lines of text.
    pub description: Vec<String>,
    /// The parameters that it was built with, for its header.
    pub parameters: Vec<(String, String)>,
    /// The ports in order of declaration, without clock and reset.
    pub ports: Vec<PortDef>,
    /// The logic, or a black box in its place.
    pub body: Body,
    /// True if the module, or one below it, has a clocked element.
    pub uses_clock: bool,
    /// True if the module, or one below it, has a register with a reset value, and the design has a reset.
    pub uses_reset: bool,
}

/// A port with its meaning.
#[derive(Clone, Debug)]
pub struct PortDef {
    /// Name, width, direction.
    pub port: Port,
    /// What it carries, one line; may be empty.
    pub meaning: String,
    /// True for a black box's clock input.
    pub clock: bool,
    /// Where it was declared.
    pub source: Source,
}

/// The inside of a module.
#[derive(Clone, Debug)]
pub enum Body {
    /// Logic.
    Logic(Logic),
    /// An external Verilog module: instantiated, never printed or simulated.
    BlackBox {
        /// The Verilog parameters of its instances.
        parameters: Vec<(String, String)>,
    },
}

/// The logic of a module.
#[derive(Clone, Debug, Default)]
pub struct Logic {
    /// The combinational graph, in topological order.
    pub nodes: Vec<Node>,
    /// The registers; [`Op::Register`] is the output of one.
    pub registers: Vec<Register>,
    /// The memories; [`Op::MemoryRead`] reads one.
    pub memories: Vec<Memory>,
    /// The child modules; [`Op::InstanceOutput`] is an output of one.
    pub instances: Vec<Instance>,
    /// What drives each output port: (index of the port, node).
    pub outputs: Vec<(usize, NodeId)>,
    /// Assertions, assumptions and cover points.
    pub properties: Vec<Property>,
}

impl Logic {
    /// The node behind all names of a value.
    pub fn behind_names(&self, mut id: NodeId) -> NodeId {
        while let Op::Wire(Some(driver)) = self.nodes[id.index()].op {
            id = driver;
        }
        id
    }

    /// The value of a constant, behind any names.
    pub fn constant(&self, id: NodeId) -> Option<&Bits> {
        self.nodes[self.behind_names(id).index()].op.constant()
    }

    /// The nodes that the value of a node depends on, in this cycle or an earlier one: its operands, and the inputs of
    /// its register or memory.
    pub fn dependencies(&self, id: NodeId) -> Vec<NodeId> {
        let op = &self.nodes[id.index()].op;
        let mut read = op.operands();
        match op.state() {
            Some(State::Register(index)) => {
                let register = &self.registers[index];
                read.extend(register.next.into_iter().chain(register.enable));
            }
            Some(State::Memory(index)) => {
                let writes = self.memories[index].writes.iter();
                read.extend(writes.flat_map(MemoryWrite::operands));
            }
            None => {}
        }
        read
    }

    /// The nodes that something other than a node reads.
    pub fn roots(&self) -> impl Iterator<Item = NodeId> + '_ {
        let outputs = self.outputs.iter().map(|(_, id)| *id);
        let registers = self.registers.iter();
        let registers = registers.flat_map(|register| register.next.into_iter().chain(register.enable));
        let writes = self.memories.iter().flat_map(|memory| &memory.writes);
        let writes = writes.flat_map(MemoryWrite::operands);
        let instances = self.instances.iter().flat_map(|instance| &instance.inputs);
        let properties = self.properties.iter().map(|property| property.condition);
        outputs.chain(registers).chain(writes).chain(instances.map(|(_, id)| *id)).chain(properties)
    }
}

/// A value in a module.
#[derive(Clone, Debug)]
pub struct Node {
    /// What computes it.
    pub op: Op,
    /// Width in bits.
    pub width: u32,
    /// The user's name.
    pub name: Option<String>,
    /// Where it was written.
    pub source: Source,
}

/// What computes a node. Operands have the widths that [`crate::Signal`] checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// An input port, by its index in [`ModuleDef::ports`].
    Input(usize),
    /// The clock; only an instance's clock port may take it.
    Clock,
    /// A constant.
    Const(Bits),
    /// Bitwise complement.
    Not(NodeId),
    /// An operator of two operands.
    Binary(BinaryOp, NodeId, NodeId),
    /// All bits of a vector joined by one operator, to 1 bit.
    Reduce(ReduceOp, NodeId),
    /// `select ? on_true : on_false`, where `select` has 1 bit.
    Mux {
        /// The select.
        select: NodeId,
        /// The value at 1.
        on_true: NodeId,
        /// The value at 0.
        on_false: NodeId,
    },
    /// The value of the first case with a label that equals `select`, else `otherwise`. Verilog shows it as a `case`
    /// statement, or as an `if` if the select has 1 bit.
    Case {
        /// The select, of any width.
        select: NodeId,
        /// At least one.
        cases: Vec<Case>,
        /// The value if no case applies. If the labels cover every value of the select, it is never used.
        otherwise: NodeId,
    },
    /// Parts joined, the most significant first.
    Concat(Vec<NodeId>),
    /// Bits `high` down to `low`.
    Slice {
        /// The vector.
        of: NodeId,
        /// Most significant bit taken.
        high: u32,
        /// Least significant bit taken.
        low: u32,
    },
    /// Another name of a node; during construction, a wire that may not be driven yet.
    Wire(Option<NodeId>),
    /// The output of a register, by its index.
    Register(usize),
    /// The word of a memory at an address, in the same cycle.
    MemoryRead {
        /// Index of the memory.
        memory: usize,
        /// Address; beyond the depth the word is 0 in simulation, undefined in hardware.
        address: NodeId,
    },
    /// An output port of a child.
    InstanceOutput {
        /// Index of the instance.
        instance: usize,
        /// Index of the port in the child's [`ModuleDef::ports`].
        port: usize,
    },
}

/// One case of an [`Op::Case`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Case {
    /// At least one; constants as wide as the select.
    pub labels: Vec<NodeId>,
    /// The value.
    pub value: NodeId,
}

/// True if `count` different labels cover every value of a select with this width.
pub fn covers(labels: usize, width: u32) -> bool {
    1usize.checked_shl(width) == Some(labels)
}

/// A stateful element, by its index in [`Logic`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A register.
    Register(usize),
    /// A memory.
    Memory(usize),
}

impl Op {
    /// The memory that this reads, by its index, and the address.
    pub fn memory_read(&self) -> Option<(usize, NodeId)> {
        let Op::MemoryRead { memory, address } = self else { return None };
        Some((*memory, *address))
    }

    /// The input port that this one is.
    pub fn input_port(&self) -> Option<usize> {
        if let Op::Input(port) = self { Some(*port) } else { None }
    }

    /// The value of a constant.
    pub fn constant(&self) -> Option<&Bits> {
        if let Op::Const(value) = self { Some(value) } else { None }
    }

    /// The register or memory that this node reads.
    pub fn state(&self) -> Option<State> {
        match self {
            Op::Register(index) => Some(State::Register(*index)),
            Op::MemoryRead { memory, .. } => Some(State::Memory(*memory)),
            Op::Input(_) | Op::Clock | Op::Const(_) | Op::Wire(_) | Op::InstanceOutput { .. } => None,
            Op::Not(_) | Op::Binary(..) | Op::Reduce(..) | Op::Mux { .. } | Op::Case { .. } => None,
            Op::Concat(_) | Op::Slice { .. } => None,
        }
    }

    /// The nodes that this one reads, in source order.
    pub fn operands(&self) -> Vec<NodeId> {
        match self {
            Op::Input(_) | Op::Clock | Op::Const(_) | Op::Register(_) | Op::InstanceOutput { .. } => vec![],
            Op::Not(a) | Op::Reduce(_, a) | Op::Slice { of: a, .. } | Op::MemoryRead { address: a, .. } => {
                vec![*a]
            }
            Op::Binary(_, a, b) => vec![*a, *b],
            Op::Mux { select, on_true, on_false } => vec![*select, *on_true, *on_false],
            Op::Case { select, cases, otherwise } => {
                let cases = cases.iter().flat_map(|case| case.labels.iter().chain([&case.value]));
                [select].into_iter().chain(cases).chain([otherwise]).copied().collect()
            }
            Op::Concat(parts) => parts.clone(),
            Op::Wire(driver) => driver.iter().copied().collect(),
        }
    }

    /// The same operator on other nodes.
    pub fn map_operands(&self, mut map: impl FnMut(NodeId) -> NodeId) -> Op {
        let mut op = self.clone();
        match &mut op {
            Op::Input(_) | Op::Clock | Op::Const(_) | Op::Register(_) | Op::InstanceOutput { .. } => {}
            Op::Not(a) | Op::Reduce(_, a) | Op::Slice { of: a, .. } | Op::MemoryRead { address: a, .. } => {
                *a = map(*a);
            }
            Op::Binary(_, a, b) => {
                *a = map(*a);
                *b = map(*b);
            }
            Op::Mux { select, on_true, on_false } => {
                *select = map(*select);
                *on_true = map(*on_true);
                *on_false = map(*on_false);
            }
            Op::Case { select, cases, otherwise } => {
                let cases = cases.iter_mut().flat_map(|case| case.labels.iter_mut().chain([&mut case.value]));
                [select].into_iter().chain(cases).chain([otherwise]).for_each(|id| *id = map(*id));
            }
            Op::Concat(parts) => parts.iter_mut().for_each(|part| *part = map(*part)),
            Op::Wire(driver) => *driver = driver.map(map),
        }
        op
    }
}

/// A register: takes `next` at a rising clock edge while `enable` is 1 (or absent).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Register {
    /// Its output, an [`Op::Register`] node.
    pub output: NodeId,
    /// The next value; always present in a finished netlist.
    pub next: Option<NodeId>,
    /// Of 1 bit; absent if always enabled.
    pub enable: Option<NodeId>,
    /// The value in reset; a register without one is not reset.
    pub reset: Option<Bits>,
    /// For the register of a [`ReadPort`](crate::ReadPort), whose `next` is an [`Op::MemoryRead`]: what it loads if a
    /// write collides with the read. With [`Collision::New`], logic in the netlist forwards the written data around the
    /// register, so its own content does not matter in that case.
    pub collision: Option<Collision>,
}

enumerated! {
    /// What a read at a clock edge returns if an enabled write at the same edge has the same address.
    pub enum Collision {
        /// The word before the write.
        Old,
        /// The word after all writes of the edge.
        New,
        /// Any value, in all bits of the word, regardless of a mask.
        Undefined,
    }
}

/// A memory with asynchronous reads and synchronous writes.
#[derive(Clone, Debug)]
pub struct Memory {
    /// The user's name.
    pub name: String,
    /// Width of a word in bits.
    pub width: u32,
    /// Number of words.
    pub depth: u64,
    /// Words at power-up from address 0; missing ones are unknown in a memory that is written, 0 in a ROM.
    pub contents: Vec<Bits>,
    /// Write ports; if two of them write one address in a cycle, the later one wins. A ROM has none.
    pub writes: Vec<MemoryWrite>,
    /// No two of them ever write one address in a cycle: an assertion of the module says so.
    pub never_meet: bool,
    /// Where it was written.
    pub source: Source,
}

/// A write port of a memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MemoryWrite {
    /// Of 1 bit.
    pub enable: NodeId,
    /// The address.
    pub address: NodeId,
    /// The data.
    pub data: NodeId,
    /// A bit for each of at least 2 equal lanes of a word, the least significant lane first: lanes at 0 keep their
    /// value. Absent if the write covers the whole word.
    pub mask: Option<NodeId>,
}

impl MemoryWrite {
    /// The nodes that it reads.
    pub fn operands(&self) -> impl Iterator<Item = NodeId> + use<> {
        [self.enable, self.address, self.data].into_iter().chain(self.mask)
    }

    /// The same write with other nodes.
    pub fn map_operands(&self, map: impl Fn(NodeId) -> NodeId) -> MemoryWrite {
        MemoryWrite {
            enable: map(self.enable),
            address: map(self.address),
            data: map(self.data),
            mask: self.mask.map(map),
        }
    }
}

/// A child module.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Instance name.
    pub name: String,
    /// Index of its module in [`Netlist::modules`].
    pub module: usize,
    /// What drives each input: (index of the port, node).
    pub inputs: Vec<(usize, NodeId)>,
    /// Where it was written.
    pub source: Source,
}

/// A property, checked at each clock edge outside reset (without a clock: always).
#[derive(Clone, Debug)]
pub struct Property {
    /// The kind of property.
    pub kind: PropertyKind,
    /// The user's name.
    pub name: String,
    /// Of 1 bit.
    pub condition: NodeId,
    /// Where it was written.
    pub source: Source,
}

enumerated! {
    /// The kind of a [`Property`].
    pub enum PropertyKind {
        /// The design keeps the condition true.
        Assert,
        /// The environment keeps the condition true.
        Assume,
        /// The condition can become true.
        Cover,
    }
}
