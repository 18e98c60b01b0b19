//! The built-in simulator, Verilator and Icarus agree in every output in every cycle, and with the golden model.

use crate::modes::{Mode, combinations, variants};
use random_designs::seed;
use rayon::prelude::*;
use test_support::depth::{may_take_minutes, usual_or_full};
use test_support::needed::{MODELS, TESTBENCHES, missing};
use testbenches::simulators::{self, BUILTIN, VERILATOR};
use testbenches::{Request, Vectors, agreement, verify};

/// Cycles that all three run: on the wide blocks, Icarus runs about 100 a second.
fn cycles() -> u64 {
    usual_or_full(1_000, 4_000)
}

/// Cycles on Verilator, which needs far longer to build a model than to run it.
fn cycles_on_verilator() -> u64 {
    usual_or_full(4_000, 1 << 18)
}

#[test]
fn three_simulators_agree_cycle_by_cycle() {
    let _running = may_take_minutes(
        "a C++ compiler builds each design, and Icarus runs 100 cycles a second of wide ones",
    );
    if missing(MODELS) || missing(TESTBENCHES) {
        return;
    }
    let combinations = combinations(usual_or_full(4, 30));
    let modes: Vec<Mode> = combinations.into_iter().chain(variants(usual_or_full(16, 80))).collect();
    modes.par_iter().with_max_len(1).for_each(|mode| {
        passes_on_verilator(mode);
        agree(mode);
    });
    println!("{} configurations agree on three simulators", modes.len());
}

fn passes_on_verilator(mode: &Mode) {
    let vectors = Vectors::Count(mode.block.cases_in(cycles_on_verilator()));
    let simulator = &VERILATOR;
    let request = Request { simulator, vectors, seed: seed(), wave: None, threads: 1 };
    let report = verify(&*mode.block, &request, &()).expect("Verilator runs");
    assert!(report.failure.is_none(), "{} on {simulator}: {:?}", mode.name, report.failure);
}

fn agree(mode: &Mode) {
    let others: Vec<_> = simulators::ALL.into_iter().filter(|simulator| **simulator != BUILTIN).collect();
    let cases = mode.block.cases_in(cycles()).max(4);
    for seen in agreement(&*mode.block, &others, cases, seed()).expect("the simulators run") {
        assert!(seen.mismatch.is_none(), "{}: {seen:?}", mode.name);
        assert!(seen.cycles >= cases, "{}: {} cycles are fewer than cases", mode.name, seen.cycles);
    }
}
