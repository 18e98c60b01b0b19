//! Power-up: how a run brings its design to a known state.

use super::wiring::Reset;
use super::{Bench, Fault, Observer};
use hdl::{Bits, Direction};
use sim::Simulator;
use std::collections::VecDeque;

/// Cycles in which the reset is active at power-up.
const POWER_UP_RESET: u64 = 2;

/// Cycles of the reset in the middle of traffic. One is enough for registers with a reset. In a longer reset, a
/// register without one could take its value from a register with one, and the fault would be hidden.
const RESET_IN_TRAFFIC: u64 = 1;

/// Cycles beyond the latency in which the design is filled before its second reset.
const FILL_CYCLES: u64 = 4;

/// The phases of a start: whether the reset is active, and for how many cycles. There is traffic while it is
/// inactive.
pub(super) fn phases(latency: u64) -> [(bool, u64); 3] {
    [(true, POWER_UP_RESET), (false, latency + FILL_CYCLES), (true, RESET_IN_TRAFFIC)]
}

impl<S: Simulator + ?Sized, O: Observer<S>> Bench<'_, S, O> {
    /// Sets the inputs to 0; then, if there is a reset: reset, traffic that is not compared, reset.
    pub(super) fn start(&mut self, latency: u64) -> Result<(), Fault> {
        for (index, port) in self.wiring.ports.iter().enumerate() {
            if port.direction == Direction::Input {
                self.simulator.poke(index, &Bits::zero(port.width));
            }
        }
        let Some(reset) = self.wiring.reset else { return Ok(()) };
        for (is_active, cycles) in phases(latency) {
            if is_active { self.reset(reset, cycles)? } else { self.fill(cycles)? }
        }
        Ok(())
    }

    fn reset(&mut self, reset: Reset, cycles: u64) -> Result<(), Fault> {
        self.simulator.poke_u64(reset.port, reset.active);
        (0..cycles).try_for_each(|_| self.tick())?;
        self.simulator.poke_u64(reset.port, 1 - reset.active);
        Ok(())
    }

    /// Offers beats as fast as the design takes them, from the first case on, so that the reset comes in the middle
    /// of a case. Takes answers at first, for a number of cycles that depends on the run; a run from case 0 takes
    /// none, which fills the design. Without a handshake, the first beat stays.
    fn fill(&mut self, cycles: u64) -> Result<(), Fault> {
        let space = self.space;
        let mut cases = self.cases.clone().cycle();
        let mut waiting = vec![VecDeque::new(); self.wiring.inputs.len()];
        for cycle in 0..cycles {
            self.set_ready(cycle < self.cases.start % cycles);
            let next = if waiting.iter().any(VecDeque::is_empty) { cases.next() } else { None };
            if let Some(case) = next {
                (space.make)(case, &mut |channel, beat| waiting[channel].push_back(beat.to_vec()));
            }
            for (channel, beats) in waiting.iter().enumerate() {
                beats.front().into_iter().for_each(|beat| self.drive(channel, beat));
                self.set_valid(channel, !beats.is_empty());
            }
            for (channel, beats) in waiting.iter_mut().enumerate() {
                if self.is_ready(channel) {
                    beats.pop_front();
                }
            }
            self.tick()?;
        }
        (0..self.wiring.inputs.len()).for_each(|channel| self.set_valid(channel, false));
        Ok(())
    }

    fn is_ready(&mut self, channel: usize) -> bool {
        let handshake = self.wiring.inputs[channel].handshake;
        handshake.is_some_and(|handshake| self.simulator.peek_u64(handshake.ready) == 1)
    }

    fn set_ready(&mut self, ready: bool) {
        for output in &self.wiring.outputs {
            if let Some(handshake) = output.handshake {
                self.simulator.poke_u64(handshake.ready, ready.into());
            }
        }
    }

    fn set_valid(&mut self, channel: usize, valid: bool) {
        if let Some(handshake) = self.wiring.inputs[channel].handshake {
            self.simulator.poke_u64(handshake.valid, valid.into());
        }
    }
}
