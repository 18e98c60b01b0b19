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
