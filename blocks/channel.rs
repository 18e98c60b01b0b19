//! The channels of a block: what its testbench drives and watches.

use hdl::{Bits, Field};
use parts::registers::RegisterMap;
pub use parts::stream::Channel;

/// One transfer on a channel: a value for each field.
pub type Beat = Vec<Bits>;

/// When a block takes and gives beats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// One beat in every cycle; its answer `latency` cycles later (0: in the same cycle).
    Fixed {
        /// In cycles.
        latency: u32,
    },
    /// Every channel has `valid` and `ready`; beats keep their order.
    ReadyValid {
        /// Cycles from a beat taken to its answer offered, where nothing stalls.
        latency: u32,
    },
    /// The same, and how long an answer takes depends on what was taken: it comes as soon as it can.
    Elastic,
}

/// What the input channels of a block with handshakes promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Where nothing stalls, a beat is taken at the latest so many cycles after the one before it.
    pub interval: u32,
    /// While fewer answers than this are owed, a beat on offer is taken at once, whether answers are or not.
    pub capacity: u32,
}

/// The channels of a block and their timing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Into the block.
    pub inputs: Vec<Channel>,
    /// Out of the block.
    pub outputs: Vec<Channel>,
    /// When beats pass.
    pub timing: Timing,
}

impl Interface {
    /// A channel in, `in`, and one out, `out`.
    pub fn single(input: Vec<Field>, output: Vec<Field>, timing: Timing) -> Interface {
        let channel = |name, fields| vec![Channel { name, fields }];
        Interface { inputs: channel("in", input), outputs: channel("out", output), timing }
    }

    /// The port that carries a field of a channel.
    pub fn port_name(&self, channel: &Channel, field: &Field) -> String {
        match self.timing {
            Timing::Fixed { .. } => field.name.clone(),
            Timing::ReadyValid { .. } | Timing::Elastic => channel.port(&field.name),
        }
    }

    /// Cycles from a beat to its answer, where nothing stalls; 0 where that depends on the beat.
    pub fn latency(&self) -> u32 {
        match self.timing {
            Timing::Fixed { latency } | Timing::ReadyValid { latency } => latency,
            Timing::Elastic => 0,
        }
    }
}

/// The channels of a block with its parameters.
pub trait Ports {
    /// The channels, and when outputs follow inputs.
    fn interface(&self) -> Interface;

    /// How freely a block with handshakes takes beats; `None` promises nothing.
    fn pace(&self) -> Option<Pace> {
        None
    }

    /// The registers behind its AXI4-Lite port, where it has one.
    fn registers(&self) -> Option<RegisterMap> {
        None
    }
}
