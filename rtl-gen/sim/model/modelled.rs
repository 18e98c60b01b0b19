//! A simulator with models in place of its black boxes.

use super::Running;
use crate::memories::{Memories, MemoryId, MemoryInfo};
use crate::property::{Covered, Violation};
use crate::simulator::{SignalId, SignalInfo, Simulator};
use hdl::{Bits, Port};

/// A simulator of a design with black boxes, and the models that replace them.
///
/// The pins of a black box are internal signals: `u_ram.q`. Models run when something is read after an input or the
/// state has changed.
pub struct Modelled<S> {
    /// After the design's own ports it has one for each pin.
    simulator: S,
    own_ports: usize,
    boxes: Vec<Running>,
    is_stale: bool,
}

impl<S: Simulator> Modelled<S> {
    pub(crate) fn new(simulator: S, boxes: Vec<Running>) -> Modelled<S> {
        let pins: usize = boxes.iter().map(|running| running.pins.count()).sum();
        Modelled { own_ports: simulator.ports().len() - pins, simulator, boxes, is_stale: true }
    }

    /// Models may feed each other within a cycle: they run until nothing changes. Since there is no loop through them,
    /// each round settles one more; the first round is for the outputs that depend on state alone, and the last one
    /// sees no change.
    fn settle(&mut self) {
        if !self.is_stale {
            return;
        }
        let rounds = self.boxes.len() + 2;
        let is_settled = (0..rounds).any(|_| !self.run_all());
        assert!(
            is_settled,
            "the models of {} do not settle: does an output follow an input within the cycle, although it is \
             declared as registered?",
            self.paths()
        );
        self.is_stale = false;
    }

    /// Runs every model with changed inputs or state; true if an output changed.
    fn run_all(&mut self) -> bool {
        let mut has_changed = false;
        for running in &mut self.boxes {
            has_changed |= running.run(&mut self.simulator);
        }
        has_changed
    }

    fn paths(&self) -> String {
        let paths: Vec<String> =
            self.boxes.iter().map(|running| format!("`{}`", running.pins.instance().path)).collect();
        paths.join(", ")
    }

    /// The port of this index; the pins beyond the design's own are not the user's.
    fn own(&self, port: usize) -> usize {
        assert!(port < self.own_ports, "there is no port {port}: the design has {}", self.own_ports);
        port
    }
}

impl<S: Simulator> Simulator for Modelled<S> {
    fn ports(&self) -> &[Port] {
        &self.simulator.ports()[..self.own_ports]
    }

    fn poke(&mut self, port: usize, value: &Bits) {
        self.simulator.poke(self.own(port), value);
        self.is_stale = true;
    }

    fn peek(&mut self, port: usize) -> Bits {
        self.settle();
        self.simulator.peek(self.own(port))
    }

    fn tick(&mut self) {
        self.settle();
        self.boxes.iter_mut().for_each(Running::edge);
        self.simulator.tick();
        self.is_stale = true;
    }

    fn poke_u64(&mut self, port: usize, value: u64) {
        self.simulator.poke_u64(self.own(port), value);
        self.is_stale = true;
    }

    fn peek_u64(&mut self, port: usize) -> u64 {
        self.settle();
        self.simulator.peek_u64(self.own(port))
    }

    fn signals(&self) -> &[SignalInfo] {
        self.simulator.signals()
    }

    fn signal(&mut self, id: SignalId) -> Bits {
        self.settle();
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

impl<S: Memories> Memories for Modelled<S> {
    fn memories(&self) -> &[MemoryInfo] {
        self.simulator.memories()
    }

    fn peek_word(&self, memory: MemoryId, address: u64) -> Bits {
        self.simulator.peek_word(memory, address)
    }

    fn poke_word(&mut self, memory: MemoryId, address: u64, word: &Bits) {
        self.simulator.poke_word(memory, address, word);
        self.is_stale = true;
    }
}
