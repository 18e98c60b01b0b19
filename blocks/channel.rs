//! The channels of a block, which its testbench drives and watches.

use hdl::{Bits, Field};
use parts::registers::RegisterMap;
pub use parts::stream::Channel;

/// One transfer on a channel: a value for each field.
pub type Beat = Vec<Bits>;

/// When a block takes and gives beats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// One beat in every cycle; its answer `latency` cycles later (0: in the same cycle). Of a block with state, such as a
    /// controller, a beat is what all inputs are in a cycle, and its answer what all outputs are.
    Fixed {
        /// In cycles.
        latency: u32,
    },
    /// Every channel has `valid` and `ready`; beats keep their order.
    ReadyValid {
        /// Cycles from accepting a beat to offering its answer, without stalls.
        latency: u32,
    },
    /// The same, but the latency depends on the beats: an answer comes as soon as it can.
    Elastic,
}

/// What the input channels of a block with handshakes guarantee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Without stalls, a beat is accepted at most this many cycles after the one before it.
    pub interval: u32,
    /// While fewer answers than this are owed, an offered beat is accepted at once, whether answers are taken or not.
    pub capacity: u32,
}

/// The channels of a block and their timing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Into the block.
    pub inputs: Vec<Channel>,
    /// Out of the block.
    pub outputs: Vec<Channel>,
    /// When beats are transferred.
    pub timing: Timing,
}

impl Interface {
    /// One input channel, `in`, and one output channel, `out`.
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

    /// Cycles from a beat to its answer, without stalls; 0 if that depends on the beat.
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

    /// The throughput guarantee of a block with handshakes; `None` guarantees nothing.
    fn pace(&self) -> Option<Pace> {
        None
    }

    /// Outputs outside the channels, such as interrupts, which a processor watches through registers; no testbench does.
    fn levels(&self) -> Vec<Field> {
        vec![]
    }

    /// The registers behind its AXI4-Lite port, if it has one.
    fn registers(&self) -> Option<RegisterMap> {
        None
    }
}
