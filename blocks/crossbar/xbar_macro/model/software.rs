//! Registers, and what software sees and says.

use super::host::Write;
use super::packet::Step;
use super::{Errors, Events, Macro, Taken};
use crate::crossbar::xbar_program::model as program;
use parts::registers::{FieldRef, Response};

impl Macro {
    /// What a register reads as that the block or its programmer keeps.
    fn now(&self, field: FieldRef) -> u32 {
        let registers = &self.registers;
        let busy = [self.inside > 0 || self.are_results_inside(), self.words.is_inside()];
        let flags = registers.busy.into_iter().zip(busy);
        let errors = registers.errors.all().into_iter().zip(self.errors.all());
        let own = flags.chain(errors).map(|(field, is)| (field, u32::from(is)));
        let counters = registers.counters.into_iter().zip(self.counters);
        let read = |address: u64| self.controller.registers.read(address) as u32;
        let program = registers.program.iter().map(|(field, address)| (*field, read(*address)));
        let mut all = own.chain(counters).chain(program);
        all.find(|(other, _)| *other == field).map_or(0, |(_, value)| value)
    }

    /// The register of `xbar_program` at a byte address, by its address there.
    pub(super) fn forwarded(&self, address: u32) -> Option<u64> {
        let is_at = |field: FieldRef| self.registers.map.address(field) == address & !3;
        self.registers.program.iter().find(|(field, _)| is_at(*field)).map(|(_, address)| *address)
    }

    /// What a write gives `xbar_program`: its address there, and all of its data.
    pub(super) fn program_write(&self, write: &Write) -> Option<(u64, u64)> {
        let address = self.forwarded(write.address)?;
        let mask = (0..4)
            .filter(|byte| write.strobes >> byte & 1 == 1)
            .fold(0u32, |mask, byte| mask | 0xff << (8 * byte));
        let held = self.controller.registers.read(address) as u32;
        Some((address, u64::from((held & !mask) | (write.data & mask))))
    }

    /// What a read gives.
    pub(super) fn read(&self, address: u32) -> (u32, Response) {
        match self.file.read_now(address, |field| self.now(field)) {
            Some(word) => (word, Response::Okay),
            None => (0, Response::SlaveError),
        }
    }

    /// The response to a write.
    pub(super) fn response(
        &mut self,
        Write { address, data, strobes }: &Write,
        config: Option<(u64, u64)>,
    ) -> Response {
        let is_taken = |(address, data): (u64, u64)| {
            let is_idle = self.controller.step == program::Step::Idle;
            is_idle && data >> 16 == 0 && self.controller.registers.takes(address, data)
        };
        let is_taken = config.is_none_or(is_taken);
        match is_taken && self.file.write(*address, *data, *strobes) {
            true => Response::Okay,
            false => Response::SlaveError,
        }
    }

    /// Flags and counters, under a write and what happens.
    pub(super) fn clock_registers(
        &mut self,
        written: Option<(Write, Response)>,
        vector_ends: bool,
        events: &Events,
    ) {
        let accepted = written.filter(|(_, response)| *response == Response::Okay).map(|(write, _)| write);
        let (file, registers) = (&self.file, &self.registers);
        let sets = |field: FieldRef| {
            accepted.is_some_and(|Write { address, data, strobes }| file.sets(address, data, strobes, field))
        };
        let ends_wrong = |step: &Step| step.ends && step.is_wrong;
        let next = |was: bool, field: FieldRef, event: bool| (was && !sets(field)) || event;
        let of = &registers.errors;
        let maybe = |was: Option<bool>, field: Option<FieldRef>, event: bool| {
            was.zip(field).map(|(was, field)| next(was, field, event))
        };
        self.errors = Errors {
            vector: next(self.errors.vector, of.vector, ends_wrong(&events.vector)),
            partial: maybe(self.errors.partial, of.partial, ends_wrong(&events.partial)),
            sum: maybe(self.errors.sum, of.sum, events.sum_error),
            table: maybe(self.errors.table, of.table, ends_wrong(&events.table)),
            word: next(self.errors.word, of.word, ends_wrong(&events.word)),
            saturated: next(self.errors.saturated, of.saturated, events.saturates),
        };
        self.reload_next |= registers.reload.is_some_and(sets);
        self.rest_next |= registers.rest.is_some_and(sets);
        let clears = sets(registers.clear);
        let work = &self.controller.work;
        let failed = work.failed.iter().filter(|failed| **failed).count() as u32;
        let done = u32::from(events.done);
        let counts = [vector_ends.into(), done, done * failed, done * work.pulses as u32];
        for (counter, count) in self.counters.iter_mut().zip(counts) {
            *counter = if clears { 0 } else { counter.wrapping_add(count) };
        }
    }

    pub(super) fn clock_host(
        &mut self,
        taken: &Taken,
        response: Option<Response>,
        read: Option<(u32, Response)>,
    ) {
        let host = &mut self.host;
        let (had_address, had_data) = (host.address.is_some(), host.data.is_some());
        if response.is_some() {
            (host.address, host.data) = (None, None);
        } else if taken.write_ready {
            host.answer = None;
        }
        if !had_address {
            host.address = taken.write_address;
        }
        if !had_data {
            host.data = taken.write_data;
        }
        host.answer = response.or(host.answer);
        if taken.read_ready {
            host.read = None;
        }
        host.read = read.or(host.read);
    }
}
