//! Why a netlist cannot be simulated.

use std::fmt;

/// Why a netlist cannot be simulated. Paths are instance names joined by dots, from below the top module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildError {
    /// A black box has no logic to simulate.
    BlackBox {
        /// The instance; empty if the top module itself is the black box.
        path: String,
        /// Name of the Verilog module.
        module: String,
    },
    /// There are models of black boxes, but none of this one.
    NoModel {
        /// The instance.
        path: String,
        /// Name of the Verilog module.
        module: String,
        /// The modules that have a model.
        known: Vec<String>,
    },
    /// A model with state for a black box without a clock: it would never see an edge.
    ModelWithoutClock {
        /// The instance.
        path: String,
        /// Name of the Verilog module.
        module: String,
    },
    /// A wire, a register, an output or an instance's input without a driver.
    Undriven {
        /// What has no driver.
        path: String,
    },
    /// Nodes that depend on each other within a cycle.
    CombinationalLoop {
        /// The nodes on the loop: path and source line.
        nodes: Vec<String>,
    },
    /// A memory that needs more than [`MAX_MEMORY_BITS`].
    MemoryTooLarge {
        /// The memory.
        path: String,
        /// Number of words.
        depth: u64,
        /// Width of a word in bits.
        width: u32,
    },
}

/// The largest memory that is simulated, in bits, each word rounded up to a multiple of 64: 2 GiB.
pub const MAX_MEMORY_BITS: u64 = 1 << 34;

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuildError::BlackBox { path, module } if path.is_empty() => {
                write!(f, "the top module `{module}` is a black box: it has no logic to simulate")
            }
            BuildError::BlackBox { path, module } => {
                write!(f, "instance `{path}` is of the black box `{module}`: it has no logic to simulate")
            }
            BuildError::NoModel { path, module, known } => {
                write!(f, "instance `{path}` is of the black box `{module}`, which has no model")?;
                match known.as_slice() {
                    [] => f.write_str(" (there are no models)"),
                    known => write!(f, " (there are models of {})", known.join(", ")),
                }
            }
            BuildError::ModelWithoutClock { path, module } => write!(
                f,
                "instance `{path}` is of the black box `{module}`, which has no clock: its model cannot be a clocked one"
            ),
            BuildError::Undriven { path } => write!(f, "`{path}` has no driver"),
            BuildError::CombinationalLoop { nodes } => {
                write!(f, "combinational loop through {}", nodes.join(" -> "))
            }
            BuildError::MemoryTooLarge { path, depth, width } => write!(
                f,
                "memory `{path}` has {depth} words of {width} bits: a simulated memory has at most \
                 {MAX_MEMORY_BITS} bits, each word rounded up to a multiple of 64"
            ),
        }
    }
}

impl std::error::Error for BuildError {}
