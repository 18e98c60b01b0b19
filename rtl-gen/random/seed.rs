//! The seed of a run, which chooses its random cases.

use proptest::test_runner::{Config, RngSeed};
use std::env;

/// The seed of the run: `GEN_RTL_SEED`, or 1. `scripts/test` sets it to the number of the day, so that each day tries
/// other cases.
pub fn seed() -> u64 {
    let given = env::var("GEN_RTL_SEED").ok();
    given.map_or(1, |text| text.parse().unwrap_or_else(|_| panic!("GEN_RTL_SEED is no number: `{text}`")))
}

/// Seeds of this many cases, other ones for each seed of the run. A test that fails shows how to repeat it.
pub fn seeds(count: u64) -> impl Iterator<Item = u64> {
    show();
    let first = seed().wrapping_mul(count);
    (0..count).map(move |index| first.wrapping_add(index))
}

/// Proptest draws this many cases, or as many as `PROPTEST_CASES` asks for, from the seed of the run. A test that fails
/// shows how to repeat it.
pub fn config(cases: u32) -> Config {
    show();
    let asked = env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    Config {
        cases: asked.unwrap_or(cases),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed()),
        ..Config::default()
    }
}

/// The output of a test is shown if it fails.
fn show() {
    println!("GEN_RTL_SEED={} repeats this run", seed());
}

#[test]
fn runs_have_other_cases() {
    assert_eq!(seeds(40).count(), 40);
    assert_eq!(seeds(3).next(), Some(seed().wrapping_mul(3)));
    assert_eq!(config(5).rng_seed, RngSeed::Fixed(seed()));
}
