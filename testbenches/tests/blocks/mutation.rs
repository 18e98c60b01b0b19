//! Single mistakes in the netlist: the testbench catches every one that changes what the block does.

use crate::modes::described;
use testbenches::mutation::{Options, mutate};

/// Each kind of product, with and without registers and handshake.
const MODES: [&str; 5] = [
    "weight_bits=2",
    "product=rounded structure=shared_multiples weight_bits=2",
    "product=biased weight_bits=2 stages=1",
    "product=rounded weight_bits=2 stages=2 flow=ready_valid",
    "product=literal stages=3",
];

#[test]
fn every_mutant_that_changes_behaviour_is_caught() {
    for text in MODES {
        let mode = described("pacq_mul", text);
        let options = Options { mutants: 60, ..Options::default() };
        let report = mutate(&*mode.block, &options, &()).expect("the mutants run");
        println!("{}:\n{report}", mode.name);
        assert!(report.killed() >= 30, "{}: too few mutants\n{report}", mode.name);
        assert_eq!(report.survived(), 0, "{}\n{report}", mode.name);
    }
}
