//! The ports of a module.

use std::fmt;

/// The direction of a port, seen from inside the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Into the module.
    Input,
    /// Out of the module.
    Output,
}

impl Direction {
    /// The other direction, as seen from outside.
    pub fn flip(self) -> Direction {
        match self {
            Direction::Input => Direction::Output,
            Direction::Output => Direction::Input,
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Direction::Input => "input",
            Direction::Output => "output",
        })
    }
}

/// A port of a module: its Verilog name, its width in bits, its direction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Port {
    /// The name, the same in Rust, Verilog and waveforms.
    pub name: String,
    /// Width in bits, at least 1.
    pub width: u32,
    /// Direction seen from inside the module.
    pub direction: Direction,
}
