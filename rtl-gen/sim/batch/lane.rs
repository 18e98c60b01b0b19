//! One lane of a batch as a simulator.

use super::Batch;
use super::gates::Storage;
use super::power_up::lane_value;
use crate::interpreter::Interpreter;
use crate::memories::{Memories, MemoryId, MemoryInfo};
use crate::property::{Covered, Violation};
use crate::simulator::{SignalId, SignalInfo, Simulator};
use hdl::netlist::PropertyKind;
use hdl::{Bits, Direction, Port};
use std::ops::DerefMut;

/// One lane of a [`Batch`]. A tick advances all lanes.
///
/// Internal signals are not in the rows of the batch: an interpreter that is given the lane's state computes them. So
/// waveforms of a lane cost the batch nothing.
pub struct Lane<B> {
    batch: B,
    lane: usize,
    shadow: Option<Box<Interpreter>>,
    shadow_is_stale: bool,
}

impl<B: DerefMut<Target = Batch>> Lane<B> {
    pub(super) fn of(batch: B, lane: usize) -> Lane<B> {
        Lane { batch, lane, shadow: None, shadow_is_stale: true }
    }

    /// An interpreter in the lane's state.
    fn shadow(&mut self) -> &mut Interpreter {
        let mut shadow = self.shadow.take().unwrap_or_else(|| Box::new(self.batch.compiled.reference()));
        if std::mem::replace(&mut self.shadow_is_stale, false) {
            self.copy_state(&mut shadow);
        }
        self.shadow.insert(shadow)
    }

    fn copy_state(&mut self, shadow: &mut Interpreter) {
        let (batch, lane) = (&*self.batch, self.lane);
        let logic = &batch.compiled.logic;
        for (port, Port { direction, .. }) in batch.ports().iter().enumerate() {
            if *direction == Direction::Input {
                shadow.poke(port, &lane_value(&batch.values, logic.ports[port].clone(), lane));
            }
        }
        for (number, rows) in logic.registers.iter().enumerate() {
            shadow.set_register(number, &lane_value(&batch.state, rows.clone(), lane));
        }
        for (index, storage) in logic.memories.iter().enumerate() {
            let width = batch.compiled.flat.memories[index].width;
            match storage {
                Storage::Logic => {}
                Storage::Cells(rows) => {
                    let firsts = rows.clone().step_by(width as usize);
                    for (address, first) in firsts.enumerate() {
                        let word = lane_value(&batch.state, first..first + width, lane);
                        shadow.set_word(index, address as u64, &word);
                    }
                }
                Storage::Words => {
                    let words = batch.memories[index].iter().flat_map(|words| words.of_lane(lane));
                    for (address, limbs) in words.enumerate() {
                        shadow.set_word(index, address as u64, &Bits::from_limbs(width, limbs));
                    }
                }
            }
        }
    }
}

impl<B: DerefMut<Target = Batch>> Simulator for Lane<B> {
    fn ports(&self) -> &[Port] {
        self.batch.ports()
    }

    /// Panics if `port` is an output or `value` has another width.
    fn poke(&mut self, port: usize, value: &Bits) {
        self.batch.poke_lane(port, self.lane, value);
        self.shadow_is_stale = true;
    }

    fn peek(&mut self, port: usize) -> Bits {
        self.batch.peek_lane(port, self.lane)
    }

    fn tick(&mut self) {
        self.batch.tick();
        self.shadow_is_stale = true;
    }

    /// Panics if `port` is an output or `value` does not fit it.
    fn poke_u64(&mut self, port: usize, value: u64) {
        let Port { name, width, .. } = &self.batch.ports()[port];
        let width = *width;
        let fits = width <= 64 && value <= hdl::top_limb_mask(width);
        assert!(fits, "`{name}` has {width} bits: it cannot take {value} as up to 64 bits");
        self.poke(port, &Bits::from_limbs(width, &[value]));
    }

    /// Panics if the port has more than 64 bits.
    fn peek_u64(&mut self, port: usize) -> u64 {
        self.peek(port).to_u64()
    }

    fn signals(&self) -> &[SignalInfo] {
        &self.batch.compiled.flat.signals
    }

    /// Panics for an id of another design.
    fn signal(&mut self, id: SignalId) -> Bits {
        self.shadow().signal(id)
    }

    fn cycle(&self) -> u64 {
        self.batch.cycle()
    }

    fn violations(&self) -> Vec<Violation> {
        self.broken(PropertyKind::Assert)
    }

    fn environment_errors(&self) -> Vec<Violation> {
        self.broken(PropertyKind::Assume)
    }

    fn covered(&self) -> Vec<Covered> {
        self.batch.covered_in(self.lane..self.lane + 1)
    }
}

impl<B: DerefMut<Target = Batch>> Memories for Lane<B> {
    fn memories(&self) -> &[MemoryInfo] {
        self.batch.memories()
    }

    fn peek_word(&self, memory: MemoryId, address: u64) -> Bits {
        self.batch.word(memory, self.lane, address)
    }

    fn poke_word(&mut self, memory: MemoryId, address: u64, word: &Bits) {
        self.batch.set_word(memory, self.lane, address, word);
        self.shadow_is_stale = true;
    }
}

impl<B: DerefMut<Target = Batch>> Lane<B> {
    fn broken(&self, kind: PropertyKind) -> Vec<Violation> {
        let broken = self.batch.broken_in(kind, self.lane..self.lane + 1).into_iter();
        broken.map(|(_, violation)| violation).collect()
    }
}
