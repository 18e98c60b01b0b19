//! Streams of a simulated design, driven by hand.

use hdl::{Bits, Field, member_port};
use sim::Simulator;
use testbenches::Recorder;

/// A stream of the design.
pub struct StreamPorts {
    valid: usize,
    ready: usize,
    fields: Vec<usize>,
}

impl StreamPorts {
    /// The stream of a name with these fields.
    pub fn find(simulator: &impl Simulator, name: &str, fields: &[Field]) -> StreamPorts {
        let find =
            |member: &str| simulator.port(&member_port(name, member)).expect("the block has the stream");
        StreamPorts {
            valid: find("valid"),
            ready: find("ready"),
            fields: fields.iter().map(|field| find(&field.name)).collect(),
        }
    }

    /// Offers a beat, or nothing.
    pub fn offer(&self, simulator: &mut impl Simulator, beat: Option<&[Bits]>) {
        simulator.poke_u64(self.valid, beat.is_some().into());
        for (port, value) in self.fields.iter().zip(beat.into_iter().flatten()) {
            simulator.poke(*port, value);
        }
    }

    /// Sets `ready`.
    pub fn take_all(&self, simulator: &mut impl Simulator) {
        simulator.poke_u64(self.ready, 1);
    }

    /// True if the offered beat is taken in this cycle.
    pub fn is_ready(&self, simulator: &mut impl Simulator) -> bool {
        simulator.peek_u64(self.ready) == 1
    }

    /// The fields of the beat that the design offers, if any.
    pub fn offered(&self, simulator: &mut impl Simulator) -> Option<Vec<Bits>> {
        let is_offered = simulator.peek_u64(self.valid) == 1;
        is_offered.then(|| self.fields.iter().map(|field| simulator.peek(*field)).collect())
    }

    /// Marks the beat that the design offers in this cycle as the one that others must give.
    pub fn expect<S: Simulator>(&self, recorder: &mut Recorder<S>, beat: &[Bits]) {
        recorder.expect(self.valid, &Bits::ones(1));
        self.fields.iter().zip(beat).for_each(|(field, value)| recorder.expect(*field, value));
    }
}

/// Holds the reset for two cycles.
pub fn reset(simulator: &mut impl Simulator) {
    let reset = simulator.port("rst_n").expect("the block has a reset");
    simulator.poke_u64(reset, 0);
    (0..2).for_each(|_| simulator.tick());
    simulator.poke_u64(reset, 1);
}
