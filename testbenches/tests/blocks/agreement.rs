//! The built-in simulator, Verilator and Icarus agree in every output in every cycle.

use crate::depth::usual_or_full;
use crate::modes::{Mode, sampled, variants};
use crate::needed::{MODELS, TESTBENCHES, missing};
use rayon::prelude::*;
use testbenches::{SimulatorKind, agreement};

/// Coprime to the number of values of every parameter.
const STRIDE: usize = 37;

/// The same for variants: some that Verilator is built for elsewhere.
fn variant_stride() -> usize {
    usual_or_full(16, 8)
}

fn cycles() -> u64 {
    usual_or_full(1_000, 2_000)
}

#[test]
fn three_simulators_agree_cycle_by_cycle() {
    if missing(MODELS) || missing(TESTBENCHES) {
        return;
    }
    let others = [SimulatorKind::Verilator, SimulatorKind::Icarus];
    let modes: Vec<Mode> = sampled(STRIDE).into_iter().chain(variants(variant_stride())).collect();
    modes.par_iter().with_max_len(1).for_each(|mode| {
        let cases = mode.block.cases_in(cycles()).max(4);
        for seen in agreement(&*mode.block, &others, cases, 1).expect("the simulators run") {
            assert!(seen.mismatch.is_none(), "{}: {seen:?}", mode.name);
            assert!(seen.cycles >= cases, "{}: {} cycles are fewer than cases", mode.name, seen.cycles);
        }
    });
    println!("{} configurations agree on three simulators", modes.len());
}
