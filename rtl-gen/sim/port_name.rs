//! Ports by their names.

use hdl::Port;
use std::fmt;

/// A design has no port of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPort {
    /// The requested name.
    pub name: String,
    /// The existing names.
    pub known: Vec<String>,
}

/// How similar a name must be to be suggested, on the scale of Jaro and Winkler.
const ALIKE: f64 = 0.75;

/// The index of the port `name` in `ports`, as [`Simulator::port`](crate::Simulator::port) finds it in a simulator's.
pub fn port_named(ports: &[Port], name: &str) -> Result<usize, UnknownPort> {
    let unknown =
        || UnknownPort { name: name.into(), known: ports.iter().map(|port| port.name.clone()).collect() };
    ports.iter().position(|port| port.name == name).ok_or_else(unknown)
}

impl UnknownPort {
    /// The name that was most likely meant.
    fn nearest(&self) -> Option<&str> {
        let likeness = |known: &str| strsim::jaro_winkler(&self.name, known);
        let known = self.known.iter().map(String::as_str).filter(|known| likeness(known) > ALIKE);
        known.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
    }
}

impl fmt::Display for UnknownPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the design has no port `{}`", self.name)?;
        if let Some(nearest) = self.nearest() {
            write!(f, ": did you mean `{nearest}`?")?;
        }
        match self.known.as_slice() {
            [] => f.write_str(" (it has none)"),
            known => write!(f, " (ports: {})", known.join(", ")),
        }
    }
}

impl std::error::Error for UnknownPort {}
