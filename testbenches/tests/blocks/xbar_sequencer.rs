//! `xbar_sequencer` takes the clocks that its page states, with times as converters and with the RTL of `xbar_adc_sar`.

use crate::run::compiled;
use sim::{Compiled, Simulator};

const COLUMNS: u64 = 8;

/// Phases that are timed.
const PHASES: usize = 4;

fn poke(simulator: &mut Compiled, values: &[(&str, u64)]) {
    for (name, value) in values {
        let [port] = simulator.ports_named([*name]).expect("it has the port");
        simulator.poke_u64(port, *value);
    }
}

fn peek(simulator: &mut Compiled, name: &str) -> u64 {
    let [port] = simulator.ports_named([name]).expect("it has the port");
    simulator.peek_u64(port)
}

/// The sequencer with these clocks for precharge, settling and conversion, in a clock after its reset without a phase.
fn sequencer(holds: u64, [precharge, settle, convert]: [u64; 3]) -> Compiled {
    let mut sequencer = compiled("xbar_sequencer", &format!("columns={COLUMNS} holds={holds}"));
    let clocks = [("precharge_clocks", precharge), ("settle_clocks", settle), ("convert_clocks", convert)];
    poke(&mut sequencer, &clocks);
    sequencer.tick();
    sequencer
}

/// Clocks from one phase to the next, of phases without a gap. `converter` is told what goes to it in each clock, and says whether
/// a column is taken.
fn clocks_of_phases(mut sequencer: Compiled, mut converter: impl FnMut(&mut Compiled)) -> u64 {
    poke(&mut sequencer, &[("in_valid", 1)]);
    let mut ends = vec![];
    while ends.len() < PHASES {
        converter(&mut sequencer);
        let names = ["out_valid", "out_ready", "out_last_column"];
        if names.into_iter().all(|name| peek(&mut sequencer, name) == 1) {
            ends.push(sequencer.cycle());
        }
        sequencer.tick();
    }
    assert!(sequencer.violations().is_empty());
    let apart: Vec<u64> = ends.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(apart.iter().all(|clocks| *clocks == apart[0]), "{apart:?}");
    apart[0]
}

#[test]
fn phases_take_their_steps_one_after_the_other_or_the_longer_of_two() {
    let times =
        [[0, 2, 1], [0, 0, 0], [1, 1, 1], [3, 4, 2], [5, 20, 1], [20, 5, 3], [0, 255, 31], [255, 255, 63]];
    for clocks in times {
        let [precharge, settle, convert] = clocks;
        let (settles, converts) = (precharge + settle.max(1), COLUMNS * convert.max(1));
        let found = |holds| clocks_of_phases(sequencer(holds, clocks), |it| poke(it, &[("out_ready", 1)]));
        assert_eq!(found(1), settles + converts, "{clocks:?}");
        assert_eq!(found(2), settles.max(converts), "{clocks:?}");
    }
}

#[test]
fn the_first_column_is_offered_as_late_as_stated() {
    for [precharge, settle, convert] in [[0, 2, 1], [3, 4, 2], [1, 1, 5]] {
        let mut sequencer = sequencer(2, [precharge, settle, convert]);
        poke(&mut sequencer, &[("in_valid", 1)]);
        let begin = sequencer.cycle();
        while peek(&mut sequencer, "out_valid") == 0 {
            sequencer.tick();
        }
        assert_eq!(sequencer.cycle() - begin, precharge + settle + convert - 1);
    }
}

/// The converter of 8 bits, joined as the page says; its comparator says anything.
fn with_sar(holds: u64, sample_clocks: u64) -> u64 {
    let mut sar = compiled("xbar_adc_sar", &format!("holds={holds}"));
    poke(&mut sar, &[("in_sample_clocks", sample_clocks), ("in_settle_clocks", 0), ("cmp", 1)]);
    let (mut requests, mut codes) = (0, 0);
    let clocks = clocks_of_phases(sequencer(2, [0, 2, 1]), |sequencer| {
        let offered = peek(sequencer, "out_valid");
        let joined = if holds == 1 { offered } else { 1 };
        poke(&mut sar, &[("out_ready", joined)]);
        let ready = peek(&mut sar, if holds == 1 { "out_valid" } else { "in_ready" });
        poke(sequencer, &[("out_ready", ready)]);
        let begins = peek(sequencer, "column_begins");
        poke(&mut sar, &[("in_valid", begins)]);
        assert!(begins == 0 || peek(&mut sar, "in_ready") == 1, "each request is taken");
        requests += begins;
        codes += peek(&mut sar, "out_valid") & joined;
        sar.tick();
    });
    // Those of a phase may be under way.
    assert!(codes <= requests && requests - codes <= 3, "{requests} requests, {codes} codes");
    clocks
}

#[test]
fn converters_by_successive_approximation_convert_one_column_behind_the_other() {
    for sample_clocks in [0, 1, 5, 20] {
        assert_eq!(with_sar(1, sample_clocks), COLUMNS * (8 + sample_clocks + 2));
    }
    for sample_clocks in [1, 2, 8, 11] {
        assert_eq!(with_sar(2, sample_clocks), COLUMNS * sample_clocks.max(8));
    }
}
