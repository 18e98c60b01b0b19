//! Single mistakes in the netlist: the testbench catches every one that changes what the block does.

use crate::modes::described;
use rayon::prelude::*;
use test_support::depth::{in_turn, may_take_minutes, usual_or_full};
use testbenches::mutation::{Options, mutate};

/// Each kind of product, with and without registers and handshake; every other block, small.
const MODES: [(&str, &str); 21] = [
    ("pacq_mul", "weight_bits=2"),
    ("pacq_mul", "product=rounded structure=shared_multiples weight_bits=2"),
    ("pacq_mul", "product=biased weight_bits=2 stages=1"),
    ("pacq_mul", "product=rounded weight_bits=2 stages=2 flow=ready_valid"),
    ("pacq_mul", "product=literal stages=3"),
    ("loas_prefix_sum", "lanes=9 structure=leaves"),
    ("loas_prefix_sum", "lanes=8 select=one inclusive=true stages=1"),
    ("loas_laggy_prefix_sum", "lanes=8 adders=4"),
    ("loas_plif", "time_steps=3 sum_bits=4 threshold_port=true"),
    ("loas_spike_packer", "mask_bits=8 lanes=2 time_steps=2 drop=1"),
    ("loas_unpacker", "mask_bits=8 lanes=2 time_steps=2"),
    ("loas_inner_join", "mask_bits=8 adders=4 group=2 tag_bits=2 fifo_depth=2"),
    (
        "loas_tppe",
        "mask_bits=8 adders=4 group=2 pipes=2 columns=4 values=2 weight_bits=3 time_steps=2 sum_bits=6",
    ),
    (
        "loas_array",
        "rows=2 mask_bits=8 adders=4 group=1 pipes=1 columns=2 values=2 weight_bits=3 time_steps=2 threshold=2",
    ),
    ("sparten_inner_join", "mask_bits=8 time_steps=2 tag_bits=2"),
    ("fp_mul", "format=bf16 subnormals=flush"),
    ("softmax", "lanes=2 length=4"),
    ("gelu", "bits=6 fraction_bits=3"),
    ("fp_add", ""),
    ("pacq_dp", "weight_bits=2"),
    ("pacq_group_scale", ""),
];

/// Blocks of which a run takes minutes.
const LARGE: [(&str, &str); 4] =
    [("fp16_dp", "accumulate=fp16"), ("pacq_tile", "weight_bits=2"), ("fp16_tile", ""), ("pacq_gemm", "")];

#[test]
fn every_mutant_that_changes_behaviour_is_caught() {
    let _running =
        may_take_minutes("mutants that nothing tells apart run a million cases beside the original");
    let modes: Vec<_> = in_turn(MODES.to_vec(), usual_or_full(21, usize::MAX)).collect();
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
    LARGE.par_iter().with_max_len(1).for_each(|(block, text)| all_are_caught(block, text, 30));
}

fn all_are_caught(block: &str, text: &str, mutants: usize) {
    let mode = described(block, text);
    let options = Options { mutants, ..Options::default() };
    let report = mutate(&*mode.block, &options, &()).expect("the mutants run");
    println!("{}:\n{report}", mode.name);
    assert!(report.killed() >= mutants / 2, "{}: too few mutants\n{report}", mode.name);
    assert_eq!(report.survived(), 0, "{}\n{report}", mode.name);
}
