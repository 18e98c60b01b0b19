//! The phases of `xbar_input_driver` follow each other without a gap, as its page states.

use crate::run::Run;
use hdl::Bits;

/// The driver with vectors of 64 inputs in 8 beats, all of one value.
fn run(parameters: &str, vectors: &[(u64, bool)]) -> Run {
    let mut run = Run::new("xbar_input_driver", parameters);
    for (value, skip_zeros) in vectors {
        for beat in 1..=8 {
            let mut data = Bits::zero(64);
            (0..8).for_each(|lane| data.insert(8 * lane, &Bits::truncated((*value).into(), 8)));
            let flag = |flag: bool| Bits::truncated(flag.into(), 1);
            run.pending[0].push_back(vec![data, flag(*skip_zeros), flag(beat == 8)]);
        }
    }
    run
}

/// The cycles in which phases come.
fn cycles(mut run: Run, phases: usize) -> Vec<u64> {
    run.until(0, phases, &[]);
    run.answers[0].iter().map(|(cycle, _)| *cycle).collect()
}

#[test]
fn the_first_phase_comes_three_cycles_behind_the_last_beat_and_others_follow_without_a_gap() {
    // The first beat enters in cycle 1, behind the reset, and the last in cycle 8.
    let found = cycles(run("", &[(255, false); 3]), 24);
    assert!(found.iter().copied().eq(11..35), "{found:?}");
    // Blocks of rows multiply them, and signs.
    let found = cycles(run("rows_at_once=16 encoding=sign_magnitude", &[(3, false); 2]), 128);
    assert!(found.iter().copied().eq(11..139), "{found:?}");
}

#[test]
fn phases_that_are_left_out_take_no_time() {
    // Two bits of eight are driven.
    let found = cycles(run("rows_at_once=16", &[(0x90, true)]), 8);
    assert!(found.iter().copied().eq(11..19), "{found:?}");
}
