//! Every block through the flows, in small variants: the synthesised netlist must pass the block's testbench.

use blocks::registry;
use rayon::prelude::*;
use synthesis::targets::{self, ASIC, ICE40};
use synthesis::{Effort, Figures, Request, Target, needed, synthesize};
use test_support::configure;
use test_support::depth::{in_turn, may_take_minutes, usual_or_full};
use test_support::needed::missing;

/// The small variants of large blocks, or of the others: names and settings.
fn small(is_large: bool) -> Vec<(&'static str, &'static str)> {
    let blocks = registry::blocks().iter().filter(|block| block.is_large == is_large);
    blocks.map(|block| (block.name, block.small)).collect()
}

fn request(target: &'static Target, cycles: u64) -> Request {
    Request { place: false, energy: false, gate_level_cycles: Some(cycles), ..Request::new(target) }
}

fn agrees(name: &str, settings: &str, request: &Request) -> Figures {
    let cache = tempfile::tempdir().unwrap();
    let block = configure(name, settings);
    let figures = synthesize(block.as_ref(), request, Some(cache.path()));
    let figures =
        figures.unwrap_or_else(|error| panic!("{name} {settings} for {:?}: {error}", request.target));
    let Some(run) = figures.gate_level.as_ref() else {
        let is_known = |remark: &String| remark.ends_with("there are no models of block RAMs");
        assert!(
            figures.remarks.iter().any(is_known),
            "{name} {settings} for {:?} was not run",
            request.target
        );
        return figures;
    };
    assert_eq!(run.mismatch, None, "{name} {settings} for {:?}", request.target);
    assert!(run.cycles > 0 && run.checked_values > 0);
    figures
}

/// Each small variant for both targets, in such an order that any evenly spaced selection has both targets.
fn small_netlists() -> Vec<(&'static str, &'static str, &'static Target)> {
    let targets = [&ICE40, &ASIC];
    let half = |turn: usize| {
        let small = small(false).into_iter().enumerate();
        small.map(move |(place, (name, settings))| (name, settings, targets[(place / 3 + turn) % 2]))
    };
    half(0).chain(half(1)).collect()
}

/// Usually a sixth of them; six successive seeds cover all.
#[test]
fn netlists_agree_with_the_testbench() {
    let _running = may_take_minutes("each block is synthesised, and its gates are compiled for Verilator");
    let request = |target| request(target, 300);
    if missing(&needed(&request(&ICE40))) || missing(&needed(&request(&ASIC))) {
        return;
    }
    let chosen: Vec<_> = in_turn(small_netlists(), usual_or_full(6, usize::MAX)).collect();
    chosen.par_iter().with_max_len(1).for_each(|(name, settings, target)| {
        agrees(name, settings, &request(target));
    });
}

#[test]
fn figures_of_a_multiplier_are_plausible() {
    let _running = may_take_minutes("each block is synthesised, and its gates are compiled for Verilator");
    let ice40 = Request { gate_level_cycles: Some(100), ..Request::new(&ICE40) };
    let asic = Request { gate_level_cycles: Some(100), ..Request::new(&ASIC) };
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
    // Glitches cost energy, and a multiplier of a 0.18 um library takes tens of picojoules.
    assert!(energy.per_beat > energy.without_glitches && energy.without_glitches > 5.0, "{energy:?}");
    assert!(energy.per_beat < 1000.0 && energy.beats == energy.cycles, "{energy:?}");
}

#[test]
#[ignore = "takes minutes: scripts/test --full runs it"]
fn netlists_of_systems_agree_with_the_testbench() {
    let _running = may_take_minutes("each block is synthesised, and its gates are compiled for Verilator");
    let request = request(&ICE40, 200);
    if !missing(&needed(&request)) {
        small(true).par_iter().with_max_len(1).for_each(|(name, settings)| {
            agrees(name, settings, &request);
        });
    }
}

/// The blocks at their defaults on all targets: most of an hour.
#[test]
#[ignore = "takes most of an hour: scripts/test --full runs it"]
fn netlists_of_blocks_at_their_defaults_agree_on_all_targets() {
    let _running = may_take_minutes("each block is synthesised, and its gates are compiled for Verilator");
    let blocks = small(false).into_iter().map(|(name, _)| name).filter(|name| *name != "loas_array");
    let all: Vec<_> = blocks.flat_map(|name| targets::ALL.map(|target| (name, target))).collect();
    all.par_iter().with_max_len(1).for_each(|(name, target)| {
        agrees(name, "", &request(target, 200));
    });
}
