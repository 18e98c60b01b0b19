//! Stimulus by number: any case of a space can be made without the ones before it, so that threads share a
//! space and a failing case is named by its number.

use hdl::Bits;

/// Makes the case of a number: gives `emit` its beats, each with the index of its input channel.
pub type MakeCase = Box<dyn Fn(u64, &mut dyn FnMut(usize, &[Bits])) + Send + Sync>;

/// A numbered set of cases.
pub struct Space {
    /// What it covers, a few words.
    pub name: String,
    /// Number of cases; `u64::MAX` where there is no end.
    pub cases: u64,
    /// The case of a number below `cases`.
    pub make: MakeCase,
}

impl Space {
    /// A space whose cases are one beat of the only input channel.
    pub fn of_beats<B: AsRef<[Bits]>>(
        name: &str,
        cases: u64,
        beat: impl Fn(u64) -> B + Send + Sync + 'static,
    ) -> Space {
        Space { name: name.into(), cases, make: Box::new(move |index, emit| emit(0, beat(index).as_ref())) }
    }
}

/// The random generator of one case: independent of the others, and of where the run began.
pub fn case_rng(seed: u64, index: u64) -> fastrand::Rng {
    // The multiplier (golden ratio) keeps neighbouring seeds from sharing shifted copies of a sequence.
    fastrand::Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ index)
}
