//! The golden model: what every port is in every cycle, from the golden models of the blocks.

mod host;
pub mod packet;
mod stages;
mod words;

use super::params::{FLAGS_AT, Output, Params, READS_AT, lane};
use super::registers::{Errors, Registers};
use crate::common::lanes::{apart, apart_unsigned, flag, joined, joined_within};
use crate::crossbar::pins::ArrayPlace;
use crate::crossbar::xbar_adc_sar::model::Pace;
use crate::crossbar::xbar_array_model::model::{Array, Loaded};
use crate::crossbar::xbar_mvm::model::{self as mvm, Mvm, Times};
use crate::crossbar::xbar_program::model::{self as program, Controller};
use crate::crossbar::xbar_sequencer::Clocks;
use crate::golden::{GoldenModel, Model, Reference};
use hdl::{Bits, Bundle, Encoded};
use host::{Host, Write};
use packet::{Beat, Packets, Step};
use parts::registers::{FieldRef, RegisterFile, Response};
use stages::{Given, Results, Stages, fits};
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

    fn times(&self) -> Times {
        let steps = &self.registers.steps;
        let value = |field: FieldRef| u64::from(self.file.value(field));
        let or = |field: Option<FieldRef>, other: u64| field.map_or(other, value);
        let clocks = Clocks {
            precharge_clocks: value(steps.precharge_clocks),
            settle_clocks: value(steps.settle_clocks),
            convert_clocks: or(steps.convert_clocks, 1),
        };
        Times { clocks, pace: Pace { sample: or(steps.sample_clocks, 0), settle: or(steps.trial_clocks, 0) } }
    }

    /// The inputs of a beat, and whether one is out of range.
    fn inputs(&self, data: &Bits) -> (Bits, bool) {
        let mvm = &self.params.mvm;
        let width = lane(mvm.input_bits);
        let lanes = apart_unsigned(width, &data.slice(mvm.lanes * width - 1, 0));
        let is_signed = mvm.encoding.is_signed();
        let is_odd = lanes.iter().any(|lane| !fits(*lane, width, mvm.input_bits, is_signed));
        (joined(mvm.input_bits, &lanes), is_odd)
    }

    /// The sums of this cycle with those of another macro, and whether one leaves its range.
    fn totals(&self, own: &[i128], partial: Option<&Bits>) -> (Vec<i128>, bool) {
        let width = lane(self.params.sum_bits());
        let others = partial.map_or(vec![0; own.len()], |data| apart(width, data));
        let totals: Vec<i128> = own.iter().zip(others).map(|(own, other)| own + i128::from(other)).collect();
        let greatest = (1i128 << (self.params.sum_bits() - 1)) - 1;
        let leaves = totals.iter().any(|total| !(-greatest - 1..=greatest).contains(total));
        let wrapped = |total: &i128| {
            let above = 128 - self.params.sum_bits();
            (total << above) >> above
        };
        (totals.iter().map(wrapped).collect(), leaves)
    }

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
    fn forwarded(&self, address: u32) -> Option<u64> {
        let is_at = |field: FieldRef| self.registers.map.address(field) == address & !3;
        self.registers.program.iter().find(|(field, _)| is_at(*field)).map(|(_, address)| *address)
    }

    /// What a write gives `xbar_program`: its address there, and all of its data.
    fn program_write(&self, write: &Write) -> Option<(u64, u64)> {
        let address = self.forwarded(write.address)?;
        let mask = (0..4)
            .filter(|byte| write.strobes >> byte & 1 == 1)
            .fold(0u32, |mask, byte| mask | 0xff << (8 * byte));
        let held = self.controller.registers.read(address) as u32;
        Some((address, u64::from((held & !mask) | (write.data & mask))))
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

    /// What a read gives.
    fn read(&self, address: u32) -> (u32, Response) {
        match self.file.read_now(address, |field| self.now(field)) {
            Some(word) => (word, Response::Okay),
            None => (0, Response::SlaveError),
        }
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

    /// The response to a write.
    fn response(&mut self, Write { address, data, strobes }: &Write, config: Option<(u64, u64)>) -> Response {
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

    /// Vectors, sums and results; gives whether the last sums of a vector leave `xbar_mvm`.
    fn clock_products(&mut self, taken: &Taken, events: &mut Events) -> bool {
        let tag = self.tags.front().copied().unwrap_or(Tag { reload: false, rest: false, wrong: false });
        let (offered, has_room) = (self.mvm.offered(), self.kept.len() < KEPT);
        let waits_for_table = self.stages.as_ref().is_some_and(|stages| stages.loads(tag.reload));
        let loads = offered.is_some() && self.is_first_sum && waits_for_table;
        let goes_on = !loads && self.stages.as_ref().map_or(has_room, |stages| stages.moves(has_room));
        let partial = self.partials.beat(self.kept_partials.front(), self.params.partial().data.width());
        let out_ready = goes_on && (partial.is_some() || !self.params.chained);

        self.clock_vectors(taken, out_ready, events);
        self.clock_table(taken, loads, events);
        self.clock_partials(taken, goes_on && offered.is_some(), events);
        let given = offered.filter(|_| out_ready).map(|mvm::Offered { sums, saturated, last, error: _ }| {
            events.saturates = saturated.contains(&1);
            let (sums, leaves_range) = self.totals(&sums, partial.as_ref().filter(|_| self.params.chained));
            events.sum_error = leaves_range;
            let table = self.stages.as_ref().is_some_and(|stages| stages.table_is_wrong);
            let now = tag.wrong || events.partial.is_wrong || leaves_range || table;
            let rest = (self.params.output == Output::Lif).then_some(tag.rest);
            events.rests = self.is_first_sum && rest == Some(true);
            let clears = self.is_first_sum && rest.unwrap_or(true);
            self.was_wrong = (self.was_wrong && !clears) || now;
            self.is_first_sum = last;
            Given { sums, last, reload: tag.reload, rest, user: self.was_wrong }
        });
        let vector_ends = given.as_ref().is_some_and(|given| given.last);
        if vector_ends {
            self.tags.pop_front();
            self.inside -= 1;
        }
        self.clock_results(taken, given, has_room, events);
        vector_ends
    }

    fn clock_vectors(&mut self, taken: &Taken, out_ready: bool, events: &mut Events) {
        let begins = self.vectors.place == 0;
        let may_go = !begins || !self.words.wants_array();
        let data = self.vectors.beat(taken.vector.as_ref(), self.params.vector().data.width());
        let (beat, is_odd) = match data {
            None => (None, false),
            Some(data) => {
                let (inputs, is_odd) = self.inputs(&data);
                let skips = flag(self.file.value(self.registers.skip_zeros) == 1);
                (may_go.then(|| vec![inputs, skips, flag(self.vectors.is_last())]), is_odd)
            }
        };
        let to_mvm = mvm::Taken {
            beat,
            times: self.times(),
            load: taken.load.clone(),
            comparators: taken.comparators.clone(),
            out_ready,
        };
        let may_go = self.mvm.clock(&to_mvm).in_ready && may_go;
        events.ready.vector = self.vectors.is_ready(may_go);
        let step = self.vectors.clock(taken.vector.as_ref(), may_go, is_odd);
        self.inside += u32::from(step.takes && begins);
        if step.ends {
            let (reload, rest) = (std::mem::take(&mut self.reload_next), std::mem::take(&mut self.rest_next));
            self.tags.push_back(Tag { reload, rest, wrong: step.is_wrong });
        }
        (events.vector, events.odd_input) = (step, step.takes && is_odd);
    }

    fn clock_table(&mut self, taken: &Taken, loads: bool, events: &mut Events) {
        let Some(stages) = &mut self.stages else { return };
        events.ready.table = self.tables.is_ready(loads);
        let data = self.tables.beat(taken.table.as_ref(), self.params.table().data.width());
        let entry = data.map(|data| stages.entry(&data));
        let is_odd = entry.as_ref().is_some_and(|(_, is_odd)| *is_odd);
        let step = self.tables.clock(taken.table.as_ref(), loads, is_odd);
        if let Some((fields, _)) = entry.filter(|_| step.takes) {
            stages.load(&fields, step.ends, step.is_wrong);
        }
        (events.table, events.odd_entry) = (step, step.takes && is_odd);
    }

    fn clock_partials(&mut self, taken: &Taken, goes_on: bool, events: &mut Events) {
        events.ready.partial = self.kept_partials.len() < KEPT;
        let is_ready = self.partials.is_ready(goes_on);
        if self.params.chained {
            events.partial = self.partials.clock(self.kept_partials.front(), goes_on, false);
        }
        if is_ready {
            self.kept_partials.pop_front();
        }
        self.kept_partials.extend(taken.partial.clone().filter(|_| events.ready.partial));
    }

    fn clock_results(&mut self, taken: &Taken, given: Option<Given>, has_room: bool, events: &mut Events) {
        let (width, sum_lane) = (self.params.result().data, lane(self.params.sum_bits()));
        let results = match &mut self.stages {
            None => given.map(|given| Results {
                data: joined_within(width, sum_lane, &given.sums),
                last: given.last,
                user: given.user,
            }),
            Some(stages) if stages.moves(has_room) => stages.clock(given.as_ref(), width),
            Some(_) => None,
        };
        if taken.result_ready {
            events.results = self.kept.pop_front().map(|results| results.user);
        }
        self.kept.extend(results);
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

    /// Flags and counters, under a write and what happens.
    fn clock_registers(&mut self, written: Option<(Write, Response)>, vector_ends: bool, events: &Events) {
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

    fn clock_host(&mut self, taken: &Taken, response: Option<Response>, read: Option<(u32, Response)>) {
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

/// What the inputs of a cycle say.
pub fn taken(params: &Params, beat: &[Bits]) -> Taken {
    let mut fields = beat.iter();
    let mut next = || fields.next().expect("a beat has all fields");
    let write_address = word(&mut next);
    let write_data = word(&mut next);
    let read_address = word(&mut next);
    let vector = offered(&mut next);
    let partial = params.chained.then(|| marked(&mut next)).flatten();
    let table = params.stage().and_then(|_| offered(&mut next));
    let of_word = offered(&mut next);
    let [write_ready, read_ready, result_ready, outcome_ready] = [(); 4].map(|()| next().bit(0));
    let load = match params.mvm.array {
        ArrayPlace::External => None,
        ArrayPlace::Model => mvm::loaded(&params.mvm, &mut next),
    };
    let comparators = match params.mvm.array {
        ArrayPlace::External => apart_unsigned(1, next()),
        ArrayPlace::Model => vec![],
    };
    let (sense_valid, sensed) = (next().bit(0), next());
    Taken {
        write_address: write_address.map(|(address, _)| address),
        write_data,
        read_address: read_address.map(|(address, _)| address),
        vector,
        partial,
        table,
        word: of_word,
        write_ready,
        read_ready,
        result_ready,
        outcome_ready,
        load,
        comparators,
        sensed: sense_valid.then(|| apart_unsigned(params.program().sense_bits(), sensed)),
    }
}

/// A beat of a channel with two fields, if it is offered.
fn word<'b>(next: &mut impl FnMut() -> &'b Bits) -> Option<(u32, u32)> {
    let (is_valid, first, second) = (next().bit(0), next(), next());
    is_valid.then(|| (first.to_u64() as u32, second.to_u64() as u32))
}

/// A beat of a stream, if it is offered.
fn offered<'b>(next: &mut impl FnMut() -> &'b Bits) -> Option<Beat> {
    let (is_valid, data, last) = (next().bit(0), next(), next().bit(0));
    is_valid.then(|| Beat { data: data.clone(), last, user: false })
}

/// The same of a stream whose beats say whether they are wrong.
fn marked<'b>(next: &mut impl FnMut() -> &'b Bits) -> Option<Beat> {
    let (beat, user) = (offered(next), next().bit(0));
    beat.map(|beat| Beat { user, ..beat })
}

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
