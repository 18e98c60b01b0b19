//! Every input of every mode, on the built-in simulator and on Verilator; 50,000 corner-weighted ones on Icarus. All
//! pairs of floats on the built-in simulator, and some of them on Verilator.

use crate::modes::{Mode, described, plain};
use crate::needed::{MODELS, TESTBENCHES, missing};
use rayon::prelude::*;
use testbenches::{Request, SimulatorKind, Vectors, verify};

/// Every activation with every weight of 8 bits. Larger are only the pairs of floats, 2^32.
const LARGEST_SPACE: u64 = 1 << 24;

/// Random cases in the place of the pairs of floats: in each mode, and on Verilator in one that stands for all. About
/// half of them are pairs.
const RANDOM_CASES: u64 = 1 << 18;
const MANY_RANDOM_CASES: u64 = 1 << 25;

const ICARUS_CASES: u64 = 50_000;

#[test]
fn every_mode_passes_on_the_builtin_simulator() {
    let vectors = Vectors::Spaces { largest: LARGEST_SPACE, instead: RANDOM_CASES };
    verify_all(SimulatorKind::Builtin, vectors);
}

#[test]
fn every_mode_passes_on_verilator() {
    if !missing(MODELS) {
        let vectors = Vectors::Spaces { largest: LARGEST_SPACE, instead: RANDOM_CASES };
        verify_all(SimulatorKind::Verilator, vectors);
    }
}

#[test]
fn every_mode_passes_on_icarus() {
    if !missing(TESTBENCHES) {
        verify_all(SimulatorKind::Icarus, Vectors::Count(ICARUS_CASES));
    }
}

#[test]
fn all_pairs_of_floats_pass_on_the_builtin_simulator() {
    verify_pairs(SimulatorKind::Builtin, Vectors::All);
}

#[test]
fn pairs_of_floats_pass_on_verilator() {
    if !missing(MODELS) {
        let vectors = Vectors::Spaces { largest: LARGEST_SPACE, instead: MANY_RANDOM_CASES };
        verify_pairs(SimulatorKind::Verilator, vectors);
    }
}

fn verify_pairs(simulator: SimulatorKind, vectors: Vectors) {
    let mode = described("pacq_mul", "dual_mode=true");
    println!("{simulator}: {} cases", verify_mode(&mode, simulator, vectors, 2));
}

fn verify_all(simulator: SimulatorKind, vectors: Vectors) {
    let modes = plain();
    let cases: u64 = modes.par_iter().map(|mode| verify_mode(mode, simulator, vectors, 1)).sum();
    println!("{simulator}: {cases} cases in {} modes", modes.len());
}

/// Returns the number of cases run.
fn verify_mode(mode: &Mode, simulator: SimulatorKind, vectors: Vectors, threads: usize) -> u64 {
    let request = Request { simulator, vectors, seed: 1, wave: None, threads };
    let report = verify(&*mode.block, &request, &()).expect("the simulator runs");
    assert!(report.failure.is_none(), "{} on {simulator}: {:?}", mode.name, report.failure);
    report.spaces.iter().map(|space| space.cases).sum()
}
