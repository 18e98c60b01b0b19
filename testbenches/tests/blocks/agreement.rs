//! The built-in simulator, Verilator and Icarus agree in every output in every cycle.

use crate::modes::sampled;
use crate::needed::{MODELS, TESTBENCHES, missing};
use rayon::prelude::*;
use testbenches::{SimulatorKind, agreement};

/// Coprime to the number of values of every parameter.
const STRIDE: usize = 37;

const CASES: u64 = 2_000;

#[test]
fn three_simulators_agree_cycle_by_cycle() {
    if missing(MODELS) || missing(TESTBENCHES) {
        return;
    }
    let others = [SimulatorKind::Verilator, SimulatorKind::Icarus];
    let modes = sampled(STRIDE);
    modes.par_iter().for_each(|mode| {
        for seen in agreement(&*mode.block, &others, CASES, 1).expect("the simulators run") {
            assert!(seen.mismatch.is_none(), "{}: {seen:?}", mode.name);
            assert!(seen.cycles >= CASES, "{}: {} cycles are fewer than cases", mode.name, seen.cycles);
        }
    });
    println!("{} configurations agree on three simulators", modes.len());
}
