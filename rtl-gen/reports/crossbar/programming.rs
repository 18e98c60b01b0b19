//! Words of cells that are programmed by write-verify: the golden model of `xbar_program`, which the RTL equals clock by clock, on
//! cells with variation.

use blocks::crossbar::xbar_program::figures::{Figures, Sensing, Setting, ember, measured};
use rayon::prelude::*;
use serde::Serialize;

/// Words of a figure.
const WORDS: u32 = 60;

/// Clocks of the pulses.
const PULSES: [u64; 2] = [100, 10];

/// Bits of the levels.
const LEVEL_BITS: [u32; 4] = [1, 2, 3, 4];

/// Mean clocks of a word of 48 cells at random levels.
#[derive(Clone, Debug, Serialize)]
pub struct Programming {
    /// Levels of a cell.
    pub levels: u32,
    /// Clocks of a pulse.
    pub pulse_clocks: u64,
    /// EMBER's order, with the clocks of its RTL.
    pub ember: f64,
    /// Level by level.
    pub level_by_level: f64,
    /// All levels at once, by flash converters.
    pub at_once: f64,
    /// All levels at once, by SAR converters.
    pub at_once_by_sar: f64,
    /// Pulses and reads of all levels at once alone, by flash converters.
    pub bound: f64,
    /// Pulses of a cell, all levels at once.
    pub pulses_of_cell: f64,
    /// Cells of a word that are not at their level in the end.
    pub failed: f64,
}

/// Every number of levels and every length of a pulse.
pub fn programming() -> Vec<Programming> {
    let settings = PULSES
        .into_iter()
        .flat_map(|pulse_clocks| LEVEL_BITS.map(|level_bits| Setting { level_bits, pulse_clocks }));
    settings.collect::<Vec<Setting>>().par_iter().map(of_setting).collect()
}

fn of_setting(setting: &Setting) -> Programming {
    let level_by_level = measured(Sensing::Amplifiers, setting, WORDS);
    let sar = measured(Sensing::Sar, setting, WORDS);
    let Figures { clocks, lower_bound, pulses_of_cell, failed, .. } =
        measured(Sensing::Flash, setting, WORDS);
    Programming {
        levels: 1 << setting.level_bits,
        pulse_clocks: setting.pulse_clocks,
        ember: ember(setting, WORDS).clocks,
        level_by_level: level_by_level.clocks,
        at_once: clocks,
        at_once_by_sar: sar.clocks,
        bound: lower_bound,
        pulses_of_cell,
        failed: failed.max(level_by_level.failed).max(sar.failed),
    }
}
