//! The golden model: the steps of a list, one after the other.

mod rows;
mod steps;

use super::params::{Host, HostAnswer, HostCommand, Params};
use super::registers::Registers;
use super::step::{Kind, STEP_BYTES, Step};
use crate::common::lanes::{apart_unsigned, joined};
use crate::common::memory::Memory;
use crate::common::registers::OfRegisters;
use crate::golden::{GoldenModel, Model, Reference};
use crate::meadow::meadow_vector::model::Vector;
use crate::nonlinear::softmax::model::Softmax;
use hdl::{Bits, Bundle, Encoded};
use std::sync::Arc;
use steps::Tokens;

/// A step is illegal.
pub const ILLEGAL: u64 = 1;
/// A read failed, or a container was wrong.
pub const READ_FAILED: u64 = 2;
/// A write failed.
pub const WRITE_FAILED: u64 = 4;

/// How a list ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Why it ended early; 0 if it did not.
    pub error: u64,
    /// Steps that were done.
    pub steps: u64,
}

/// The memory, and what a list finds of the lists before it.
pub struct Machine {
    params: Params,
    softmax: Arc<Softmax>,
    vector: Vector,
    /// The memory outside.
    pub memory: Memory,
    /// On-chip memory; without a word if there is none.
    pub local: Memory,
    tokens: Option<Tokens>,
    /// The container of the last step was wrong, or had another number of weights.
    pub container_is_wrong: bool,
    /// The first step of the last list that has read bytes that are not known.
    pub unknown_step: Option<u64>,
    /// Products that the sparse steps of the last list have left out.
    pub left_out: u64,
}

impl Machine {
    /// With an empty memory, and on-chip memory of which nothing is known.
    pub fn new(params: &Params) -> Machine {
        let softmax = Arc::new(Softmax::new(&params.head().softmax()));
        let memory = Memory::new(params.ram().words, params.bytes());
        let local = Memory::unknown(params.local_words.into(), params.bytes());
        let vector = Vector::new(&params.vector());
        let params = params.clone();
        Machine {
            params,
            softmax,
            vector,
            memory,
            local,
            tokens: None,
            container_is_wrong: false,
            unknown_step: None,
            left_out: 0,
        }
    }

    /// Runs the list at an address; `seen` is given each step, and whether it is legal.
    pub fn run(&mut self, list: u64, seen: &mut dyn FnMut(&Step<u64>, bool)) -> Outcome {
        self.memory.begin();
        self.local.begin();
        (self.tokens, self.container_is_wrong, self.unknown_step) = (None, false, None);
        self.left_out = 0;
        for steps in 0.. {
            let address = list + steps * u64::from(STEP_BYTES);
            let step = Step::of_bytes(&self.memory.read(address, STEP_BYTES as usize));
            if self.memory.read_failed {
                return Outcome { error: READ_FAILED, steps };
            }
            let kind = Kind::from_code(step.kind.into()).expect("every code has a kind");
            if kind == Kind::End {
                return Outcome { error: 0, steps };
            }
            let is_legal = self.is_legal(kind, &step);
            seen(&step, is_legal);
            if !is_legal {
                return Outcome { error: ILLEGAL, steps };
            }
            let has_read_unknown = self.step(kind, &step);
            self.unknown_step = self.unknown_step.or(has_read_unknown.then_some(steps));
            let failed = |failed: bool, code: u64| if failed { code } else { 0 };
            let read_failed = self.memory.read_failed | self.local.read_failed | self.container_is_wrong;
            let write_failed = self.memory.write_failed | self.local.write_failed;
            let error = failed(read_failed, READ_FAILED) | failed(write_failed, WRITE_FAILED);
            if error != 0 {
                return Outcome { error, steps: steps + 1 };
            }
        }
        unreachable!("the steps have no end")
    }
}

/// What a command of the host gives.
pub enum Answer {
    /// A word was written.
    Nothing,
    /// The word that was read; None if it is not known.
    Word(Option<Bits>),
    /// A list has ended.
    Ended(Outcome),
}

impl Machine {
    /// Does a command of the host; `seen` is given each step of a list, and whether it is legal.
    pub fn command(&mut self, beat: &[Bits], seen: &mut dyn FnMut(&Step<u64>, bool)) -> Answer {
        let [run, write, address, data] = [0, 1, 2, 3].map(|field| beat[field].clone());
        let HostCommand { run, write, address, data } = HostCommand { run, write, address, data };
        let address = address.to_u64();
        if run.bit(0) {
            return Answer::Ended(self.run(address, seen));
        }
        if write.bit(0) {
            let bytes = apart_unsigned(8, &data).into_iter().map(|byte| byte as u8);
            self.memory.set_word(address, &bytes.collect::<Vec<_>>());
            return Answer::Nothing;
        }
        let joined = |word: Vec<u8>| joined(8, &word.into_iter().map(i64::from).collect::<Vec<_>>());
        Answer::Word(self.memory.word(address).map(joined))
    }
}

/// The golden model of the block with a stream of commands.
struct OfCommands(Machine);

impl Model for OfCommands {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let widths = self.0.params.answer();
        let none = widths.map(|width| Some(Bits::zero(*width)));
        let answer = match self.0.command(beat, &mut |_, _| {}) {
            Answer::Nothing => return,
            Answer::Word(word) => HostAnswer { data: word, ..none },
            Answer::Ended(Outcome { error, steps }) => HostAnswer {
                error: Some(Bits::truncated(error.into(), widths.error)),
                steps: Some(Bits::truncated(steps.into(), widths.steps)),
                // The model knows nothing of time.
                cycles: None,
                read: None,
                written: None,
                ..none
            },
        };
        let fields: Vec<Option<Bits>> = answer.members().into_iter().map(|(_, field)| field).collect();
        emit(0, &fields);
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        match self.host {
            Host::Stream => GoldenModel::sequential(OfCommands(Machine::new(self))),
            // Of the registers alone: what a list does is that of the other model.
            Host::Axi => GoldenModel::sequential(OfRegisters::new(Registers::new(self).map)),
        }
    }
}
