//! The golden model: a memory image before a product, and after it, with what the registers say.

mod product;

use super::host::{HostAnswer, HostCommand, HostKind};
use super::job::{Job, Outcome};
use super::params::{Host, Params};
use super::registers::{Counts, Registers};
use crate::common::lanes::{apart_unsigned, joined};
use crate::common::memory::Memory;
use crate::common::registers::OfRegisters;
use crate::golden::{GoldenModel, Model, Reference};
use hdl::{Bits, Bundle, Encoded};
use parts::registers::{FieldRef, RegisterFile, Response, WIDTH};
pub use product::Ended;
use product::is_endless;
use std::cell::Cell;

/// Cycles after which a core that is reset is at rest, in the memories of the tests.
pub const REST: u32 = 3200;

/// More cycles than any product of a test takes that ends on its own.
const LONG: u32 = 1 << 24;

/// All strobes of a word.
const ALL_BYTES: u32 = 0xf;

/// What the core does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nothing.
    Idle,
    /// A product that ends on its own, nobody knows when.
    Running(Ended),
    /// A product that takes longer than any test.
    Endless,
    /// A product that was told to end.
    Stopping,
    /// The same, and nothing is to be left of it.
    Resetting,
}

/// The core and its memory.
pub struct Machine {
    params: Params,
    registers: Registers,
    file: RegisterFile,
    /// The memory.
    pub memory: Memory,
    /// What the core does.
    pub phase: Phase,
    /// The rest is what registers read as, if it is known.
    pub outcome: Option<Outcome>,
    is_pending: bool,
    counts: Counts<Option<u32>>,
}

/// No count is known.
const UNKNOWN: Counts<Option<u32>> = counts(None);

const fn counts(all: Option<u32>) -> Counts<Option<u32>> {
    Counts {
        cycles: all,
        read_beats: all,
        written_beats: all,
        a_beats: all,
        b_beats: all,
        scale_beats: all,
        stall_a: all,
        stall_b: all,
        stall_c: all,
    }
}

impl Machine {
    /// After reset. Nothing of the memory is known.
    pub fn new(params: &Params) -> Machine {
        let registers = Registers::new(params);
        Machine {
            params: params.clone(),
            file: RegisterFile::new(registers.map.clone()),
            registers,
            memory: Memory::unknown(params.ram().words, params.bytes()),
            phase: Phase::Idle,
            outcome: Some(Outcome::None),
            is_pending: false,
            counts: counts(Some(0)),
        }
    }

    /// Its parameters.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The product that the registers describe.
    pub fn job(&self) -> Job<u64> {
        self.registers.job.map(|field| u64::from(self.file.value(*field)))
    }

    /// Why a product is refused, if it is.
    pub fn refusal(&self, job: &Job<u64>) -> Option<Outcome> {
        let Job { m, n, k, group, .. } = *job;
        let length = if group == 0 { k } else { group };
        if m == 0 || n == 0 || k == 0 || k > self.params.max_k.into() {
            return Some(Outcome::BadSize);
        }
        let is_bad = !group.is_multiple_of(16) || length > self.params.tile.max_group.into();
        is_bad.then_some(Outcome::BadGroup)
    }

    /// Writes a register; false if that is refused.
    pub fn write(&mut self, address: u32, data: u32) -> bool {
        let sets = |machine: &Machine, field| machine.file.sets(address, data, ALL_BYTES, field);
        let is_busy = self.phase != Phase::Idle;
        let mut locked = self.registers.job.members().into_iter();
        let is_locked = locked.any(|(_, field)| self.registers.map.address(field) == address / 4 * 4);
        let starts = sets(self, self.registers.start);
        if (is_busy && (starts || is_locked)) || !self.file.write(address, data, ALL_BYTES) {
            return false;
        }
        if sets(self, self.registers.done) {
            self.is_pending = false;
        }
        let (aborts, resets) = (sets(self, self.registers.abort), sets(self, self.registers.reset));
        if resets {
            (self.outcome, self.counts) = (Some(Outcome::None), counts(Some(0)));
        }
        self.phase = match self.phase {
            Phase::Idle if starts => self.start(),
            Phase::Endless | Phase::Stopping | Phase::Running(_) if resets => Phase::Resetting,
            Phase::Endless if aborts => Phase::Stopping,
            Phase::Running(_) if aborts => {
                // It may have ended before.
                let job = self.job();
                product::forget(&mut self.memory, &self.params, &job);
                Phase::Running(Ended { outcome: None, counts: UNKNOWN })
            }
            phase => phase,
        };
        true
    }

    /// Starts the product.
    fn start(&mut self) -> Phase {
        self.counts = counts(Some(0));
        let job = self.job();
        self.outcome = Some(self.refusal(&job).unwrap_or(Outcome::None));
        if self.outcome != Some(Outcome::None) {
            self.is_pending = true;
            return Phase::Idle;
        }
        if is_endless(&job) {
            product::forget(&mut self.memory, &self.params, &job);
            return Phase::Endless;
        }
        Phase::Running(product::run(&mut self.memory, &self.params, &job))
    }

    /// Waits for an interrupt, at most so many cycles: a product ends in it only if that is long.
    pub fn wait(&mut self, cycles: u32) {
        let interrupts = self.file.value(self.registers.enable) == 1;
        if self.is_pending && interrupts {
            return;
        }
        match self.phase {
            Phase::Running(ended) if interrupts && cycles >= LONG => {
                (self.outcome, self.counts, self.is_pending) = (ended.outcome, ended.counts, true);
                self.phase = Phase::Idle;
            }
            Phase::Stopping if interrupts && cycles >= REST => {
                (self.outcome, self.counts, self.is_pending) = (Some(Outcome::Aborted), UNKNOWN, true);
                self.phase = Phase::Idle;
            }
            Phase::Resetting if cycles >= REST => self.phase = Phase::Idle,
            Phase::Idle | Phase::Running(_) | Phase::Endless | Phase::Stopping | Phase::Resetting => {}
        }
    }

    /// What a register reads as, if it is there; the inner `None` if that is not known.
    pub fn read(&self, address: u32) -> Option<Option<u32>> {
        let is_known = Cell::new(true);
        let word = self.file.read_now(address, |field| {
            let value = self.now(field);
            is_known.set(is_known.get() && value.is_some());
            value.unwrap_or(0)
        })?;
        Some(is_known.get().then_some(word))
    }

    /// What a field that the core writes reads as, if that is known.
    fn now(&self, field: FieldRef) -> Option<u32> {
        let registers = &self.registers;
        let is_known = !matches!(self.phase, Phase::Running(_) | Phase::Stopping | Phase::Resetting);
        if field == registers.busy {
            return is_known.then_some((self.phase == Phase::Endless).into());
        }
        if field == registers.outcome {
            return self.outcome.filter(|_| is_known).map(|outcome| outcome.code() as u32);
        }
        if field == registers.done {
            return is_known.then_some(self.is_pending.into());
        }
        let counts = registers.counts.members().into_iter().zip(self.counts.members());
        let mut own = counts.filter(|((_, own), _)| *own == field);
        own.next().and_then(|(_, (_, count))| count).filter(|_| self.phase == Phase::Idle)
    }
}

impl Machine {
    /// Does a command of the host; returns its answer: the word, if it is known, and the response.
    pub fn command(&mut self, beat: &[Bits]) -> Option<(Option<Bits>, Response)> {
        let [kind, address, data] = [0, 1, 2].map(|field| beat[field].clone());
        let HostCommand { kind, address, data } = HostCommand { kind, address, data };
        let (address, word) = (address.to_u64() as u32, data.slice(WIDTH - 1, 0).to_u64() as u32);
        let register = address & ((1 << self.registers.map.address_bits()) - 1);
        let response = |is_done: bool| if is_done { Response::Okay } else { Response::SlaveError };
        let bits = |word: u32| Bits::truncated(word.into(), data.width());
        match HostKind::from_code(kind.to_u64().into())? {
            HostKind::WriteMemory => {
                let bytes = apart_unsigned(8, &data).into_iter().map(|byte| byte as u8);
                self.memory.set_word(address.into(), &bytes.collect::<Vec<_>>());
                None
            }
            HostKind::ReadMemory => {
                let joined = |word: Vec<u8>| joined(8, &word.into_iter().map(i64::from).collect::<Vec<_>>());
                Some((self.memory.word(address.into()).map(joined), Response::Okay))
            }
            HostKind::WriteRegister => Some((Some(bits(0)), response(self.write(register, word)))),
            HostKind::ReadRegister => {
                let read = self.read(register);
                Some((read.unwrap_or(Some(0)).map(bits), response(read.is_some())))
            }
            HostKind::Wait => {
                self.wait(word);
                None
            }
        }
    }
}

/// The golden model of the core with its memory.
struct OfCommands(Machine);

impl Model for OfCommands {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let widths = self.0.params.answer();
        if let Some((data, response)) = self.0.command(beat) {
            let resp = Some(Bits::truncated(response.code(), widths.resp));
            let answer = HostAnswer { data, resp };
            emit(0, &[answer.data, answer.resp]);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        match self.host {
            Host::Stream => GoldenModel::sequential(OfCommands(Machine::new(self))),
            // Of the registers alone: what a product does is that of the other model.
            Host::Axi => GoldenModel::sequential(OfRegisters::new(Registers::new(self).map)),
        }
    }
}
