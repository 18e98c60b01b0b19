//! Enumeration: the built-in simulator runs every input of every mode, Verilator those of some modes; Icarus runs
//! corner-weighted cases. Of all pairs of floats, the built-in simulator runs a part that depends on the seed, and
//! Verilator a sample. For blocks with too many combinations, the built-in simulator runs random cases of every
//! variant until they reach every coverage point.

use crate::modes::{Mode, described, plain, variants};
use random_designs::seed;
use rayon::prelude::*;
use test_support::depth::{in_turn, may_take_minutes, usual_or_full};
use test_support::needed::{MODELS, TESTBENCHES, missing};
use testbenches::simulators::{BUILTIN, ICARUS, VERILATOR};
use testbenches::{Report, Request, SimulatorKind, Vectors, verify};

/// Every activation with every weight of 8 bits. Only the pairs of floats, 2^32, are a larger space.
const LARGEST_SPACE: u64 = 1 << 24;

/// Random cases in place of the pairs of floats: for each mode, and more for the one mode that stands for all on
/// Verilator. About half of them are pairs.
const RANDOM_CASES: u64 = 1 << 18;
const MANY_RANDOM_CASES: u64 = 1 << 23;

/// Usually a run takes one of this many parts of the pairs of floats.
const PARTS_OF_PAIRS: u64 = 16;

/// Cycles of random cases for a variant on the built-in simulator; the next number is for those that missed a
/// coverage point.
fn variant_cycles() -> &'static [u64] {
    usual_or_full(&[1 << 13, 1 << 16, 1 << 18], &[1 << 18])
}

/// The most modes that run outside the built-in simulator.
fn external() -> usize {
    usual_or_full(15, usize::MAX)
}

/// Cycles of a mode on Icarus.
fn icarus_cycles() -> u64 {
    usual_or_full(20_000, 50_000)
}

#[test]
fn every_mode_passes_on_the_builtin_simulator() {
    let _running = may_take_minutes("every input of every mode is run");
    let vectors = Vectors::Spaces { largest: LARGEST_SPACE, instead: RANDOM_CASES };
    verify_modes(&plain(), &BUILTIN, vectors);
}

#[test]
fn modes_pass_on_verilator() {
    let _running = may_take_minutes("every input of the modes is run, and a C++ compiler builds each");
    if !missing(MODELS) {
        let vectors = Vectors::Spaces { largest: LARGEST_SPACE, instead: RANDOM_CASES };
        verify_modes(&external_modes(), &VERILATOR, vectors);
    }
}

#[test]
fn modes_pass_on_icarus() {
    let _running = may_take_minutes("Icarus runs some thousand cycles a second");
    if !missing(TESTBENCHES) {
        verify_modes(&external_modes(), &ICARUS, Vectors::Count(icarus_cycles()));
    }
}

#[test]
fn every_variant_passes_on_the_builtin_simulator() {
    let _running =
        may_take_minutes("every variant of every block is run until it has met all coverage points");
    variants(usize::MAX).par_iter().with_max_len(1).for_each(|mode| {
        let mut missed = vec![];
        for cycles in variant_cycles() {
            missed = missed_points(mode, *cycles);
            if missed.is_empty() {
                return;
            }
        }
        panic!("{}: nothing reaches {missed:?}", mode.name);
    });
}

/// Runs a mode, and returns the coverage points that it does not reach.
fn missed_points(mode: &Mode, cycles: u64) -> Vec<String> {
    let vectors = Vectors::Spaces { largest: LARGEST_SPACE, instead: cycles };
    let request = Request { simulator: &BUILTIN, vectors, seed: 1, wave: None, threads: 1 };
    let points = passes(mode, &request).coverage.into_iter();
    points.filter(|point| point.hits == 0).map(|point| point.point).collect()
}

#[test]
fn pairs_of_floats_pass_on_the_builtin_simulator() {
    let _running = may_take_minutes("all 2^32 pairs of floats, or a sixteenth of them");
    let part = Vectors::Part { number: seed() % PARTS_OF_PAIRS, of: PARTS_OF_PAIRS };
    verify_pairs(&BUILTIN, usual_or_full(part, Vectors::All));
}

#[test]
fn pairs_of_floats_pass_on_verilator() {
    let _running = may_take_minutes("millions of pairs of floats, one by one");
    if !missing(MODELS) {
        let vectors = Vectors::Spaces { largest: LARGEST_SPACE, instead: MANY_RANDOM_CASES };
        verify_pairs(&VERILATOR, vectors);
    }
}

fn verify_pairs(simulator: &'static SimulatorKind, vectors: Vectors) {
    let mode = described("pacq_mul", "dual_mode=true");
    println!("{simulator}: {} cases", verify_mode(&mode, simulator, vectors, 2));
}

fn external_modes() -> Vec<Mode> {
    in_turn(plain(), external()).collect()
}

/// A number of cycles becomes, for each mode, the number of cases that fit in it.
fn verify_modes(modes: &[Mode], simulator: &'static SimulatorKind, vectors: Vectors) {
    let verify = |mode: &Mode| {
        let vectors = match vectors {
            Vectors::Count(cycles) => Vectors::Count(mode.block.cases_in(cycles)),
            spaces => spaces,
        };
        verify_mode(mode, simulator, vectors, 1)
    };
    let cases: u64 = modes.par_iter().with_max_len(1).map(verify).sum();
    println!("{simulator}: {cases} cases in {} modes", modes.len());
}

/// Returns the number of cases run.
fn verify_mode(mode: &Mode, simulator: &'static SimulatorKind, vectors: Vectors, threads: usize) -> u64 {
    let report = passes(mode, &Request { simulator, vectors, seed: seed(), wave: None, threads });
    report.spaces.iter().map(|space| space.cases).sum()
}

fn passes(mode: &Mode, request: &Request) -> Report {
    let report = verify(&*mode.block, request, &()).expect("the simulator runs");
    assert!(report.failure.is_none(), "{} on {}: {:?}", mode.name, request.simulator, report.failure);
    report
}
