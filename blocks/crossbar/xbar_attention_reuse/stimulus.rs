//! Tables and runs at any pace, and the coverage points that they reach.

use super::Params;
use super::model::{Controller, Events, State, Step, Taken, taken};
use super::params::{Entry, Inputs, Kind, Start, Word};
use crate::common::lanes::flag;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;
use std::collections::VecDeque;

/// A table of the hardware's length is longer than others only up to this one.
const SHORT_TABLE: u32 = 6;

/// Runs that fill a buffer are short up to this many words.
const FEW_WORDS: u32 = 8;

const POINTS: [&str; 17] = [
    "distance beyond the first encoder",
    "table longer than the hardware's",
    "table of all encoders",
    "table that needs more buffers than there are",
    "run of 0 words",
    "run of too many words",
    "run that fills a buffer",
    "second run of a table",
    "run offered with an entry",
    "attention that is not kept, with words",
    "attention that is reused and kept",
    "attention that is reused twice",
    "word that waits to be read",
    "step that ends with its last word",
    "step that ends too early",
    "number of clocks at its greatest",
    "word that waits when a run stops",
];

/// The coverage points that the parameters allow, each with its place among all.
fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    let Params { encoders, buffers, buffer_words, clock_bits, .. } = *params;
    let is_short = encoders <= 16;
    let has_more = buffer_words + 1 < 1 << params.words_bits();
    (0..).zip(POINTS).filter(move |(place, _)| match place {
        1 | 2 => is_short,
        // So many are kept at once only in a table that also reuses all of them.
        3 => encoders > 2 * buffers,
        5 => has_more,
        6 => buffer_words <= FEW_WORDS,
        // A third encoder reuses what the second one made of that of the first.
        10 => buffers > 1 && encoders > 2,
        11 => encoders > 2,
        15 => clock_bits <= 6,
        _ => true,
    })
}

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            Case::new(&params, &mut rng).play(&mut rng, emit);
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        200
    }

    fn coverage(&self) -> Coverage<'_> {
        let points: Vec<&'static str> = numbered_points(self).map(|(_, point)| point).collect();
        let observer = Observer { params: self, controller: Controller::new(self), runs: 0, waits: false };
        Coverage::new(points, observer)
    }
}

/// The distances of a table.
fn table(params: &Params, rng: &mut Rng) -> Vec<u64> {
    if rng.u8(..4) == 0 {
        return crowded(params, rng);
    }
    let encoders = u64::from(params.encoders);
    let short = encoders.min(SHORT_TABLE.into());
    let length = match rng.u8(..16) {
        0 if encoders <= 16 => encoders + 1,
        1 if encoders <= 16 => encoders,
        _ => rng.u64(1..=short),
    };
    let (groups, is_wrong) = (rng.u8(..4) > 0, rng.u8(..8) == 0);
    let mut table: Vec<u64> = vec![];
    for place in 0..length {
        // In groups, encoders reuse the first one of theirs: a buffer is enough.
        let again = table.last().map_or(1, |distance| distance + 1);
        let distance = match rng.u8(..4) {
            0 => 0,
            _ if is_wrong && rng.u8(..3) == 0 => place + 1,
            _ if place == 0 => 0,
            _ if groups => again,
            _ => rng.u64(..=place),
        };
        table.push(distance.min(encoders - 1));
    }
    table
}

/// As many are kept at once as there are buffers; one more, if the table is long enough.
fn crowded(params: &Params, rng: &mut Rng) -> Vec<u64> {
    let buffers = u64::from(params.buffers);
    let most = u64::from(params.encoders).min(2 * buffers + 2);
    (0..rng.u64(1..=most)).map(|place| if place < buffers { 0 } else { buffers }).collect()
}

/// Words of an attention: few, none, or too many.
fn words(params: &Params, rng: &mut Rng) -> u64 {
    let (most, greatest) = (u64::from(params.buffer_words), (1 << params.words_bits()) - 1);
    match rng.u8(..16) {
        0 => 0,
        1 => (most + 1).min(greatest),
        2 => greatest,
        3..=7 if params.buffer_words <= FEW_WORDS => most,
        _ => rng.u64(1..=most.min(4)),
    }
}

/// A case: some tables, each with some runs.
struct Case {
    params: Params,
    controller: Controller,
    /// What waits to be offered.
    entries: VecDeque<Entry<u64>>,
    starts: VecDeque<u64>,
    /// What is offered until it is taken.
    entry: Option<Entry<u64>>,
    start: Option<u64>,
    write: Option<Bits>,
    /// The first entry was offered: what earlier cases left does not matter any more.
    has_begun: bool,
    /// Sixteenths of the clocks in which nothing new is offered, and in which nothing is taken.
    idle: u8,
    stall: u8,
    /// Steps may end too early.
    is_hasty: bool,
}

impl Case {
    fn new(params: &Params, rng: &mut Rng) -> Case {
        let mut case = Case {
            params: params.clone(),
            controller: Controller::new(params),
            entries: VecDeque::new(),
            starts: VecDeque::new(),
            entry: None,
            start: None,
            write: None,
            has_begun: false,
            idle: [0, 0, 4, 12][rng.usize(..4)],
            stall: [0, 0, 4, 12][rng.usize(..4)],
            is_hasty: rng.u8(..4) == 0,
        };
        for _ in 0..rng.u8(1..3) {
            case.load(&table(params, rng));
            (0..rng.u8(..3)).for_each(|_| case.starts.push_back(words(params, rng)));
        }
        case
    }

    fn load(&mut self, distances: &[u64]) {
        let entry = |(place, distance): (usize, &u64)| Entry {
            distance: *distance,
            last: u64::from(place + 1 == distances.len()),
        };
        self.entries.extend(distances.iter().enumerate().map(entry));
    }

    /// Plays until nothing is left to do.
    fn play(&mut self, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
        while !self.is_over() {
            if self.is_quiet() {
                self.take_offered();
            }
            self.offer(rng);
            let taken = self.inputs(rng);
            let word = self.write.clone().unwrap_or_else(|| noise(self.params.word_bits, rng));
            emit(0, &beat(&self.params, &taken, &word));
            let events = self.controller.clock(&taken, &word);
            self.forget(&events);
        }
    }

    /// What was offered must be taken: a run, or a word.
    fn take_offered(&mut self) {
        if !self.controller.has_plan {
            self.load(&[0]);
        }
        if self.start.is_none() && self.starts.is_empty() {
            self.starts.push_back(1);
        }
    }

    /// No table is coming or planned, and nothing runs.
    fn is_quiet(&self) -> bool {
        let has_entries = self.entry.is_some() || !self.entries.is_empty();
        !has_entries && matches!(self.controller.state, State::Idle)
    }

    fn is_over(&self) -> bool {
        let has_starts = self.start.is_some() || !self.starts.is_empty();
        self.is_quiet() && !has_starts && self.write.is_none()
    }

    fn offer(&mut self, rng: &mut Rng) {
        if self.entry.is_none() && rng.u8(..16) >= self.idle {
            // A table mostly waits for the runs of the one before it.
            let waits = !self.controller.loads && !self.starts.is_empty() && self.has_begun;
            let may_wait = self.controller.has_plan || !matches!(self.controller.state, State::Idle);
            if !(waits && may_wait && rng.u8(..16) > 0) {
                self.entry = self.entries.pop_front();
            }
        }
        self.has_begun |= self.entry.is_some();
        if self.start.is_none() && self.has_begun && rng.u8(..16) >= self.idle {
            self.start = self.starts.pop_front();
        }
        if self.write.is_none() && self.may_write(rng) && rng.u8(..16) >= self.idle {
            self.write = Some(noise(self.params.word_bits, rng));
        }
    }

    /// A word is wanted, or sometimes comes before it is.
    fn may_write(&self, rng: &mut Rng) -> bool {
        self.controller.step().is_some_and(|step| {
            let is_wanted = step.works && step.kind != Kind::Mlp && step.written < self.controller.words;
            is_wanted || rng.u8(..64) == 0
        })
    }

    fn inputs(&self, rng: &mut Rng) -> Taken {
        let read_ready = u64::from(rng.u8(..16) >= self.stall);
        let may_end = match self.controller.step() {
            Some(step) if step.works => {
                // With the words of this clock.
                let written = step.written + u64::from(self.write.is_some());
                let most = self.controller.words;
                let step =
                    Step { written: written.min(most), read: (step.read + read_ready).min(most), ..*step };
                self.controller.is_whole(&step) || (self.is_hasty && rng.u8(..16) == 0)
            }
            // It does not count.
            _ => rng.u8(..8) == 0,
        };
        let noise = Entry { distance: rng.u64(..u64::from(self.params.encoders)), last: rng.u64(..2) };
        let any_words = rng.u64(..1 << self.params.words_bits());
        let taken = |rng: &mut Rng| u64::from(rng.u8(..16) >= self.stall);
        Inputs {
            entry_valid: self.entry.is_some().into(),
            entry: self.entry.unwrap_or(noise),
            start_valid: self.start.is_some().into(),
            start: Start { words: self.start.unwrap_or(any_words) },
            step_ready: taken(rng),
            step_done: u64::from(may_end && taken(rng) == 1),
            write_valid: self.write.is_some().into(),
            write: Word { data: 0 },
            read_ready,
        }
    }

    /// What was taken is offered no longer.
    fn forget(&mut self, events: &Events) {
        if events.entry {
            self.entry = None;
        }
        if events.start {
            self.start = None;
        }
        if events.write {
            self.write = None;
        }
    }
}

fn noise(width: u32, rng: &mut Rng) -> Bits {
    let limbs: Vec<u64> = (0..width.div_ceil(64)).map(|_| rng.u64(..)).collect();
    Bits::from_limbs(width, &limbs)
}

/// The inputs of a cycle as a beat.
fn beat(params: &Params, taken: &Taken, word: &Bits) -> Vec<Bits> {
    let widths = params.inputs();
    let bits = |value: u64, width: u32| Bits::truncated(value.into(), width);
    vec![
        flag(taken.entry_valid == 1),
        bits(taken.entry.distance, widths.entry.distance),
        flag(taken.entry.last == 1),
        flag(taken.start_valid == 1),
        bits(taken.start.words, widths.start.words),
        flag(taken.step_ready == 1),
        flag(taken.step_done == 1),
        flag(taken.write_valid == 1),
        word.clone(),
        flag(taken.read_ready == 1),
    ]
}

/// Finds the coverage points of cycles.
struct Observer<'p> {
    params: &'p Params,
    controller: Controller,
    /// Runs of the table.
    runs: u32,
    /// A word waits to be read.
    waits: bool,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let (taken, word) = taken(beat);
        let before = self.controller.clone();
        let events = self.controller.clock(&taken, &word);
        self.runs = if events.entry { 0 } else { self.runs + u64::from(events.start) as u32 };
        let (after, params) = (&self.controller, self.params);
        let encoders = params.encoders as usize;
        let is_planned = matches!(before.state, State::Plan(_)) && matches!(after.state, State::Idle);
        let place = if before.loads { before.distances.len() } else { 0 };
        let most = u64::from(params.buffer_words);
        let step = before.step().copied();
        let users = |step: &Step| before.users(step.encoder).count();
        let is_whole = |step: &Step| {
            let (written, read) = (u64::from(events.write), u64::from(events.read));
            before.is_whole(&Step { written: step.written + written, read: step.read + read, ..*step })
        };
        let of_step = |point: &dyn Fn(&Step) -> bool| step.is_some_and(|step| point(&step));
        let waited = std::mem::replace(&mut self.waits, taken.read_ready == 0);
        let is_reached = [
            events.entry && taken.entry.distance as usize > place && place < encoders,
            events.entry && place == encoders,
            events.entry && place + 1 == encoders && taken.entry.last == 1,
            is_planned && !after.has_plan,
            events.start && taken.start.words == 0,
            events.start && taken.start.words > most,
            events.ends && before.words == most,
            self.runs == 2,
            before.is_planned() && taken.entry_valid == 1 && taken.start_valid == 1,
            events.write && of_step(&|step| users(step) == 0),
            events.step && of_step(&|step| step.kind == Kind::Transform && users(step) > 0),
            events.step && of_step(&|step| step.kind == Kind::Attention && users(step) > 1),
            events.read && waited,
            events.ends && of_step(&|step| is_whole(step) && !before.is_whole(step)),
            events.ends && of_step(&|step| !is_whole(step)),
            after.counts.run == (1 << params.clock_bits) - 1,
            matches!(before.state, State::Stop(Some(_))),
        ];
        let is_reached: Vec<bool> = numbered_points(params).map(|(place, _)| is_reached[place]).collect();
        report_reached(&is_reached, hit);
    }
}
