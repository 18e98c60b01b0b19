//! Every block through the flows, on small variants: the synthesised netlist repeats the block's testbench.

use blocks::registry;
use rayon::prelude::*;
use synthesis::{Effort, Figures, Request, Target, needed, synthesize};
use test_support::configure;
use test_support::depth::{in_turn, may_take_minutes, usual_or_full};
use test_support::needed::missing;

/// A small variant of each block.
const SMALL: [(&str, &str); 17] = [
    ("pacq_mul", "weight_bits=2 product=rounded stages=1 flow=ready_valid"),
    ("pacq_dp", "weight_bits=2 trees=4 max_k=32"),
    ("pacq_group_scale", "max_group=16 accumulate=fp16 product=rounded"),
    ("fp16_dp", "accumulate=fp16"),
    ("fp_mul", "stages=2"),
    ("fp_add", "stages=1"),
    ("loas_prefix_sum", "lanes=16"),
    ("loas_laggy_prefix_sum", "lanes=16 adders=4"),
    ("loas_plif", ""),
    ("loas_spike_packer", "mask_bits=16"),
    ("loas_unpacker", "mask_bits=16"),
    ("loas_inner_join", "mask_bits=8 adders=4 group=1"),
    ("loas_tppe", "mask_bits=8 adders=4 columns=2 group=1 pipes=1"),
    ("loas_array", "mask_bits=8 adders=4 columns=2 group=1 pipes=1 rows=2"),
    ("sparten_inner_join", "mask_bits=8"),
    ("softmax", "lanes=2 length=8"),
    ("gelu", "stages=1"),
];

/// Small variants of systems of the blocks above, which take minutes nevertheless.
const SYSTEMS: [(&str, &str); 3] = [
    ("pacq_tile", "trees=1 product=biased accumulate=fp16 result=fp16 max_group=32"),
    ("fp16_tile", "accumulate=fp16 result=fp16"),
    ("pacq_gemm", "trees=1 product=biased accumulate=fp16 result=fp16 max_group=32"),
];

fn request(target: Target, cycles: u64) -> Request {
    Request { place: false, energy: false, gate_level_cycles: Some(cycles), ..Request::new(target) }
}

fn agrees(name: &str, settings: &str, request: &Request) -> Figures {
    let cache = tempfile::tempdir().unwrap();
    let block = configure(name, settings);
    let figures = synthesize(block.as_ref(), request, Some(cache.path()));
    let figures =
        figures.unwrap_or_else(|error| panic!("{name} {settings} for {:?}: {error}", request.target));
    let run = figures.gate_level.as_ref().expect("the netlist is run");
    assert_eq!(run.mismatch, None, "{name} {settings} for {:?}", request.target);
    assert!(run.cycles > 0 && run.checked_values > 0);
    figures
}

#[test]
fn a_small_variant_of_each_block_is_in_a_list() {
    let is_system = |name: &&str| SYSTEMS.iter().any(|(system, _)| system == name);
    let blocks = registry::blocks().iter().map(|block| block.name());
    let (systems, small): (Vec<&str>, Vec<&str>) = blocks.partition(is_system);
    assert_eq!(SMALL.map(|(name, _)| name).to_vec(), small);
    assert_eq!(SYSTEMS.map(|(name, _)| name).to_vec(), systems);
}

/// Each small variant for both targets, such that any number of them at even distances has both targets.
fn small_netlists() -> Vec<(&'static str, &'static str, Target)> {
    let targets = [Target::Ice40, Target::Asic];
    let half = |turn: usize| {
        let small = SMALL.into_iter().enumerate();
        small.map(move |(place, (name, settings))| (name, settings, targets[(place / 3 + turn) % 2]))
    };
    half(0).chain(half(1)).collect()
}

/// Usually a sixth of them; six seeds in a row have all.
#[test]
fn netlists_agree_with_the_testbench() {
    let _running = may_take_minutes("each block is synthesised, and its gates are compiled for Verilator");
    let request = |target| request(target, 300);
    if missing(&needed(&request(Target::Ice40))) || missing(&needed(&request(Target::Asic))) {
        return;
    }
    let chosen: Vec<_> = in_turn(small_netlists(), usual_or_full(6, usize::MAX)).collect();
    chosen.par_iter().with_max_len(1).for_each(|(name, settings, target)| {
        agrees(name, settings, &request(*target));
    });
}

#[test]
fn figures_of_a_multiplier_are_plausible() {
    let _running = may_take_minutes("each block is synthesised, and its gates are compiled for Verilator");
    let ice40 = Request { gate_level_cycles: Some(100), ..Request::new(Target::Ice40) };
    let asic = Request { gate_level_cycles: Some(100), ..Request::new(Target::Asic) };
    if missing(&needed(&ice40)) || missing(&needed(&asic)) {
        return;
    }
    let placed = agrees("fp_mul", "stages=2", &ice40);
    let timing = placed.timing.expect("it is placed");
    assert!(timing.f_max > 20.0 && timing.f_max < 400.0, "{timing:?}");
    assert!(placed.resources.luts > Some(200) && placed.resources.flip_flops >= 16, "{:?}", placed.resources);
    assert!(!timing.path.is_empty(), "{timing:?}");

    let small = agrees("fp_mul", "", &asic);
    let fast = agrees("fp_mul", "", &Request { effort: Effort::Delay, ..asic.clone() });
    let delay = |figures: &Figures| figures.timing.as_ref().unwrap().delay;
    assert!(delay(&fast) < delay(&small));
    assert!(fast.resources.area > small.resources.area);
    let energy = small.energy.expect("it is measured");
    // Glitches cost energy; and a multiplier of an 0.18 um library takes tens of picojoules.
    assert!(energy.per_beat > energy.without_glitches && energy.without_glitches > 5.0, "{energy:?}");
    assert!(energy.per_beat < 1000.0 && energy.beats == energy.cycles, "{energy:?}");
}

#[test]
#[ignore = "takes minutes: scripts/test --full runs it"]
fn netlists_of_systems_agree_with_the_testbench() {
    let _running = may_take_minutes("each block is synthesised, and its gates are compiled for Verilator");
    let request = request(Target::Ice40, 200);
    if !missing(&needed(&request)) {
        SYSTEMS.par_iter().with_max_len(1).for_each(|(name, settings)| {
            agrees(name, settings, &request);
        });
    }
}

/// The blocks at their defaults on all targets: most of an hour.
#[test]
#[ignore = "takes most of an hour: scripts/test --full runs it"]
fn netlists_of_blocks_at_their_defaults_agree_on_all_targets() {
    let _running = may_take_minutes("each block is synthesised, and its gates are compiled for Verilator");
    let blocks = SMALL.iter().map(|(name, _)| *name).filter(|name| *name != "loas_array");
    let all: Vec<_> = blocks.flat_map(|name| Target::ALL.map(|target| (name, target))).collect();
    all.par_iter().with_max_len(1).for_each(|(name, target)| {
        agrees(name, "", &request(*target, 200));
    });
}
