//! Words of cells with published variations, and the loops by their definition.

use super::sweep::point;
use super::*;
use crate::crossbar::cell::{Cell, CellParams, Device};
use crate::crossbar::pins::ArrayPlace;
use crate::crossbar::xbar_program::array::{Array, program};
use crate::crossbar::xbar_program::figures::{Sensing, Setting, array, controller, ember, measured, params};
use crate::crossbar::xbar_program::params::{BOUNDS, Limits, LoopOrder, Range};
use crate::parameters::Parameters;
use fastrand::Rng;

const BOTH: [Sensing; 2] = [Sensing::Amplifiers, Sensing::Flash];

/// Programs a word of 16 levels; gives the cells that failed.
fn programmed(sensing: Sensing, array: &mut Array, levels: &[u64]) -> Vec<bool> {
    let setting = Setting { level_bits: 4, pulse_clocks: 10 };
    let mut controller = controller(sensing, &setting);
    let word = (levels.to_vec(), vec![true; levels.len()]);
    program(&params(sensing, 4), &mut controller, array, word);
    assert!(!controller.is_error());
    controller.work.failed
}

#[test]
fn cells_reach_every_level_and_stuck_ones_are_told_exactly() {
    let setting = Setting { level_bits: 4, pulse_clocks: 10 };
    let device = Device::resistive(10);
    let mut rng = Rng::with_seed(3);
    for (sensing, seed) in BOTH.into_iter().flat_map(|sensing| (0..50).map(move |seed| (sensing, seed))) {
        let mut array = array(&setting, seed);
        let levels: Vec<u64> = array.cells.iter().map(|_| rng.u64(..16)).collect();
        // Stuck at the level of another: of level 0 at 40 uS, of others at 0.1 uS.
        let is_stuck: Vec<bool> = levels.iter().map(|_| seed % 2 == 1 && rng.u8(..10) == 0).collect();
        for cell in (0..levels.len()).filter(|cell| is_stuck[*cell]) {
            let conductance = if levels[cell] == 0 { 40_000 } else { device.least };
            let number = cell as u32;
            array.cells[cell] = Cell::stuck(&device, seed, number, conductance);
        }
        assert_eq!(programmed(sensing, &mut array, &levels), is_stuck, "{sensing:?}, word {seed}");
    }
}

#[test]
fn words_of_the_model_reach_every_level_and_its_stuck_cells_are_told_exactly() {
    let mut rng = Rng::with_seed(4);
    for sensing in BOTH {
        let cells = CellParams { stuck_least: 40, stuck_greatest: 40, ..CellParams::resistive(10) };
        let params = Params { array: ArrayPlace::Model, words: 8, model: cells, ..params(sensing, 4) };
        params.validate().unwrap();
        let mut whole = Whole::new(&params);
        whole.controller.registers =
            controller(sensing, &Setting { level_bits: 4, pulse_clocks: 10 }).registers;
        for row in 0..8 {
            // No level is that of a stuck cell: 0.1 and 60 uS are outside of all.
            let levels: Vec<u64> = (0..48).map(|_| rng.u64(1..16)).collect();
            whole.clock(&Taken { word: Some((levels, vec![true; 48])), row, ..Taken::default() });
            while whole.controller.step != Step::Offer {
                whole.clock(&Taken::default());
            }
            let is_stuck: Vec<bool> =
                whole.cells.iter().flat_map(|array| &array.cells[row]).map(|cell| cell.is_stuck).collect();
            assert!(is_stuck.contains(&true), "word {row}");
            assert_eq!(whole.controller.work.failed, is_stuck, "{sensing:?}, word {row}");
            whole.clock(&Taken { out_ready: true, ..Taken::default() });
        }
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
    for (sensing, mask, reads) in
        [(Sensing::Amplifiers, false, 0), (Sensing::Flash, false, 0), (Sensing::Amplifiers, true, 2)]
    {
        let (mut controller, mut array) = (controller(sensing, &setting), array(&setting, 0));
        // Level 0 is where cells are from the beginning.
        let word = (vec![0; 48], vec![mask; 48]);
        let clocks = program(&params(sensing, 4), &mut controller, &mut array, word);
        assert_eq!((controller.work.reads, controller.work.pulses), (reads, 0));
        let scans = if sensing == Sensing::Amplifiers { 16 } else { 0 };
        assert_eq!(clocks, 2 + scans + 4 * reads, "{sensing:?}");
    }
}

#[test]
fn a_limit_below_the_points_of_the_box_is_told_from_stuck_cells() {
    let setting = Setting { level_bits: 4, pulse_clocks: 10 };
    // The box of SET has 29 points.
    for (attempts, is_alone) in [(255, true), (20, false)] {
        let (mut controller, mut array) = (controller(Sensing::Flash, &setting), array(&setting, 0));
        controller.registers.write(20, attempts);
        let device = Device::resistive(10);
        array.cells[0] = Cell::stuck(&device, 0, 0, device.least);
        // A healthy cell that is too high gets its pulses after all of SET.
        array.cells[1].conductance = 40_000;
        let mask = (0..48).map(|cell| cell < 2).collect();
        let levels = (0..48).map(|cell| if cell == 1 { 4 } else { 15 }).collect();
        program(&params(Sensing::Flash, 4), &mut controller, &mut array, (levels, mask));
        let work = controller.work;
        assert_eq!([work.failed[0], work.failed[1], work.at_limit], [true, !is_alone, !is_alone]);
    }
}

#[test]
fn a_level_without_an_upper_bound_has_the_greatest_code() {
    let setting = Setting { level_bits: 4, pulse_clocks: 10 };
    for sensing in BOTH {
        for (upper, pulses) in [(255, true), (256, false), (511, false)] {
            let (mut controller, mut array) = (controller(sensing, &setting), array(&setting, 0));
            controller.registers.write(BOUNDS + 31, upper);
            // Its code saturates at 255.
            array.cells[0].conductance = 90_000;
            let word = (vec![15; 48], (0..48).map(|cell| cell == 0).collect());
            program(&params(sensing, 4), &mut controller, &mut array, word);
            assert_eq!(controller.work.pulses > 0, pulses, "{sensing:?}, {upper}");
            assert!(!controller.is_error() && !controller.work.failed[0], "{sensing:?}, {upper}");
        }
    }
}

/// The page's clocks of a word for 2, 4, 8 and 16 levels: EMBER's, level by level, all levels at once with flash and SAR converters.
const PULSES_OF_100: [[f64; 4]; 4] = [
    [1625.0, 3842.0, 8593.0, 16_872.0],
    [1538.0, 3635.0, 8119.0, 15_915.0],
    [1614.0, 1758.0, 1999.0, 2222.0],
    [2457.0, 2672.0, 3032.0, 3363.0],
];
const PULSES_OF_10: [[f64; 4]; 4] = [
    [361.0, 849.0, 1910.0, 3783.0],
    [274.0, 642.0, 1437.0, 2826.0],
    [349.0, 380.0, 430.0, 477.0],
    [1192.0, 1293.0, 1463.0, 1619.0],
];

/// EMBER's clocks by the same models in floating point.
const EMBERS_IN_FLOATING_POINT: [[f64; 4]; 2] =
    [[1654.0, 3864.0, 8674.0, 16_774.0], [365.0, 841.0, 1916.0, 3787.0]];

#[test]
fn words_take_the_clocks_of_their_pulses_and_reads_alone() {
    let rows = [(100, PULSES_OF_100, 1.005), (10, PULSES_OF_10, 1.02)];
    for ((pulse_clocks, page, slack), floating) in rows.into_iter().zip(EMBERS_IN_FLOATING_POINT) {
        for (level, floating) in floating.into_iter().enumerate() {
            let setting = Setting { level_bits: level as u32 + 1, pulse_clocks };
            let ember = ember(&setting, 60);
            let [by_level, flash, sar] = [Sensing::Amplifiers, Sensing::Flash, Sensing::Sar]
                .map(|sensing| measured(sensing, &setting, 60));
            assert!((ember.clocks / floating - 1.0).abs() < 0.03, "{setting:?}: {ember:?}");
            let clocks = [ember, by_level, flash, sar].map(|figures| figures.clocks.round());
            assert_eq!(clocks, page.map(|row| row[level]), "{setting:?}");
            for own in [by_level, flash, sar] {
                assert_eq!(own.failed, 0.0, "{setting:?}");
                assert!(own.clocks <= slack * own.lower_bound, "{setting:?}: {own:?}");
            }
            if setting.level_bits == 4 {
                assert!((flash.pulses_of_cell - 7.75).abs() < 0.005, "{setting:?}: {flash:?}");
            }
        }
    }
}
