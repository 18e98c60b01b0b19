//! Ports and memories by their names.

use hdl::{Port, nearest};
use std::fmt;

/// A design has no port, or no memory, of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// What was to be found.
    pub kind: NameKind,
    /// The name asked for.
    pub name: String,
    /// The names that there are.
    pub known: Vec<String>,
}

/// What has a name in a design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A port of the top module.
    Port,
    /// A memory, by its path.
    Memory,
}

/// The index of the port `name` in `ports`, as [`Simulator::port`](crate::Simulator::port) finds it in a simulator's.
pub fn port_named(ports: &[Port], name: &str) -> Result<usize, UnknownName> {
    let found = ports.iter().position(|port| port.name == name);
    found.ok_or_else(|| UnknownName::new(NameKind::Port, name, ports.iter().map(|port| &port.name)))
}

impl UnknownName {
    /// The error that there is no `name` among `known`.
    pub fn new<'a>(kind: NameKind, name: &str, known: impl Iterator<Item = &'a String>) -> UnknownName {
        UnknownName { kind, name: name.into(), known: known.cloned().collect() }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, all) = match self.kind {
            NameKind::Port => ("port", "ports"),
            NameKind::Memory => ("memory", "memories"),
        };
        write!(f, "the design has no {one} `{}`", self.name)?;
        let known: Vec<&str> = self.known.iter().map(String::as_str).collect();
        if let Some(nearest) = nearest(&self.name, &known) {
            write!(f, ": did you mean `{nearest}`?")?;
        }
        match known.as_slice() {
            [] => f.write_str(" (it has none)"),
            known => write!(f, " ({all}: {})", known.join(", ")),
        }
    }
}

impl std::error::Error for UnknownName {}
