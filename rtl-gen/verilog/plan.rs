//! The plan of a module's text: which signals have names, which expressions are written into their readers, and the
//! order of statements. Printing needs no further decisions.

use crate::expr::{Expr, SignalId};
use hdl::netlist::{Level, PropertyKind};
use hdl::{Bits, ResetStyle, Source};

/// A module, ready to print.
pub(crate) struct Plan {
    pub signals: Vec<Signal>,
    pub memories: Vec<String>,
    pub clocking: Clocking,
    pub main: Statements,
    pub formal: Statements,
    pub outputs: Vec<(SignalId, Expr)>,
    pub properties: Vec<Property>,
    pub unread: Option<Unread>,
}

/// Signals that nothing in the main section reads.
pub(crate) struct Unread {
    /// The name of the wire that collects them.
    pub name: String,
    /// Signals and parts of signals.
    pub parts: Vec<Expr>,
}

/// A name of the module.
pub(crate) struct Signal {
    pub name: String,
    pub width: u32,
    pub kind: Kind,
    pub source: Option<Source>,
}

/// The kind of object behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An input port, the clock and the reset included.
    Input,
    /// An output port; as a variable if an `always` block drives it.
    Output { is_register: bool },
    /// A wire.
    Wire,
    /// A wire of a two's-complement number.
    SignedWire,
    /// A variable that an `always` block drives.
    Register,
    /// A local parameter.
    Constant,
}

/// Clock and reset of the module.
pub(crate) struct Clocking {
    pub clock: Option<SignalId>,
    pub reset: Option<SignalId>,
    pub style: ResetStyle,
    pub active: Level,
}

/// The statements of one section.
#[derive(Default)]
pub(crate) struct Statements {
    pub items: Vec<Item>,
    pub registers: Vec<RegisterGroup>,
    pub writes: Vec<MemoryWrites>,
}

/// A declaration or an instance.
pub(crate) enum Item {
    /// A signal, and its value where an expression gives it one.
    Signal(SignalId, Option<Expr>),
    /// A variable, and what an `always` block without a clock assigns to it.
    Block(SignalId, Vec<Statement>),
    Memory(Memory),
    Instance {
        module: String,
        parameters: Vec<(String, String)>,
        name: String,
        connections: Vec<Connection>,
        source: Source,
    },
}

/// A port of an instance and what it is connected to.
pub(crate) struct Connection {
    pub port: String,
    pub value: Expr,
    /// True if the instance drives the value.
    pub is_output: bool,
}

/// A memory's declaration.
pub(crate) struct Memory {
    pub name: String,
    pub width: u32,
    pub depth: u64,
    /// Words at power-up, from address 0.
    pub contents: Vec<Bits>,
    /// True if it does not matter what a read returns while a write has the same address.
    pub is_unchecked: bool,
    pub source: Source,
}

/// Registers that one `always` block drives.
pub(crate) struct RegisterGroup {
    pub enable: Option<Expr>,
    pub is_reset: bool,
    pub registers: Vec<RegisterUpdate>,
    /// What they take at a clock edge.
    pub next: Vec<Statement>,
}

/// A statement of an `always` block.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Statement {
    Assign(SignalId, Expr),
    If { condition: Expr, then: Vec<Statement>, otherwise: Vec<Statement> },
    Case { select: Expr, cases: Vec<Branch>, otherwise: Vec<Statement> },
}

/// One case of a `case` statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Branch {
    pub labels: Vec<Expr>,
    pub statements: Vec<Statement>,
}

impl Statement {
    /// Calls `visit` for each expression.
    pub fn mentions(&self, visit: &mut impl FnMut(&Expr)) {
        match self {
            Statement::Assign(_, value) => visit(value),
            Statement::If { condition, then, otherwise } => {
                visit(condition);
                then.iter().chain(otherwise).for_each(|statement| statement.mentions(visit));
            }
            Statement::Case { select, cases, otherwise } => {
                visit(select);
                cases.iter().flat_map(|case| &case.labels).for_each(&mut *visit);
                let inner = cases.iter().flat_map(|case| &case.statements).chain(otherwise);
                inner.for_each(|statement| statement.mentions(visit));
            }
        }
    }
}

/// One register and the value that it takes in reset.
pub(crate) struct RegisterUpdate {
    pub signal: SignalId,
    pub reset: Option<Expr>,
    /// Conditions under which the value is undefined.
    pub undefined: Vec<Expr>,
}

/// Write ports of one memory that stand in one block, in rising priority.
pub(crate) struct MemoryWrites {
    pub memory: usize,
    pub ports: Vec<WritePort>,
}

/// `if (enable) memory[address] <= data;`, or one such statement per lane with a mask.
pub(crate) struct WritePort {
    pub enable: Expr,
    pub address: Expr,
    pub data: Expr,
    pub lanes: Vec<Lane>,
}

/// A lane of a masked write: its bit of the mask, its bits of the word, and its data.
pub(crate) struct Lane {
    pub enable: Expr,
    pub high: u32,
    pub low: u32,
    pub data: Expr,
}

/// A property for formal tools.
pub(crate) struct Property {
    pub kind: PropertyKind,
    pub label: String,
    pub condition: Expr,
}

impl Plan {
    pub fn signal(&self, id: SignalId) -> &Signal {
        &self.signals[id.0]
    }
}
