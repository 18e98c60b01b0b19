//! Single mistakes in the netlist: the testbench catches every one that changes what the block does.

use crate::modes::described;
use blocks::block::Block;
use blocks::registry::blocks;
use rayon::prelude::*;
use test_support::depth::{in_turn, may_take_minutes, usual_or_full};
use testbenches::mutation::{Options, mutate};

/// The variants of blocks whose mutants are judged, of large blocks or of the others.
fn mutated(is_large: bool) -> Vec<(&'static str, &'static str)> {
    let of_block = |block: &'static Block| block.judged_variants().into_iter().map(|text| (block.name, text));
    blocks().iter().filter(|block| block.is_large == is_large).flat_map(of_block).collect()
}

#[test]
fn every_mutant_that_changes_behaviour_is_caught() {
    let _running =
        may_take_minutes("mutants that nothing tells apart run a million cases beside the original");
    let modes: Vec<_> = in_turn(mutated(false), usual_or_full(24, usize::MAX)).collect();
    modes
        .par_iter()
        .with_max_len(1)
        .for_each(|(block, text)| all_are_caught(block, text, usual_or_full(30, 60)));
}

#[test]
#[ignore = "takes a quarter of an hour: scripts/test --full runs it"]
fn every_mutant_of_large_blocks_that_changes_behaviour_is_caught() {
    let _running =
        may_take_minutes("mutants that nothing tells apart run a million cases beside the original");
    mutated(true).par_iter().with_max_len(1).for_each(|(block, text)| all_are_caught(block, text, 30));
}

fn all_are_caught(block: &str, text: &str, mutants: usize) {
    let mode = described(block, text);
    let options = Options { mutants, ..Options::default() };
    let report = mutate(&*mode.block, &options, &()).expect("the mutants run");
    println!("{}:\n{report}", mode.name);
    assert!(report.killed() >= mutants / 2, "{}: too few mutants\n{report}", mode.name);
    assert_eq!(report.survived(), 0, "{}\n{report}", mode.name);
}
