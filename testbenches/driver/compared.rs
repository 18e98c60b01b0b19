//! What a run compared: a run without comparisons has not passed.

use super::wiring::ChannelPorts;
use std::collections::BTreeSet;

/// A run without differences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Clock cycles, including those of reset.
    pub cycles: u64,
    /// What was compared in them.
    pub compared: Compared,
}

/// The output ports, by index, for which a value of the golden model was compared. A channel without fields has its
/// `valid` here, if an expected beat of it arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared(BTreeSet<usize>);

impl Compared {
    /// Adds the ports of a channel that answered; of its fields, those that are marked.
    pub(super) fn add(&mut self, channel: &ChannelPorts, is_marked: impl Fn(usize) -> bool) {
        let fields = channel.fields.iter().enumerate();
        self.0.extend(fields.filter(|(index, _)| is_marked(*index)).map(|(_, field)| field.port));
        if channel.fields.is_empty() {
            self.0.extend(channel.handshake.map(|handshake| handshake.valid));
        }
    }

    /// The union of both.
    pub fn merged(mut self, other: Compared) -> Compared {
        self.0.extend(other.0);
        self
    }

    /// True if nothing was compared.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a port was compared.
    pub fn contains(&self, port: usize) -> bool {
        self.0.contains(&port)
    }
}
