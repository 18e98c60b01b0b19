//! The golden model of the block: jobs one after the other, word by word.

use super::model::{Job, Vector, narrow, shifted, sums};
use super::params::{ELEMENT_BITS, First, NARROW_BITS, Params};
use crate::common::lanes::{apart, flag, joined};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;
use std::collections::VecDeque;

/// The input channels.
pub const JOB: usize = 0;
/// The first operand.
pub const A: usize = 1;
/// The second operand.
pub const B: usize = 2;
/// Gains and biases.
pub const AFFINE: usize = 3;

/// The output channels.
const FIRST: usize = 0;
const SECOND: usize = 1;
const STATUS: usize = 2;

/// What happens in a job.
pub enum Event<'e> {
    /// A word has been scaled.
    Word(&'e Job, Scaled<'e>),
    /// A row has been normalised.
    Normal(&'e Job, &'e [i64], &'e [i64]),
    /// A job has ended, or was refused.
    End(&'e Job),
}

/// The newest word of a row.
pub struct Scaled<'e> {
    /// Its elements before they were scaled.
    pub sums: &'e [i64],
    /// The scaled elements of the row so far.
    pub row: &'e [i64],
    /// It is the last word of the row.
    pub is_last: bool,
}

/// The job that is worked on.
struct Work {
    job: Job,
    /// Rows that are scaled, and rows that are finished.
    scaled: u32,
    finished: u32,
    /// The row of `b` that is used, if it is there.
    b: Option<Vec<Vec<i64>>>,
    /// The scaled elements of the row so far.
    row: Vec<i64>,
    /// Gains and biases so far.
    affine: Vec<i64>,
    /// Scaled rows that wait for gains.
    waiting: VecDeque<Vec<i64>>,
}

/// The state of the model.
pub struct Golden {
    params: Params,
    vector: Vector,
    /// Beats that have not been used, by channel.
    beats: [VecDeque<Vec<Bits>>; 4],
    work: Option<Work>,
}

impl Golden {
    /// Before the first job.
    pub fn new(params: &Params) -> Golden {
        Golden { params: params.clone(), vector: Vector::new(params), beats: Default::default(), work: None }
    }

    /// Takes a beat of a channel, and gives what follows to `seen`.
    pub fn take(&mut self, channel: usize, beat: &[Bits], seen: &mut dyn FnMut(Event)) {
        self.beats[channel].push_back(beat.to_vec());
        while let Some(mut work) = self.work.take().or_else(|| self.next_job(seen)) {
            self.load_affine(&mut work);
            while self.scale(&mut work, seen) {}
            self.normalise(&mut work, seen);
            if work.finished < work.job.rows {
                self.work = Some(work);
                return;
            }
            seen(Event::End(&work.job));
        }
    }

    /// The next legal job.
    fn next_job(&mut self, seen: &mut dyn FnMut(Event)) -> Option<Work> {
        loop {
            let job = Job::of_beat(&self.beats[JOB].pop_front()?);
            if job.is_legal(&self.params) {
                let (row, affine, waiting) = (vec![], vec![], VecDeque::new());
                return Some(Work { job, scaled: 0, finished: 0, b: None, row, affine, waiting });
            }
            seen(Event::End(&job));
        }
    }

    /// The elements of the next words of a channel.
    fn words(&mut self, channel: usize, count: usize) -> Vec<Vec<i64>> {
        self.beats[channel].drain(..count).map(|beat| apart(ELEMENT_BITS, &beat[0])).collect()
    }

    /// Numbers of gains and biases that a job needs.
    fn numbers_of_affine(&self, job: &Job) -> usize {
        if job.has_norm() { (2 * job.beats * self.params.lanes) as usize } else { 0 }
    }

    fn load_affine(&mut self, work: &mut Work) {
        let missing = self.numbers_of_affine(&work.job) - work.affine.len();
        let count = self.beats[AFFINE].len().min(missing / self.params.lanes as usize);
        work.affine.extend(self.words(AFFINE, count).concat());
    }

    /// Scales a word, if it and its row of `b` are there.
    fn scale(&mut self, work: &mut Work, seen: &mut dyn FnMut(Event)) -> bool {
        let (job, of_b) = (work.job, work.job.words_of_b() as usize);
        if work.scaled == job.rows
            || self.beats[A].is_empty()
            || (work.b.is_none() && self.beats[B].len() < of_b)
        {
            return false;
        }
        let a = self.words(A, 1).concat();
        let b = work.b.get_or_insert_with(|| self.words(B, of_b));
        let place = work.row.len() / self.params.lanes as usize;
        let of_word = if of_b == 0 { &[] } else { b[place % of_b].as_slice() };
        let sums = sums(job.op, &a, of_word);
        work.row.extend(self.vector.scaled(&job, &sums));
        let is_last = place + 1 == job.beats as usize;
        seen(Event::Word(&job, Scaled { sums: &sums, row: &work.row, is_last }));
        if is_last {
            work.b = None;
            work.scaled += 1;
            let row = std::mem::take(&mut work.row);
            match job.has_norm() {
                true => work.waiting.push_back(row),
                false => work.finished += 1,
            }
        }
        true
    }

    /// Normalises the rows that wait, if all gains and biases are there.
    fn normalise(&self, work: &mut Work, seen: &mut dyn FnMut(Event)) {
        if work.affine.len() < self.numbers_of_affine(&work.job) {
            return;
        }
        let affine: Vec<(i64, i64)> = work.affine.chunks(2).map(|pair| (pair[0], pair[1])).collect();
        for row in work.waiting.drain(..) {
            let normal = self.vector.normal(&work.job, &row, &affine);
            seen(Event::Normal(&work.job, &row, &normal));
            work.finished += 1;
        }
    }
}

impl Params {
    /// The words of some elements; the last word is filled up with zeros.
    fn words(&self, elements: &[i64], bits: u32) -> Vec<Bits> {
        let in_word = (self.word_bits() / bits) as usize;
        let word = |elements: &[i64]| {
            let mut elements = elements.to_vec();
            elements.resize(in_word, 0);
            joined(bits, &elements)
        };
        elements.chunks(in_word).map(word).collect()
    }

    /// What leaves through `first` when a word of a row has been scaled: none, or the word that it completes.
    fn completed(&self, job: &Job, word: &Scaled) -> Option<Bits> {
        let (lanes, count) = (self.lanes as usize, word.row.len());
        match job.first {
            First::None | First::Normal => None,
            First::Wide => self.words(&word.row[count - lanes..], ELEMENT_BITS).pop(),
            First::Narrow => {
                let is_complete = word.is_last || count.is_multiple_of(2 * lanes);
                is_complete.then(|| self.words(&narrow(word.row), NARROW_BITS).pop())?
            }
        }
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let params = self.params.clone();
        let mut row_of = |channel: usize, words: Vec<Bits>, ends: bool| {
            let last = words.len();
            for (place, word) in (1..).zip(words) {
                emit(channel, &[Some(word), Some(flag(ends && place == last))]);
            }
        };
        let mut ended = vec![];
        self.take(channel, beat, &mut |event| match event {
            Event::Word(job, word) => {
                row_of(FIRST, params.completed(job, &word).into_iter().collect(), word.is_last);
            }
            Event::Normal(job, _, normal) => {
                if job.first == First::Normal {
                    row_of(FIRST, params.words(normal, ELEMENT_BITS), true);
                }
                if job.second {
                    row_of(SECOND, params.words(&shifted(job, normal), NARROW_BITS), true);
                }
            }
            Event::End(job) => ended.push(!job.is_legal(&params)),
        });
        ended.into_iter().for_each(|error| emit(STATUS, &[Some(flag(error))]));
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}
