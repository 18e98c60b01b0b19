//! Self-tests down to bitstreams, and what they show if the block is wrong; the descriptions of boards and targets.

use std::collections::{BTreeMap, BTreeSet};
use synthesis::boards::{self, HX8K_BOARD, ICEBREAKER, ULX3S_25F, build, needed, simulate_with_fault};
use synthesis::targets::{self, ECP5, ECP5_85K, HX8K, ICE40, Target};
use test_support::configure;
use test_support::depth::{in_turn, usual_or_full};
use test_support::needed::missing;

/// Usually on one of the boards; two successive seeds cover both.
#[test]
fn the_self_test_of_a_multiplier_passes_before_and_after_synthesis() {
    for board in in_turn(vec![&HX8K_BOARD, &ULX3S_25F], usual_or_full(1, 2)) {
        if missing(&needed(board)) {
            return;
        }
        let block = configure("pacq_mul", "stages=2");
        let built = build(block.as_ref(), board, 1).unwrap();
        assert!(built.passed(), "{}: {:?}", board.name, built.said);
        assert!(built.bitstream.1.len() > 30_000, "{} bytes", built.bitstream.1.len());
        assert!(built.f_max.unwrap() > f64::from(board.clock) / 1e6);
    }
}

#[test]
fn a_self_test_needs_answers_with_every_bit_specified() {
    let error = simulate_with_fault(configure("pacq_gemm", "").as_ref(), &HX8K_BOARD, None).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("fields that the golden model leaves unspecified"), "{message}");
}

#[test]
fn the_self_test_of_a_join_passes_before_and_after_synthesis() {
    if !missing(&needed(&ICEBREAKER)) {
        let block = configure("loas_inner_join", "mask_bits=16 adders=8 group=2");
        let built = build(block.as_ref(), &ICEBREAKER, 1).unwrap();
        assert!(built.passed(), "{:?}", built.said);
    }
}

/// The block gets each vector with one bit flipped, but the golden model got the original.
#[test]
fn a_wrong_answer_lights_the_other_lamp() {
    for (name, settings) in [("pacq_mul", "stages=1"), ("loas_inner_join", "mask_bits=16 adders=8 group=2")] {
        let block = configure(name, settings);
        let right = simulate_with_fault(block.as_ref(), &HX8K_BOARD, None).unwrap();
        assert!(right.starts_with("PASS "), "{right}");
        let wrong = simulate_with_fault(block.as_ref(), &HX8K_BOARD, Some(0)).unwrap();
        assert!(wrong.starts_with("FAIL ") && wrong[5..] != right[5..], "{wrong} {right}");
    }
}

#[test]
fn descriptions_fit_each_other() {
    let names: BTreeSet<&str> = targets::ALL.map(|target| target.name).into();
    assert_eq!(names.len(), targets::ALL.len());
    for target in targets::ALL {
        assert_eq!(Target::find(target.name), Some(target));
        if let Some(placer) = target.placer() {
            assert!(placer.devices.contains(&placer.usual), "{target:?}");
        }
    }
    assert_eq!(Target::find("ice41"), None);
    for board in boards::ALL {
        let placer = board.target.placer().expect("a board's device can be placed");
        assert_eq!(placer.device(Some(board.device)), Ok(board.device), "{}", board.name);
    }
}

#[test]
fn a_device_of_another_family_is_refused() {
    let placer = ICE40.placer().unwrap();
    assert_eq!(placer.device(None), Ok(&HX8K));
    assert_eq!(placer.device(Some(&ECP5_85K)), Err("iCE40 has no device `85k`: it has hx8k, up5k".into()));
}

#[test]
fn cells_that_a_target_does_not_list_are_named() {
    let kinds = [("LUT4", 3), ("TRELLIS_FF", 2), ("PFUMX", 1), ("DP16KD", 1), ("EHXPLLL", 1)];
    let kinds: BTreeMap<String, u64> = kinds.map(|(kind, count)| (kind.into(), count)).into();
    let counts = ECP5.family().unwrap().cells.count(&kinds);
    assert_eq!((counts.luts, counts.flip_flops, counts.block_rams, counts.carries), (3, 2, 1, 0));
    assert_eq!(counts.unknown, ["EHXPLLL"]);
}
