//! Waveforms as text.

use crate::support::{accumulator, drive};
use insta::assert_snapshot;
use sim::{Simulator, TextWave, Traced, WaveError};

/// The accumulator in 12 cycles; the first is in reset.
fn recorded(names: &[&str]) -> TextWave {
    let simulator = accumulator();
    let wave = TextWave::new(&simulator, names).unwrap();
    let mut traced = Traced::new(simulator, wave);
    let steps = [1, 1, 255, 255, 255, 3, 4, 5, 5, 5, 0];
    for (cycle, step) in steps.into_iter().enumerate() {
        drive(&mut traced, cycle > 0, step, [4, 5, 8].contains(&cycle));
        traced.tick();
    }
    traced.finish().unwrap().1
}

#[test]
fn levels_and_boxes() {
    assert_snapshot!(recorded(&["rst_n", "step", "hold", "odd"]), @r"
    cycle 0   1   2   3   4   5   6   7   8   9   10  11
              ┌───────────────────────────────────────────
    rst_n ────┘
          ┬───────┬───────────┬───┬───┬───────────┬───────
    step  │01 ·   │ff ·   ·   │03 │04 │05 ·   ·   │00 ·
          ┴───────┴───────────┴───┴───┴───────────┴───────
                          ┌───────┐       ┌───┐
    hold  ────────────────┘       └───────┘   └───────────
          ────────┐   ┌───┐       ┌───┐   ┌───────────────
    odd           └───┘   └───────┘   └───┘
    ");
}

/// Wider than any width that `format!` accepts.
#[test]
fn a_cycle_may_be_of_any_width() {
    let text = recorded(&["step"]).cycle_width(70_000).draw(1_000_000);
    let (cycles, _) = text.split_once('\n').unwrap();
    assert!(cycles.starts_with("cycle") && cycles.len() > 700_000);
}

/// Values that do not fit are truncated, and each block continues where the previous one ended.
#[test]
fn lines_wrap() {
    assert_snapshot!(recorded(&["hold", "add.total", "value"]).cycle_width(5).draw(40), @r"
    cycle     0    1    2    3    4    5
                                  ┌─────────
    hold      ────────────────────┘
              ┬─────────┬────┬────┬────┬────
    add.total │00000000…│000…│000…│000…│000…
              ┴─────────┴────┴────┴────┴────
              ┬─────────┬────┬────┬─────────
    value     │00000000…│000…│000…│00000000…
              ┴─────────┴────┴────┴─────────

    cycle     6    7    8    9    10   11
              ┐         ┌────┐
    hold      └─────────┘    └──────────────
              ┬────┬────┬───────────────────
    add.total │000…│000…│00000000000000020d
              ┴────┴────┴───────────────────
              ─────┬────┬─────────┬─────────
    value     ·000…│000…│00000000…│00000000…
              ─────┴────┴─────────┴─────────
    ");
}

#[test]
fn a_cycle_is_as_wide_as_the_longest_value() {
    assert_snapshot!(recorded(&["add.total"]).draw(60), @r"
    cycle     0                   1
              ┬───────────────────────────────────────
    add.total │000000000000000001 ·
              ┴───────────────────────────────────────

    cycle     2                   3
              ┬───────────────────┬───────────────────
    add.total │000000000000000100 │0000000000000001ff
              ┴───────────────────┴───────────────────

    cycle     4                   5
              ┬───────────────────┬───────────────────
    add.total │0000000000000002fe │000000000000000202
              ┴───────────────────┴───────────────────

    cycle     6                   7
              ┬───────────────────┬───────────────────
    add.total │000000000000000203 │000000000000000208
              ┴───────────────────┴───────────────────

    cycle     8                   9
              ┬───────────────────────────────────────
    add.total │00000000000000020d ·
              ┴───────────────────────────────────────

    cycle     10                  11
              ────────────────────────────────────────
    add.total ·00000000000000020d ·
              ────────────────────────────────────────
    ");
}

#[test]
fn a_value_may_fill_its_cycle() {
    assert_snapshot!(recorded(&["step"]).cycle_width(3), @r"
    cycle 0  1  2  3  4  5  6  7  8  9  10 11
          ┬─────┬────────┬──┬──┬────────┬─────
    step  │01·  │ff·  ·  │03│04│05·  ·  │00·
          ┴─────┴────────┴──┴──┴────────┴─────
    ");
}

#[test]
fn narrow_cycles() {
    assert_snapshot!(recorded(&["hold", "step"]).cycle_width(0), @r"
    cycle 0   2   4   6   8   10
                  ┌───┐   ┌─┐
    hold  ────────┘   └───┘ └─────
          ┬───┬─────┬─┬─┬─────┬───
    step  │01 │ff · │…│…│05 · │00
          ┴───┴─────┴─┴─┴─────┴───
    ");
}

#[test]
fn without_signals_or_cycles_there_is_nothing() {
    assert_eq!(recorded(&[]).to_string(), "");
    assert_eq!(TextWave::new(&accumulator(), &["odd"]).unwrap().to_string(), "");
}

#[test]
fn an_unknown_name_is_an_error_that_lists_the_known_ones() {
    let error = TextWave::new(&accumulator(), &["odd", "add.toal"]).map(drop).unwrap_err();
    assert!(matches!(error, WaveError::UnknownSignal { .. }));
    let ports = "rst_n, step, hold, value, odd, many";
    let known = "kept, add.a, add.b, add.sum, add.total, ahead.a, ahead.b, ahead.sum, ahead.total";
    assert_eq!(error.to_string(), format!("there is no signal `add.toal`: there are {ports}, {known}"));
}
