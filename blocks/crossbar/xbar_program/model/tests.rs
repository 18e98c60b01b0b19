//! Words of cells with published variations, and the loops by their definition.

use super::sweep::point;
use super::*;
use crate::crossbar::cell::{Cell, Device};
use crate::crossbar::xbar_program::array::{Array, program};
use crate::crossbar::xbar_program::figures::{Setting, array, controller, ember, measured, params};
use crate::crossbar::xbar_program::params::{Limits, LoopOrder, Range};
use fastrand::Rng;

const BOTH: [Verify; 2] = [Verify::Level, Verify::Adc];

/// Programs a word of 16 levels; gives the cells that failed.
fn programmed(verify: Verify, array: &mut Array, levels: &[u64]) -> Vec<bool> {
    let setting = Setting { level_bits: 4, pulse_clocks: 10 };
    let mut controller = controller(verify, &setting);
    let word = (levels.to_vec(), vec![true; levels.len()]);
    program(&params(verify, 4), &mut controller, array, word);
    assert!(!controller.is_error());
    controller.work.failed
}

#[test]
fn cells_reach_every_level_and_stuck_ones_are_told_exactly() {
    let setting = Setting { level_bits: 4, pulse_clocks: 10 };
    let device = Device::resistive(10);
    let mut rng = Rng::with_seed(3);
    for (verify, seed) in BOTH.into_iter().flat_map(|verify| (0..50).map(move |seed| (verify, seed))) {
        let mut array = array(&setting, seed);
        let levels: Vec<u64> = array.cells.iter().map(|_| rng.u64(..16)).collect();
        // Stuck at the level of another: of level 0 at 40 uS, of others at 0.1 uS.
        let is_stuck: Vec<bool> = levels.iter().map(|_| seed % 2 == 1 && rng.u8(..10) == 0).collect();
        for cell in (0..levels.len()).filter(|cell| is_stuck[*cell]) {
            let conductance = if levels[cell] == 0 { 40_000 } else { device.least };
            let number = cell as u32;
            array.cells[cell] = Cell::stuck(&device, seed, number, conductance);
        }
        assert_eq!(programmed(verify, &mut array, &levels), is_stuck, "{verify:?}, word {seed}");
    }
}

#[test]
fn loops_go_as_nested_loops_and_stay_in_their_box_at_the_greatest_codes() {
    let range = |start, stop, step| Range { start, stop, step };
    for [p, w, b] in [
        [range(1, 3, 2), range(250, 255, 4), range(29, 31, 1)],
        [range(2, 2, 0), range(0, 255, 100), range(5, 31, 9)],
    ] {
        let values = |range: Range<u64>| (range.start..=range.stop).step_by(range.step.max(1) as usize);
        let mut seen: Vec<(LoopOrder, Vec<Point>)> = vec![];
        let orders =
            [LoopOrder::Pwb, LoopOrder::Pbw, LoopOrder::Wbp, LoopOrder::Wpb, LoopOrder::Bwp, LoopOrder::Bpw];
        for order in orders {
            let limits = Limits { word_line: w, line: b, width: p, order: order as u64 };
            seen.push((order, (0..points(&limits)).map(|number| point(&limits, number)).collect()));
        }
        let mut all = vec![];
        for width in values(p) {
            for word_line in values(w) {
                all.extend(values(b).map(|line| Point { word_line, line, width }));
            }
        }
        for (order, points) in seen {
            let key = |point: &Point| {
                let Point { width: p, word_line: w, line: b } = *point;
                match order {
                    LoopOrder::Pwb => [p, w, b],
                    LoopOrder::Pbw => [p, b, w],
                    LoopOrder::Wbp => [w, b, p],
                    LoopOrder::Wpb => [w, p, b],
                    LoopOrder::Bwp => [b, w, p],
                    LoopOrder::Bpw => [b, p, w],
                }
            };
            let mut sorted = all.clone();
            sorted.sort_by_key(key);
            assert_eq!(points, sorted, "{}", order as u64);
        }
    }
}

#[test]
fn levels_and_words_without_cells_cost_no_reads() {
    let setting = Setting { level_bits: 4, pulse_clocks: 10 };
    for (verify, mask, reads) in
        [(Verify::Level, false, 0), (Verify::Adc, false, 0), (Verify::Level, true, 2)]
    {
        let (mut controller, mut array) = (controller(verify, &setting), array(&setting, 0));
        // Level 0 is where cells are from the beginning.
        let word = (vec![0; 48], vec![mask; 48]);
        let clocks = program(&params(verify, 4), &mut controller, &mut array, word);
        assert_eq!((controller.work.reads, controller.work.pulses), (reads, 0));
        let scans = if verify == Verify::Level { 16 } else { 0 };
        assert_eq!(clocks, 2 + scans + 4 * reads, "{verify:?}");
    }
}

/// Clocks of a word for 2, 4, 8 and 16 levels of the same models in floating point: EMBER's, and all levels at once.
const PULSES_OF_100: [[f64; 4]; 2] = [[1654.0, 3864.0, 8674.0, 16_774.0], [1613.0, 1765.0, 1994.0, 2217.0]];
const PULSES_OF_10: [[f64; 4]; 2] = [[365.0, 841.0, 1916.0, 3787.0], [318.0, 355.0, 404.0, 454.0]];

#[test]
fn words_take_the_clocks_of_their_pulses_and_reads_alone() {
    for (pulse_clocks, [embers, at_once], slack) in [(100, PULSES_OF_100, 1.005), (10, PULSES_OF_10, 1.02)] {
        for (level_bits, (ember_clocks, at_once_clocks)) in (1..).zip(embers.into_iter().zip(at_once)) {
            let setting = Setting { level_bits, pulse_clocks };
            let ember = ember(&setting, 60);
            let [by_level, by_code] = BOTH.map(|verify| measured(verify, &setting, 60));
            assert!((ember.clocks / ember_clocks - 1.0).abs() < 0.03, "{setting:?}: {ember:?}");
            assert!(by_code.clocks < at_once_clocks, "{setting:?}: {by_code:?}");
            assert!(by_level.clocks < ember.clocks, "{setting:?}: {by_level:?}");
            for own in [by_level, by_code] {
                assert_eq!(own.failed, 0.0, "{setting:?}");
                assert!(own.clocks <= slack * own.lower_bound, "{setting:?}: {own:?}");
            }
            if level_bits == 4 {
                assert!(ember.clocks > 7.5 * by_code.clocks, "{setting:?}: {ember:?}, {by_code:?}");
            }
        }
    }
}
