//! The golden model: what every port is in every cycle, from the golden models of the blocks.

mod host;
mod inputs;
pub mod packet;
mod products;
mod software;
mod stages;
mod words;

pub use inputs::taken;

use super::params::{FLAGS_AT, Params, READS_AT};
use super::registers::{Errors, Registers};
use crate::common::lanes::flag;
use crate::crossbar::xbar_array_model::model::{Array, Loaded};
use crate::crossbar::xbar_mvm::model::Mvm;
use crate::crossbar::xbar_program::model::{self as program, Controller};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::{Bits, Bundle, Encoded};
use host::Host;
use packet::{Beat, Packets, Step};
use parts::registers::{RegisterFile, Response};
use stages::{Results, Stages};
use std::collections::VecDeque;
use words::{State, Words};

/// The inputs of a cycle.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    pub write_address: Option<u32>,
    /// With its strobes.
    pub write_data: Option<(u32, u32)>,
    pub read_address: Option<u32>,
    pub vector: Option<Beat>,
    pub partial: Option<Beat>,
    pub table: Option<Beat>,
    pub word: Option<Beat>,
    /// Responses, results and outcomes are taken, if there are any.
    pub write_ready: bool,
    pub read_ready: bool,
    pub result_ready: bool,
    pub outcome_ready: bool,
    /// Cells of the model that are programmed.
    pub load: Option<Loaded>,
    /// What comparators outside say.
    pub comparators: Vec<u64>,
    /// What the cells answer that are verified.
    pub sensed: Option<Vec<u64>>,
}

/// Which beats can be taken in a cycle.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ready {
    pub write_address: bool,
    pub write_data: bool,
    pub read_address: bool,
    pub vector: bool,
    pub partial: bool,
    pub table: bool,
    pub word: bool,
}

/// What happens in a cycle.
#[derive(Clone, Debug, Default)]
pub struct Events {
    pub ready: Ready,
    pub vector: Step,
    pub partial: Step,
    pub table: Step,
    pub word: Step,
    /// An input, an entry of a table, is out of range.
    pub odd_input: bool,
    pub odd_entry: bool,
    /// A sum leaves its range.
    pub sum_error: bool,
    /// A sum has a code that was the greatest one.
    pub saturates: bool,
    /// A vector, a word, waits for the other.
    pub vector_waits: bool,
    pub word_waits: bool,
    /// A word is done.
    pub done: bool,
    /// A write is done, and its response.
    pub written: Option<Response>,
    /// A register of `xbar_program` is read, or a read waits for a write.
    pub reads_program: bool,
    pub read_waits: bool,
    /// A word is programmed.
    pub is_programming: bool,
    /// Results leave that are wrong, or are not.
    pub results: Option<bool>,
    /// Results wait.
    pub results_wait: bool,
    /// A vector makes all neurons rest.
    pub rests: bool,
    /// Vectors that are inside.
    pub inside: u32,
}

/// What a vector brings along to its sums.
#[derive(Clone, Copy, Debug)]
struct Tag {
    reload: bool,
    rest: bool,
    wrong: bool,
}

/// The macro.
pub struct Macro {
    params: Params,
    registers: Registers,
    file: RegisterFile,
    host: Host,
    errors: Errors<bool>,
    counters: [u32; 4],
    reload_next: bool,
    rest_next: bool,
    vectors: Packets,
    partials: Packets,
    tables: Packets,
    words: Words,
    /// Of products.
    pub mvm: Mvm,
    /// Of words.
    pub controller: Controller,
    stages: Option<Stages>,
    inside: u32,
    tags: VecDeque<Tag>,
    is_first_sum: bool,
    was_wrong: bool,
    kept_partials: VecDeque<Beat>,
    kept: VecDeque<Results>,
}

/// Beats that a queue keeps.
const KEPT: usize = 2;

impl Macro {
    /// After a reset.
    pub fn new(params: &Params) -> Macro {
        let registers = Registers::new(params);
        let option = |is: bool| is.then_some(false);
        let has_stages = params.stage().is_some();
        Macro {
            file: RegisterFile::new(registers.map.clone()),
            registers,
            host: Host::default(),
            errors: Errors {
                partial: option(params.chained),
                sum: option(params.chained),
                table: option(has_stages),
                ..Errors::default()
            },
            counters: [0; 4],
            reload_next: false,
            rest_next: false,
            vectors: Packets::new(params.mvm.driver().beats()),
            partials: Packets::new(params.mvm.outputs),
            tables: Packets::new(params.mvm.outputs * params.mvm.adcs),
            words: Words::new(params),
            mvm: Mvm::new(&params.mvm),
            controller: Controller::new(&params.program()),
            stages: params.stage().map(|stage| Stages::new(params, stage)),
            inside: 0,
            tags: VecDeque::new(),
            is_first_sum: true,
            was_wrong: false,
            kept_partials: VecDeque::new(),
            kept: VecDeque::new(),
            params: params.clone(),
        }
    }

    /// Nothing is inside, and no packet is begun.
    pub fn is_idle(&self) -> bool {
        let packets = [&self.vectors, &self.partials, &self.tables];
        let is_host_idle = self.host.answer.is_none() && self.host.read.is_none();
        self.words.is_idle()
            && self.inside == 0
            && !self.are_results_inside()
            && self.kept_partials.is_empty()
            && packets.into_iter().all(Packets::is_between)
            && is_host_idle
    }

    /// A word is programmed.
    pub fn is_programming(&self) -> bool {
        self.words.state == State::Programs
    }

    fn are_results_inside(&self) -> bool {
        !self.kept.is_empty() || self.stages.as_ref().is_some_and(Stages::are_busy)
    }

    /// What the comparators of `arrays` say, if they are attached.
    pub fn answer(&self, arrays: &[Array]) -> Vec<u64> {
        self.mvm.answer(arrays)
    }

    /// The inputs of the programmer.
    fn program_taken(&self, taken: &Taken, config: Option<(u64, u64)>, leaves: bool) -> program::Taken {
        let is_free = self.words.state == State::Waits && self.inside == 0;
        let config = config.filter(|(_, data)| data >> 16 == 0);
        program::Taken {
            word: is_free.then(|| (self.words.levels.clone(), self.words.mask.clone())),
            config_valid: config.is_some(),
            address: config.map_or(0, |(address, _)| address),
            data: config.map_or(0, |(_, data)| data),
            sensed: taken.sensed.clone(),
            row: 0,
            renew: false,
            out_ready: leaves && self.words.state == State::Offers { is_refused: false },
        }
    }

    /// The beat of an outcome that is offered.
    fn outcome(&self) -> Option<(u64, bool)> {
        let State::Offers { is_refused } = self.words.state else { return None };
        let work = &self.controller.work;
        let failed: u64 = (0..).zip(&work.failed).map(|(cell, failed)| u64::from(*failed) << cell).sum();
        let flags = u64::from(self.controller.is_error()) | u64::from(work.at_limit) << 1;
        let counts = work.pulses | work.reads << READS_AT | flags << FLAGS_AT;
        let data = match (is_refused, self.words.is_second) {
            (false, false) => failed,
            (false, true) => counts,
            (true, false) => 0,
            (true, true) => 4 << FLAGS_AT,
        };
        Some((data, self.words.is_second))
    }

    /// The pins; while a word is programmed, those that products are read with rest.
    fn pins(&self, of_program: &program::Taken) -> Vec<Option<Bits>> {
        let programs = self.is_programming();
        let mut pins = self.mvm.pins();
        if programs {
            for pin in READS {
                let width = pins[pin].as_ref().map_or(1, Bits::width);
                pins[pin] = Some(Bits::zero(width));
            }
        }
        let (declared, (row, word)) = (self.params.place(), self.words.place);
        let number = |value: u64, width: u32| programs.then(|| Bits::truncated(value.into(), width));
        let count = self.params.program().analog().names().len();
        pins.push(number(row, declared.row));
        pins.extend(declared.word.map(|width| number(word, width)));
        pins.extend(self.controller.outputs(of_program).into_iter().skip(PROGRAM_PINS).take(count));
        pins
    }

    /// The cycle ends. Gives what every output was in it, and what happened.
    pub fn clock(&mut self, taken: &Taken) -> (Vec<Option<Bits>>, Events) {
        let write = self.host.write();
        let config = write.and_then(|write| self.program_write(&write));
        let outcome = self.outcome();
        let leaves = taken.outcome_ready && outcome.is_some_and(|(_, last)| last);
        let of_program = self.program_taken(taken, config, leaves);
        let read = taken.read_address.filter(|_| self.host.can_read());
        let ready = Ready {
            write_address: self.host.address.is_none(),
            write_data: self.host.data.is_none(),
            read_address: self.host.can_read(),
            word: self.words.is_ready(),
            ..Ready::default()
        };
        let mut events = Events {
            ready,
            vector_waits: self.words.wants_array() && self.vectors.place == 0 && taken.vector.is_some(),
            word_waits: self.words.state == State::Waits && self.inside > 0,
            done: self.is_programming() && self.controller.step == program::Step::Offer,
            is_programming: self.is_programming(),
            inside: self.inside,
            results_wait: !self.kept.is_empty() && !taken.result_ready,
            reads_program: read.is_some_and(|address| self.forwarded(address).is_some()),
            read_waits: taken.read_address.is_some() && self.host.read.is_none() && write.is_some(),
            ..Events::default()
        };
        let (shown, host, pins) = (self.kept.front().cloned(), self.host.clone(), self.pins(&of_program));
        let read = read.map(|address| self.read(address));

        let vector_ends = self.clock_products(taken, &mut events);
        self.clock_word(taken, &of_program, &mut events);
        let response = write.map(|write| self.response(&write, config));
        self.clock_registers(write.zip(response), vector_ends, &events);
        self.controller.clock(&of_program);
        self.clock_host(taken, response, read);
        events.written = response;
        (self.outputs(&events.ready, &host, shown, outcome, pins), events)
    }

    fn clock_word(&mut self, taken: &Taken, of_program: &program::Taken, events: &mut Events) {
        let offers = matches!(self.words.state, State::Offers { .. });
        let is_idle = self.controller.step == program::Step::Idle;
        let starts = of_program.word.is_some() && is_idle && !of_program.config_valid;
        events.word = self.words.collect(taken.word.as_ref());
        if starts {
            self.words.state = State::Programs;
        }
        if events.done {
            self.words.state = State::Offers { is_refused: false };
        }
        if offers && taken.outcome_ready {
            if self.words.is_second {
                self.words.state = State::Collects;
            }
            self.words.is_second = !self.words.is_second;
        }
    }

    /// Every output, in the order of the ports.
    fn outputs(
        &self,
        ready: &Ready,
        host: &Host,
        shown: Option<Results>,
        outcome: Option<(u64, bool)>,
        pins: Vec<Option<Bits>>,
    ) -> Vec<Option<Bits>> {
        let (is, bits) =
            (|is: bool| Some(flag(is)), |value: u64, width: u32| Some(Bits::truncated(value.into(), width)));
        let code = |response: Response| bits(response.code() as u64, Response::WIDTH);
        let readies = [Some(ready.write_address), Some(ready.write_data), Some(ready.read_address)]
            .into_iter()
            .chain([Some(ready.vector), self.params.chained.then_some(ready.partial)])
            .chain([self.stages.as_ref().map(|_| ready.table), Some(ready.word)])
            .flatten()
            .map(is);
        let answer = [is(host.answer.is_some()), host.answer.and_then(code)];
        let read = match host.read {
            None => [is(false), None, None],
            Some((word, response)) => [is(true), bits(word.into(), 32), code(response)],
        };
        let results = match shown {
            None => [is(false), None, None, None],
            Some(Results { data, last, user }) => [is(true), Some(data), is(last), is(user)],
        };
        let outcome = match outcome {
            None => [is(false), None, None],
            Some((data, last)) => [is(true), bits(data, 64), is(last)],
        };
        readies.chain(answer).chain(read).chain(results).chain(outcome).chain(pins).collect()
    }
}

/// The numbers of the pins `precharge`, `word_line_enable` and `sample` among those of `xbar_mvm`.
const READS: [usize; 3] = [1, 2, 3];

/// Outputs of `xbar_program` before its pins.
const PROGRAM_PINS: usize = 4;

struct Golden {
    whole: Macro,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let taken = taken(&self.whole.params, beat);
        emit(0, &self.whole.clock(&taken).0);
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { whole: Macro::new(self) })
    }
}
