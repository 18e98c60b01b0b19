//! Stimulus by number: any case of a space can be made without the ones before it, so that threads share a
//! space and a failing case is named by its number.

use crate::beats::Beats;
use hdl::{Bits, limbs_for};

/// Makes the case of a number: gives `emit` its beats, each with the index of its input channel.
pub type MakeCase = Box<dyn Fn(u64, &mut dyn FnMut(usize, &[Bits])) + Send + Sync>;

/// Makes as many cases as there is room for, from a number on.
pub type MakeBeats = Box<dyn Fn(u64, &mut Beats) + Send + Sync>;

/// A numbered set of cases.
pub struct Space {
    /// What it covers, a few words.
    pub name: String,
    /// Number of cases; `u64::MAX` where there is no end.
    pub cases: u64,
    /// The case of a number below `cases`.
    pub make: MakeCase,
    /// Many cases at once, where each is one beat of the only input channel.
    pub make_many: Option<MakeBeats>,
}

impl Space {
    /// A space whose cases are one beat of the only input channel.
    pub fn of_beats<B: AsRef<[Bits]>>(
        name: &str,
        cases: u64,
        beat: impl Fn(u64) -> B + Send + Sync + 'static,
    ) -> Space {
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| emit(0, beat(index).as_ref());
        Space { name: name.into(), cases, make: Box::new(make), make_many: None }
    }

    /// A space whose cases are one beat of the only input channel, with fields of these widths. `beat` writes the limbs
    /// of the fields, which are all zeros before, one field after the other.
    pub fn of_limbs(
        name: &str,
        cases: u64,
        widths: Vec<u32>,
        beat: impl Fn(u64, &mut [u64]) + Clone + Send + Sync + 'static,
    ) -> Space {
        let count: usize = widths.iter().map(|width| limbs_for(*width)).sum();
        let of_case = beat.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut limbs = vec![0; count];
            of_case(index, &mut limbs);
            let mut rest = limbs.as_slice();
            let field = |width: &u32| {
                let (own, others) = rest.split_at(limbs_for(*width));
                rest = others;
                Bits::from_limbs(*width, own)
            };
            emit(0, &widths.iter().map(field).collect::<Vec<_>>());
        };
        let make_many = move |first: u64, beats: &mut Beats| {
            beats.fill(0);
            beats.iter_mut().zip(first..).for_each(|(limbs, index)| beat(index, limbs));
        };
        Space { name: name.into(), cases, make: Box::new(make), make_many: Some(Box::new(make_many)) }
    }
}

/// Reports to `hit` the index of each coverage point that is reached.
pub fn report_reached(is_reached: &[bool], hit: &mut dyn FnMut(usize)) {
    (0..).zip(is_reached).filter(|(_, is_reached)| **is_reached).for_each(|(index, _)| hit(index));
}

/// The random generator of one case: independent of the others, and of where the run began.
pub fn case_rng(seed: u64, index: u64) -> fastrand::Rng {
    // The multiplier (golden ratio) keeps neighbouring seeds from sharing shifted copies of a sequence.
    fastrand::Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ index)
}

/// Watches the beats that enter a block, in their order, for coverage points.
pub trait Observe: Send {
    /// Reports to `hit` the index of each coverage point that a beat of an input channel reaches.
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize));
}

impl<F: FnMut(usize, &[Bits], &mut dyn FnMut(usize)) + Send> Observe for F {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        self(channel, beat, hit);
    }
}

/// The functional coverage points of a block, and what finds the ones that a run reaches.
pub struct Coverage<'p> {
    /// Their names.
    pub points: Vec<&'static str>,
    /// Watches the beats of a run.
    pub observer: Box<dyn Observe + 'p>,
}

impl<'p> Coverage<'p> {
    /// These points, found by this observer.
    pub fn new(points: impl Into<Vec<&'static str>>, observer: impl Observe + 'p) -> Coverage<'p> {
        Coverage { points: points.into(), observer: Box::new(observer) }
    }

    /// These points, each found in a beat by itself, whatever its channel.
    pub fn of_beats(
        points: impl Into<Vec<&'static str>>,
        mut observe: impl FnMut(&[Bits], &mut dyn FnMut(usize)) + Send + 'p,
    ) -> Coverage<'p> {
        let watch = move |_: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)| observe(beat, hit);
        Coverage::new(points, watch)
    }
}

/// What a block is tried with.
pub trait Stimulus {
    /// The input spaces that can be enumerated; together they cover everything that the block can meet. Empty if that
    /// is too much.
    fn spaces(&self) -> Vec<Space> {
        vec![]
    }

    /// Corner-weighted random cases, any number of them, the same for the same seed.
    fn random(&self, seed: u64) -> Space;

    /// Random cases as the block meets them in use, to measure its switching activity. By default the corner-weighted
    /// ones.
    fn typical(&self, seed: u64) -> Space {
        self.random(seed)
    }

    /// If the effect of a beat depends on how far the block has got, cases must be kept apart: each begins this many
    /// cycles after the last answer of the previous one. `None` if they may follow each other without a gap.
    fn gap_between_cases(&self) -> Option<u32> {
        None
    }

    /// About how many cycles a case takes; the numbers of cases that are run by default are divided by it.
    fn cycles_per_case(&self) -> u64 {
        1
    }

    /// What a run must reach.
    fn coverage(&self) -> Coverage<'_>;
}
