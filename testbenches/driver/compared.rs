//! What a run compared: without a comparison nothing has passed.

use super::wiring::ChannelPorts;
use std::collections::BTreeSet;

/// A run in which nothing differed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Clock cycles, those of reset included.
    pub cycles: u64,
    /// What was compared in them.
    pub compared: Compared,
}

/// The output ports, by index, of which the golden model gave a value that was compared. A channel without fields has
/// its `valid` here, where a beat of it was awaited and came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared(BTreeSet<usize>);

impl Compared {
    /// Adds the ports of a channel that answered, of its fields those that are marked.
    pub(super) fn add(&mut self, channel: &ChannelPorts, is_marked: impl Fn(usize) -> bool) {
        let fields = channel.fields.iter().enumerate();
        self.0.extend(fields.filter(|(index, _)| is_marked(*index)).map(|(_, field)| field.port));
        if channel.fields.is_empty() {
            self.0.extend(channel.handshake.map(|handshake| handshake.valid));
        }
    }

    /// What is in either.
    pub fn merged(mut self, other: Compared) -> Compared {
        self.0.extend(other.0);
        self
    }

    /// True where nothing was compared.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a port was compared.
    pub fn contains(&self, port: usize) -> bool {
        self.0.contains(&port)
    }
}
