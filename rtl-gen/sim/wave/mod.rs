//! Waveforms: the values of a simulator's signals, cycle by cycle.

mod error;
mod file;
mod format;
mod fst;
mod hierarchy;
mod lanes;
mod text;
mod vcd;

pub use error::WaveError;
pub use file::{WaveFile, WaveOptions};
pub use text::TextWave;

use crate::memories::{Memories, MemoryId, MemoryInfo};
use crate::property::{Covered, Violation};
use crate::simulator::{SignalId, SignalInfo, Simulator};
use hdl::{Bits, Port};

/// Samples the settled values of a simulator once per cycle.
pub trait WaveSink {
    /// Samples the cycle that ends with the next clock edge.
    fn sample(&mut self, simulator: &mut dyn Simulator) -> Result<(), WaveError>;
}

/// A simulator that shows each cycle to a [`WaveSink`] just before the clock edge that ends it.
pub struct Traced<S, W> {
    simulator: S,
    sink: W,
    /// The first error of the sink; it gets no more samples then.
    failure: Option<WaveError>,
}

impl<S: Simulator, W: WaveSink> Traced<S, W> {
    /// Shows `simulator` to `sink` from the next tick on.
    pub fn new(simulator: S, sink: W) -> Traced<S, W> {
        Traced { simulator, sink, failure: None }
    }

    /// The simulator behind.
    pub fn simulator(&self) -> &S {
        &self.simulator
    }

    /// Samples the cycle after the last tick too, and gives back both parts; or the sink's first error.
    pub fn finish(mut self) -> Result<(S, W), WaveError> {
        self.sample();
        match self.failure {
            Some(error) => Err(error),
            None => Ok((self.simulator, self.sink)),
        }
    }

    fn sample(&mut self) {
        if self.failure.is_none() {
            self.failure = self.sink.sample(&mut self.simulator).err();
        }
    }
}

impl<S: Simulator, W: WaveSink> Simulator for Traced<S, W> {
    fn ports(&self) -> &[Port] {
        self.simulator.ports()
    }

    fn poke(&mut self, port: usize, value: &Bits) {
        self.simulator.poke(port, value);
    }

    fn peek(&mut self, port: usize) -> Bits {
        self.simulator.peek(port)
    }

    fn tick(&mut self) {
        self.sample();
        self.simulator.tick();
    }

    fn poke_u64(&mut self, port: usize, value: u64) {
        self.simulator.poke_u64(port, value);
    }

    fn peek_u64(&mut self, port: usize) -> u64 {
        self.simulator.peek_u64(port)
    }

    fn signals(&self) -> &[SignalInfo] {
        self.simulator.signals()
    }

    fn signal(&mut self, id: SignalId) -> Bits {
        self.simulator.signal(id)
    }

    fn cycle(&self) -> u64 {
        self.simulator.cycle()
    }

    fn violations(&self) -> Vec<Violation> {
        self.simulator.violations()
    }

    fn environment_errors(&self) -> Vec<Violation> {
        self.simulator.environment_errors()
    }

    fn covered(&self) -> Vec<Covered> {
        self.simulator.covered()
    }
}

impl<S: Memories, W> Memories for Traced<S, W> {
    fn memories(&self) -> &[MemoryInfo] {
        self.simulator.memories()
    }

    fn peek_word(&self, memory: MemoryId, address: u64) -> Bits {
        self.simulator.peek_word(memory, address)
    }

    fn poke_word(&mut self, memory: MemoryId, address: u64, word: &Bits) {
        self.simulator.poke_word(memory, address, word);
    }
}

/// Something whose value a waveform shows.
#[derive(Clone, Copy, Debug)]
enum Watched {
    Port(usize),
    Signal(SignalId),
}

impl Watched {
    fn value(self, simulator: &mut dyn Simulator) -> Bits {
        match self {
            Watched::Port(port) => simulator.peek(port),
            Watched::Signal(id) => simulator.signal(id),
        }
    }
}
