//! A block on the compiled engine, with chosen beats in its streams: for tests of cycles, and of who waits for whom.

use crate::modes::{Mode, described};
use blocks::block::elaborate;
use blocks::channel::{Beat, Interface};
use hdl::{Bits, Netlist};
use sim::{Compiled, Options, Simulator, Violation};
use std::collections::VecDeque;

/// The compiled engine of a block behind its reset.
pub fn compiled(block: &str, parameters: &str) -> Compiled {
    let Mode { block, .. } = described(block, parameters);
    behind_reset(&elaborate(&*block).expect("it elaborates"))
}

/// The compiled engine of a design behind its reset.
fn behind_reset(netlist: &Netlist) -> Compiled {
    let mut simulator = Compiled::new(netlist, Options::default()).expect("it simulates");
    reset(&mut simulator);
    simulator
}

/// A cycle in reset.
pub fn reset(simulator: &mut Compiled) {
    let reset = simulator.port("rst_n").expect("it has a reset");
    simulator.poke_u64(reset, 0);
    simulator.tick();
    simulator.poke_u64(reset, 1);
}

/// A block that is fed without a pause.
pub struct Run {
    simulator: Compiled,
    /// Its channels.
    pub interface: Interface,
    /// Beats that are to enter, by channel.
    pub pending: Vec<VecDeque<Beat>>,
    /// Whether beats are taken from it, by channel; at first from all.
    pub is_ready: Vec<bool>,
    /// Beats that have come out, by channel, each with its cycle.
    pub answers: Vec<Vec<(u64, Beat)>>,
}

impl Run {
    /// Before the first cycle, after a reset.
    pub fn new(block: &str, parameters: &str) -> Run {
        let Mode { block, .. } = described(block, parameters);
        Run::of(&elaborate(&*block).expect("it elaborates"), block.interface())
    }

    /// The same of any design with these channels.
    pub fn of(netlist: &Netlist, interface: Interface) -> Run {
        let simulator = behind_reset(netlist);
        let pending = vec![VecDeque::new(); interface.inputs.len()];
        let answers = vec![vec![]; interface.outputs.len()];
        let is_ready = vec![true; interface.outputs.len()];
        Run { simulator, interface, pending, is_ready, answers }
    }

    fn bit(&mut self, port: &str) -> bool {
        let port = self.simulator.port(port).expect("the port is there");
        self.simulator.peek_u64(port) == 1
    }

    fn poke(&mut self, port: &str, value: &Bits) {
        let port = self.simulator.port(port).expect("the port is there");
        self.simulator.poke(port, value);
    }

    /// A cycle. What comes out of one channel goes into another, as `back` says.
    pub fn cycle(&mut self, back: &[(usize, usize)]) {
        let Interface { inputs, outputs, .. } = self.interface.clone();
        for (number, channel) in inputs.iter().enumerate() {
            let beat = self.pending[number].front().cloned();
            self.poke(&channel.port("valid"), &Bits::truncated(beat.is_some().into(), 1));
            for (field, value) in channel.fields.iter().zip(beat.into_iter().flatten()) {
                self.poke(&channel.port(&field.name), &value);
            }
        }
        for (number, channel) in outputs.iter().enumerate() {
            self.poke(&channel.port("ready"), &Bits::truncated(self.is_ready[number].into(), 1));
        }
        let now = self.simulator.cycle();
        let is_taken: Vec<bool> = inputs
            .iter()
            .map(|channel| self.bit(&channel.port("valid")) && self.bit(&channel.port("ready")))
            .collect();
        for (number, channel) in outputs.iter().enumerate() {
            if self.is_ready[number] && self.bit(&channel.port("valid")) {
                let ports = channel.fields.iter().map(|field| channel.port(&field.name));
                let ports: Vec<usize> =
                    ports.map(|name| self.simulator.port(&name).expect("the port is there")).collect();
                let beat = ports.into_iter().map(|port| self.simulator.peek(port)).collect();
                self.answers[number].push((now, beat));
            }
        }
        for (number, _) in is_taken.iter().enumerate().filter(|(_, is_taken)| **is_taken) {
            self.pending[number].pop_front();
        }
        for (from, into) in back {
            let new = self.answers[*from].last().filter(|(cycle, _)| *cycle == now);
            self.pending[*into].extend(new.map(|(_, beat)| beat.clone()));
        }
        self.simulator.tick();
    }

    /// Runs until so many beats have come out of a channel.
    pub fn until(&mut self, channel: usize, beats: usize, back: &[(usize, usize)]) {
        let first = self.simulator.cycle();
        while self.answers[channel].len() < beats {
            self.cycle(back);
            assert!(self.simulator.cycle() < first + 100_000, "nothing comes out any more");
        }
        self.check();
    }

    /// The assertions that have failed.
    pub fn violations(&self) -> Vec<Violation> {
        self.simulator.violations()
    }

    /// No assertion has failed.
    pub fn check(&self) {
        assert!(self.violations().is_empty(), "{:?}", self.violations());
    }
}
