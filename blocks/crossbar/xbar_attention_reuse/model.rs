//! The golden model: what every port is in every cycle.

use super::Params;
use super::params::{Entry, Fault, Inputs, Kind, Start, Word};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::{Bits, Encoded};
use std::collections::BTreeMap;

/// The inputs of a cycle.
pub type Taken = Inputs<u64>;

/// A step under way, or offered.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The encoder.
    pub encoder: usize,
    /// What it is.
    pub kind: Kind,
    /// It was taken.
    pub works: bool,
    /// Words written so far.
    pub written: u64,
    /// Words read so far.
    pub read: u64,
}

/// What the block does.
#[derive(Clone, Debug)]
pub enum State {
    /// Takes tables and runs.
    Idle,
    /// Plans, for so many clocks more.
    Plan(usize),
    /// Runs.
    Run(Step),
    /// Stops as soon as the word that is offered, if any, is read.
    Stop(Option<Bits>),
}

/// Clocks and attentions of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Clocks of the run.
    pub run: u64,
    /// Clocks of its steps by kind: attention, transform, the rest.
    pub of_kind: [u64; 3],
    /// Attentions that were computed.
    pub attentions: u64,
}

/// The block.
#[derive(Clone, Debug)]
pub struct Controller {
    params: Params,
    /// The distances so far, or of the plan.
    pub distances: Vec<usize>,
    /// The table under way, or the last one, is refused.
    is_refused: bool,
    /// A table is coming in.
    pub loads: bool,
    /// A plan stands.
    pub has_plan: bool,
    pub state: State,
    /// Words of an attention of the run.
    pub words: u64,
    kept: BTreeMap<usize, Vec<Bits>>,
    error: Fault,
    error_encoder: Option<usize>,
    done: bool,
    /// What the run took so far.
    pub counts: Counts,
}

/// What happens in a cycle.
#[derive(Clone, Copy, Debug, Default)]
pub struct Events {
    /// An entry is taken.
    pub entry: bool,
    /// A run is taken.
    pub start: bool,
    /// A step is taken.
    pub step: bool,
    /// A step ends.
    pub ends: bool,
    /// A word is written.
    pub write: bool,
    /// A word is read.
    pub read: bool,
}

impl Controller {
    /// After a reset.
    pub fn new(params: &Params) -> Controller {
        Controller {
            params: params.clone(),
            distances: vec![],
            is_refused: false,
            loads: false,
            has_plan: false,
            state: State::Idle,
            words: 0,
            kept: BTreeMap::new(),
            error: Fault::None,
            error_encoder: None,
            done: false,
            counts: Counts::default(),
        }
    }

    /// The step under way, or offered.
    pub fn step(&self) -> Option<&Step> {
        match &self.state {
            State::Idle | State::Plan(_) | State::Stop(_) => None,
            State::Run(step) => Some(step),
        }
    }

    /// The step under way that computes or transforms an attention.
    fn moving(&self) -> Option<&Step> {
        self.step().filter(|step| step.works && step.kind != Kind::Mlp)
    }

    /// The encoder whose attention this one reuses.
    pub fn source(&self, encoder: usize) -> Option<usize> {
        (self.distances[encoder] > 0).then(|| encoder - self.distances[encoder])
    }

    /// The encoders that reuse the attention of this one.
    pub fn users(&self, encoder: usize) -> impl DoubleEndedIterator<Item = usize> {
        (encoder + 1..self.distances.len()).filter(move |user| self.source(*user) == Some(encoder))
    }

    /// A later encoder reuses its attention.
    pub fn keeps(&self, encoder: usize) -> bool {
        self.users(encoder).next().is_some()
    }

    /// The first encoder that finds all buffers in use.
    fn without_buffer(&self) -> Option<usize> {
        let is_alive = |kept: usize, at: usize| self.users(kept).next_back().is_some_and(|last| last >= at);
        let needed = |encoder: usize| {
            (0..encoder).filter(|kept| is_alive(*kept, encoder)).count() + usize::from(self.keeps(encoder))
        };
        (0..self.distances.len()).find(|encoder| needed(*encoder) > self.params.buffers as usize)
    }

    fn kind(&self, encoder: usize) -> Kind {
        match self.source(encoder) {
            Some(_) => Kind::Transform,
            None => Kind::Attention,
        }
    }

    /// A run can be taken, if no entry is offered.
    pub fn is_planned(&self) -> bool {
        matches!(self.state, State::Idle) && self.has_plan
    }

    /// What happens in a cycle with these inputs.
    pub fn events(&self, taken: &Taken) -> Events {
        let is_idle = matches!(self.state, State::Idle);
        let works = self.step().is_some_and(|step| step.works);
        Events {
            entry: is_idle && taken.entry_valid == 1,
            start: self.is_planned() && taken.entry_valid == 0 && taken.start_valid == 1,
            step: self.step().is_some_and(|step| !step.works) && taken.step_ready == 1,
            ends: works && taken.step_done == 1,
            write: self.writes() && taken.write_valid == 1,
            read: self.next_word().is_some() && taken.read_ready == 1,
        }
    }

    /// A word may be written.
    fn writes(&self) -> bool {
        self.moving().is_some_and(|step| step.written < self.words)
    }

    /// The word that is read next.
    fn next_word(&self) -> Option<&Bits> {
        if let State::Stop(word) = &self.state {
            return word.as_ref();
        }
        let step = self.moving()?;
        let source = self.source(step.encoder)?;
        (step.read < self.words).then(|| &self.kept[&source][step.read as usize])
    }

    /// The cycle ends.
    pub fn clock(&mut self, taken: &Taken, word: &Bits) -> Events {
        let events = self.events(taken);
        self.done = false;
        match &mut self.state {
            State::Idle if events.entry => self.take_entry(&taken.entry),
            State::Idle if events.start => self.take_start(taken.start),
            State::Idle => {}
            State::Plan(left) if *left > 1 => *left -= 1,
            State::Plan(_) => self.end_plan(),
            State::Run(_) => self.run(&events, word),
            State::Stop(word) => {
                let waits = word.is_some() && !events.read;
                self.counts.run = self.limited(self.counts.run + 1);
                if !waits {
                    (self.state, self.done) = (State::Idle, true);
                }
            }
        }
        events
    }

    fn take_entry(&mut self, entry: &Entry<u64>) {
        if !self.loads {
            self.distances.clear();
            (self.loads, self.has_plan, self.is_refused) = (true, false, false);
            self.report(Fault::None, 0);
        }
        let (place, distance) = (self.distances.len(), entry.distance as usize);
        let fault = if place == self.params.encoders as usize {
            Some(Fault::Length)
        } else if distance > place {
            Some(Fault::Distance)
        } else {
            None
        };
        if let (Some(fault), false) = (fault, self.is_refused) {
            self.is_refused = true;
            self.report(fault, place);
        }
        if place < self.params.encoders as usize {
            self.distances.push(distance);
        }
        if entry.last == 1 {
            self.loads = false;
            if !self.is_refused {
                let failing = self.without_buffer();
                self.state = State::Plan(failing.map_or(self.distances.len(), |encoder| encoder + 1));
            }
        }
    }

    fn report(&mut self, fault: Fault, encoder: usize) {
        self.error = fault;
        self.error_encoder = match fault {
            Fault::Distance | Fault::Buffers | Fault::Incomplete => Some(encoder),
            Fault::None | Fault::Length | Fault::Words => None,
        };
    }

    fn end_plan(&mut self) {
        self.state = State::Idle;
        match self.without_buffer() {
            Some(encoder) => self.report(Fault::Buffers, encoder),
            None => self.has_plan = true,
        }
    }

    fn take_start(&mut self, start: Start<u64>) {
        self.counts = Counts::default();
        self.words = start.words;
        if (1..=u64::from(self.params.buffer_words)).contains(&start.words) {
            self.report(Fault::None, 0);
            self.kept.clear();
            self.state = State::Run(self.offered(0, self.kind(0)));
        } else {
            self.report(Fault::Words, 0);
            self.done = true;
        }
    }

    fn offered(&self, encoder: usize, kind: Kind) -> Step {
        Step { encoder, kind, works: false, written: 0, read: 0 }
    }

    fn run(&mut self, events: &Events, word: &Bits) {
        let Some(mut step) = self.step().copied() else { return };
        let waiting = self.next_word().filter(|_| !events.read).cloned();
        self.counts.run = self.limited(self.counts.run + 1);
        if step.works {
            let kind = step.kind.code() as usize;
            self.counts.of_kind[kind] = self.limited(self.counts.of_kind[kind] + 1);
        }
        if events.step {
            step.works = true;
            self.counts.attentions += u64::from(step.kind == Kind::Attention);
        }
        if events.write {
            step.written += 1;
            if self.keeps(step.encoder) {
                self.kept.entry(step.encoder).or_default().push(word.clone());
            }
        }
        step.read += u64::from(events.read);
        self.state = State::Run(step);
        if events.ends {
            self.end_step(&step, waiting);
        }
    }

    /// A number of clocks stays at its greatest.
    fn limited(&self, clocks: u64) -> u64 {
        clocks.min((1 << self.params.clock_bits) - 1)
    }

    /// The step, with its last words, ends.
    fn end_step(&mut self, step: &Step, waiting: Option<Bits>) {
        if !self.is_whole(step) {
            self.report(Fault::Incomplete, step.encoder);
            self.state = State::Stop(waiting);
        } else if step.kind != Kind::Mlp {
            self.state = State::Run(self.offered(step.encoder, Kind::Mlp));
        } else if step.encoder + 1 < self.distances.len() {
            self.state = State::Run(self.offered(step.encoder + 1, self.kind(step.encoder + 1)));
        } else {
            (self.state, self.done) = (State::Idle, true);
        }
    }

    /// Every word that the step keeps is written, every one that it reuses is read.
    pub fn is_whole(&self, step: &Step) -> bool {
        let is_kept = !self.keeps(step.encoder) || step.written == self.words;
        let is_read = self.source(step.encoder).is_none() || step.read == self.words;
        step.kind == Kind::Mlp || (is_kept && is_read)
    }

    /// Every output in a cycle with these inputs.
    fn outputs(&self, taken: &Taken) -> Vec<Option<Bits>> {
        let params = &self.params;
        let bits = |value: u64, width: u32| Some(Bits::truncated(value.into(), width));
        let flag = |flag: bool| bits(flag.into(), 1);
        let widths = params.step();
        let of_step =
            |value: &dyn Fn(&Step) -> u64, width: u32| self.step().and_then(|step| bits(value(step), width));
        let is_last = |step: &Step| step.kind == Kind::Mlp && step.encoder + 1 == self.distances.len();
        let keeps = |step: &Step| step.kind != Kind::Mlp && self.keeps(step.encoder);
        let is_idle = matches!(self.state, State::Idle);
        let Counts { run, of_kind: [attention, transform, mlp], attentions } = self.counts;
        let clocks = |clocks: u64| bits(clocks, params.clock_bits);
        vec![
            flag(is_idle),
            flag(self.is_planned() && taken.entry_valid == 0),
            flag(self.step().is_some_and(|step| !step.works)),
            of_step(&|step| step.kind.code() as u64, widths.kind),
            of_step(&|step| step.encoder as u64, widths.encoder),
            of_step(&|step| keeps(step).into(), widths.keep),
            of_step(&|step| is_last(step).into(), widths.last),
            flag(self.writes()),
            flag(self.next_word().is_some()),
            self.next_word().cloned(),
            flag(matches!(self.state, State::Run(_) | State::Stop(_))),
            flag(self.done),
            bits(self.error.code() as u64, Fault::WIDTH),
            self.error_encoder.and_then(|encoder| bits(encoder as u64, params.encoder_bits())),
            clocks(run),
            clocks(attention),
            clocks(transform),
            clocks(mlp),
            bits(attentions, params.count_bits()),
        ]
    }
}

/// What the inputs of a cycle say, and the word that is written.
pub fn taken(beat: &[Bits]) -> (Taken, Bits) {
    let number = |field: usize| beat[field].to_u64();
    let taken = Inputs {
        entry_valid: number(0),
        entry: Entry { distance: number(1), last: number(2) },
        start_valid: number(3),
        start: Start { words: number(4) },
        step_ready: number(5),
        step_done: number(6),
        write_valid: number(7),
        // A word may be wider than a number.
        write: Word { data: 0 },
        read_ready: number(9),
    };
    (taken, beat[8].clone())
}

struct Golden(Controller);

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let (taken, word) = taken(beat);
        emit(0, &self.0.outputs(&taken));
        self.0.clock(&taken, &word);
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden(Controller::new(self)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(buffers: u32, distances: &[usize]) -> Option<usize> {
        let params = Params { buffers, ..Params::default() };
        Controller { distances: distances.into(), ..Controller::new(&params) }.without_buffer()
    }

    #[test]
    fn a_buffer_serves_encoders_one_after_the_other_and_two_those_that_overlap() {
        assert_eq!(planned(1, &[0, 1, 2, 0, 1, 2]), None);
        // 2 is kept while 0 is still wanted.
        assert_eq!(planned(1, &[0, 0, 0, 1, 4]), Some(2));
        assert_eq!(planned(2, &[0, 0, 0, 1, 4]), None);
        // A chain reads one while it writes the next.
        assert_eq!(planned(1, &[0, 1, 1]), Some(1));
        assert_eq!(planned(2, &[0, 1, 1, 1]), None);
        assert_eq!(planned(2, &[0, 0, 0, 3, 3, 3]), Some(2));
    }
}
