//! A simulated block whose input streams never run dry and whose output streams never stall.

use crate::ReportError;
use crate::ports::{StreamPorts, reset};
use blocks::block::{Configured, elaborate};
use blocks::channel::Interface;
use hdl::Bits;
use sim::{Compiled, Options, Simulator};
use std::collections::VecDeque;

/// Number of cycles without a beat in or out after which a block counts as stuck, if nothing else is said.
const PATIENCE: u64 = 1_000_000;

/// Number of waiting beats with which a channel does not run dry.
pub const LEAST_WAITING: usize = 256;

/// A block with the beats that wait for it.
pub struct Streams<S> {
    simulator: S,
    inputs: Vec<Input>,
    outputs: Vec<StreamPorts>,
    silent_cycles: u64,
    patience: u64,
    /// Cycles since the first beat was taken.
    cycles: u64,
    has_begun: bool,
}

struct Input {
    ports: StreamPorts,
    beats: VecDeque<Vec<Bits>>,
    is_offered: bool,
}

impl Streams<Compiled> {
    /// A block on the built-in simulator.
    pub fn of(block: &dyn Configured) -> Result<Streams<Compiled>, ReportError> {
        let netlist = elaborate(block).map_err(|errors| ReportError::Wrong(errors.to_string()))?;
        let simulator = Compiled::new(&netlist, Options::default());
        let simulator = simulator.map_err(|error| ReportError::Wrong(error.to_string()))?;
        Ok(Streams::new(simulator, &block.interface()))
    }
}

impl<S: Simulator> Streams<S> {
    /// A block after its reset.
    pub fn new(mut simulator: S, interface: &Interface) -> Streams<S> {
        let inputs = interface.inputs.iter().map(|channel| Input {
            ports: StreamPorts::find(&simulator, channel.name, &channel.fields),
            beats: VecDeque::new(),
            is_offered: false,
        });
        let inputs: Vec<Input> = inputs.collect();
        let outputs = interface.outputs.iter();
        let outputs: Vec<StreamPorts> =
            outputs.map(|channel| StreamPorts::find(&simulator, channel.name, &channel.fields)).collect();
        inputs.iter().for_each(|input| input.ports.offer(&mut simulator, None));
        reset(&mut simulator);
        outputs.iter().for_each(|output| output.take_all(&mut simulator));
        Streams {
            simulator,
            inputs,
            outputs,
            silent_cycles: 0,
            patience: PATIENCE,
            cycles: 0,
            has_begun: false,
        }
    }

    /// With the number of cycles without a beat in or out after which the block counts as stuck.
    pub fn with_patience(self, patience: u64) -> Streams<S> {
        Streams { patience, ..self }
    }

    /// Appends a beat to those that wait for an input channel.
    pub fn push(&mut self, channel: usize, beat: &[Bits]) {
        self.inputs[channel].beats.push_back(beat.to_vec());
    }

    /// Number of beats that wait for an input channel.
    pub fn waiting(&self, channel: usize) -> usize {
        self.inputs[channel].beats.len()
    }

    /// Cycles since the first beat was taken, that one included.
    pub fn cycles(&self) -> u64 {
        self.cycles
    }

    /// Simulates a cycle: gives `emit` each output beat, with its channel.
    pub fn cycle(&mut self, emit: &mut dyn FnMut(usize, &[Bits])) -> Result<(), ReportError> {
        let simulator = &mut self.simulator;
        self.silent_cycles += 1;
        for input in &mut self.inputs {
            if !input.is_offered {
                input.ports.offer(simulator, input.beats.front().map(Vec::as_slice));
                input.is_offered = !input.beats.is_empty();
            }
        }
        for input in &mut self.inputs {
            if input.is_offered && input.ports.is_ready(simulator) {
                input.beats.pop_front();
                input.is_offered = false;
                self.has_begun = true;
                self.silent_cycles = 0;
            }
        }
        for (channel, output) in self.outputs.iter().enumerate() {
            if let Some(beat) = output.offered(simulator) {
                self.silent_cycles = 0;
                emit(channel, &beat);
            }
        }
        if self.silent_cycles > self.patience {
            return Err(ReportError::Wrong(format!("stuck in cycle {}", self.cycles)));
        }
        simulator.tick();
        self.cycles += u64::from(self.has_begun);
        Ok(())
    }
}
