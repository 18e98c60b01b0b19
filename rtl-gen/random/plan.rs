//! A design as plain data.

use hdl::netlist::{BinaryOp, PropertyKind, ReduceOp};
use hdl::{Clocking, Collision};

/// A value of a module by its number, modulo the number of values: the inputs, then the results of each step.
pub type Value = usize;

/// A design.
#[derive(Clone, Debug)]
pub struct DesignPlan {
    /// Clock and reset.
    pub clocking: Clocking,
    /// The modules; a module has instances of earlier ones only. The last one is the top.
    pub modules: Vec<ModulePlan>,
    /// Number of stages with `valid` and `ready` in the top module: combinational paths through instances in both
    /// directions.
    pub stages: usize,
}

/// A module.
#[derive(Clone, Debug)]
pub struct ModulePlan {
    /// Widths of the inputs.
    pub inputs: Vec<u32>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// The values that are outputs, each with its own width.
    pub outputs: Vec<Value>,
}

/// A step of a module. All except [`Step::Property`] produce values for later steps.
#[derive(Clone, Debug)]
pub enum Step {
    /// A constant.
    Const(u32, u64),
    /// The complement.
    Not(Value),
    /// An operator; the second operand is adjusted to the first if both need the same width.
    Binary(BinaryOp, Value, Value),
    /// All bits joined.
    Reduce(ReduceOp, Value),
    /// A selection by the lowest bit of the first value.
    Mux(Value, Value, Value),
    /// A switch over the first value: labels, whose low bits count, with the values that they choose, and the default.
    Switch(Value, Vec<(u64, Value)>, Value),
    /// Values side by side.
    Concat(Vec<Value>),
    /// A slice: the lowest bit and the width, both adjusted to the value.
    Slice(Value, u32, u32),
    /// Copies of the sign above a value, and their number.
    Extend(Value, u32),
    /// A register. Its next value may be any value of the module, later ones too.
    Register(RegisterPlan),
    /// A memory, which produces a word that it reads.
    Memory(MemoryPlan),
    /// Instances of an earlier module, which produce all their outputs; nothing if there is no earlier module.
    Instances {
        /// The module, modulo the number of earlier ones.
        module: usize,
        /// Number of instances.
        count: usize,
        /// What drives their inputs, starting from another value for each instance.
        inputs: Vec<Value>,
        /// Whether each takes its first inputs from the outputs of the one before it.
        chained: bool,
    },
    /// A property of the lowest bit of a value.
    Property(PropertyKind, Value),
}

/// A register.
#[derive(Clone, Debug)]
pub struct RegisterPlan {
    /// Its width.
    pub width: u32,
    /// Fitted to the width.
    pub next: Value,
    /// The lowest bit of a value.
    pub enable: Option<Value>,
    /// The low bits of its reset value.
    pub reset: Option<u64>,
}

/// A memory.
#[derive(Clone, Debug)]
pub struct MemoryPlan {
    /// Width of a word.
    pub width: u32,
    /// Number of words.
    pub depth: u64,
    /// The low bits of the words from address 0; a memory without writes has as many as it has words.
    pub contents: Vec<u64>,
    /// The write ports.
    pub writes: Vec<WritePlan>,
    /// The address that is read.
    pub address: Value,
    /// For a read at the clock edge, its collision rule and its enable.
    pub port: Option<(Collision, Option<Value>)>,
}

/// A write port of a memory.
#[derive(Clone, Debug)]
pub struct WritePlan {
    /// The lowest bit of a value.
    pub enable: Value,
    /// Fitted to the depth.
    pub address: Value,
    /// Fitted to the width.
    pub data: Value,
    /// For a masked write, which of the possible mask widths, modulo their number, and the mask.
    pub mask: Option<(usize, Value)>,
}
