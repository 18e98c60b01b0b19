//! Clocks of words of 48 cells, by the golden model and the cells of [`cell`](crate::crossbar::cell), beside EMBER's order.

use super::array::{Array, Scale, program};
use super::model::{Controller, writes};
use super::params::{Config, Limits, LoopOrder, Params, Range, Verify};
use crate::crossbar::cell::{Cell, Device, Polarity, Pulse};
use fastrand::Rng;

/// Cells of a word.
const CELLS: u32 = 48;

/// Clocks in which the DACs settle before a pulse.
const PULSE_SETUP: u64 = 3;

/// Clocks after it in which nothing moves.
const PULSE_HOLD: u64 = 1;

/// Bits of a converter's code.
const ADC_BITS: u32 = 8;

/// Columns that share a converter.
const COLUMNS: u32 = 8;

/// Clocks in which the lines settle before a converter samples.
const READ_SETTLE: u64 = 2;

/// Steps of 0.1 V and of 0.2 uS.
const SCALE: Scale = Scale { word_line: 100, line: 100, conductance: 200 };

/// What is measured, all of a word on average.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Clocks from the one in which the word is taken to the one in which its outcome is.
    pub clocks: f64,
    /// Clocks of its pulses, their setups and holds, and its reads alone.
    pub lower_bound: f64,
    /// Pulses.
    pub pulses: f64,
    /// Reads.
    pub reads: f64,
    /// Pulses of a cell.
    pub pulses_of_cell: f64,
    /// Cells that are not at their level.
    pub failed: f64,
}

/// What is programmed: 2, 4, 8 or 16 levels of 1 to 40 uS.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Bits of a level.
    pub level_bits: u32,
    /// Clocks of a pulse.
    pub pulse_clocks: u64,
}

impl Setting {
    fn target(&self, level: u64) -> u64 {
        1000 + 39_000 * level / ((1 << self.level_bits) - 1)
    }

    /// How far a cell may be from its target, in nS.
    fn tolerance(&self) -> u64 {
        match self.level_bits {
            1 => 5000,
            2 => 3000,
            3 => 1500,
            _ => 1000,
        }
    }

    fn bounds(&self, level: u64) -> (u64, u64) {
        let lower = self.target(level).saturating_sub(self.tolerance());
        let upper = self.target(level) + self.tolerance();
        (lower / SCALE.conductance, upper / SCALE.conductance)
    }

    fn levels(&self, rng: &mut Rng) -> Vec<u64> {
        (0..CELLS).map(|_| rng.u64(..1 << self.level_bits)).collect()
    }
}

/// What senses the cells of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensing {
    /// A sense amplifier for each cell, level by level.
    Amplifiers,
    /// Flash converters: a code a clock.
    Flash,
    /// SAR converters: a bit of a code a clock.
    Sar,
}

impl Sensing {
    fn verify(self) -> Verify {
        match self {
            Sensing::Amplifiers => Verify::Level,
            Sensing::Flash | Sensing::Sar => Verify::Adc,
        }
    }

    /// Clocks of a read: EMBER's, or those of all columns of a converter.
    fn read_clocks(self) -> u64 {
        match self {
            Sensing::Amplifiers => 4,
            Sensing::Flash => READ_SETTLE + u64::from(COLUMNS),
            Sensing::Sar => READ_SETTLE + u64::from(COLUMNS * ADC_BITS),
        }
    }
}

/// The block of the figures.
pub(super) fn params(sensing: Sensing, level_bits: u32) -> Params {
    let verify = sensing.verify();
    let columns = match verify {
        Verify::Level => 1,
        Verify::Adc => COLUMNS,
    };
    let columns = Some(columns);
    Params { cells: CELLS, level_bits, verify, columns, adc_bits: ADC_BITS, ..Params::default() }
}

/// A controller with its registers written.
pub(super) fn controller(sensing: Sensing, setting: &Setting) -> Controller {
    let params = params(sensing, setting.level_bits);
    let fixed = |value| Range { start: value, stop: value, step: 0 };
    let width = fixed(setting.pulse_clocks);
    let order = LoopOrder::Pbw as u64;
    let config = Config {
        set: Limits { word_line: Range { start: 12, stop: 40, step: 1 }, line: fixed(20), width, order },
        reset: Limits { word_line: fixed(40), line: Range { start: 15, stop: 31, step: 1 }, width, order },
        attempts: 255,
        repeats: 0,
        reset_first: 0,
        pulse_setup_clocks: PULSE_SETUP,
        // The model's answers come one a clock: what is more than that is before them all.
        read_setup_clocks: sensing.read_clocks() - u64::from(params.columns()),
    };
    let bounds: Vec<(u64, u64)> = (0..1 << setting.level_bits).map(|level| setting.bounds(level)).collect();
    let mut controller = Controller::new(&params);
    let writes = writes(&config, &bounds);
    writes.into_iter().for_each(|(address, data)| controller.registers.write(address, data));
    controller
}

/// A word's cells.
pub(super) fn array(setting: &Setting, seed: u32) -> Array {
    Array::new(Device::resistive(setting.pulse_clocks), SCALE, seed, CELLS)
}

/// The figures of `xbar_program`.
pub fn measured(sensing: Sensing, setting: &Setting, words: u32) -> Figures {
    let (params, mut rng) = (params(sensing, setting.level_bits), Rng::with_seed(7));
    let word = |seed| {
        let (mut controller, mut array) = (controller(sensing, setting), array(setting, seed));
        let word = (setting.levels(&mut rng), vec![true; CELLS as usize]);
        let clocks = program(&params, &mut controller, &mut array, word);
        let work = controller.work;
        let failed = work.failed.iter().filter(|failed| **failed).count() as u64;
        Counts { clocks, pulses: work.pulses, reads: work.reads, cell_pulses: pulses(&array.cells), failed }
    };
    let counts: Vec<Counts> = (0..words).map(word).collect();
    Counts::figures(&counts, |pulses, reads| {
        pulses * (PULSE_SETUP + setting.pulse_clocks + PULSE_HOLD) + reads * sensing.read_clocks()
    })
}

fn pulses(cells: &[Cell]) -> u64 {
    cells.iter().map(|cell| u64::from(cell.pulses)).sum()
}

#[derive(Default)]
struct Counts {
    clocks: u64,
    pulses: u64,
    reads: u64,
    cell_pulses: u64,
    failed: u64,
}

impl Counts {
    fn figures(counts: &[Counts], lower_bound: impl Fn(u64, u64) -> u64) -> Figures {
        let mean =
            |of: &dyn Fn(&Counts) -> u64| counts.iter().map(of).sum::<u64>() as f64 / counts.len() as f64;
        Figures {
            clocks: mean(&|word| word.clocks),
            lower_bound: mean(&|word| lower_bound(word.pulses, word.reads)),
            pulses: mean(&|word| word.pulses),
            reads: mean(&|word| word.reads),
            pulses_of_cell: mean(&|word| word.cell_pulses) / f64::from(CELLS),
            failed: mean(&|word| word.failed),
        }
    }
}

/// The figures of EMBER's controller: its order and its clocks, by its RTL, on the same cells.
pub fn ember(setting: &Setting, words: u32) -> Figures {
    let mut rng = Rng::with_seed(7);
    let word = |seed| {
        let mut word = Ember { setting: *setting, array: array(setting, seed), counts: Counts::default() };
        let levels = setting.levels(&mut rng);
        (0..1 << setting.level_bits).for_each(|level| word.level(level, &levels));
        let is_outside = |(cell, level): (&Cell, &u64)| {
            let (lower, upper) = setting.bounds(*level);
            !(lower..upper).contains(&(cell.conductance / SCALE.conductance))
        };
        let failed = word.array.cells.iter().zip(&levels).filter(|both| is_outside(*both)).count() as u64;
        Counts { failed, cell_pulses: pulses(&word.array.cells), ..word.counts }
    };
    let counts: Vec<Counts> = (0..words).map(word).collect();
    let pulse = PULSE_SETUP + setting.pulse_clocks;
    Counts::figures(&counts, |pulses, reads| pulses * pulse + reads * Sensing::Amplifiers.read_clocks())
}

/// Clocks of EMBER's states beside its reads: a register's value and one more.
const EMBER_BEFORE_PULSE: u64 = PULSE_SETUP + 1;
const EMBER_STEP: u64 = 3 + 1;
const EMBER_FLIP: u64 = 1;

/// A word as EMBER programs it.
struct Ember {
    setting: Setting,
    array: Array,
    counts: Counts,
}

impl Ember {
    /// Programs a level, cells or not.
    fn level(&mut self, level: u64, levels: &[u64]) {
        self.counts.clocks += EMBER_STEP;
        let (mut polarity, mut is_first) = (Polarity::Set, true);
        loop {
            let had_pulse = self.phase(level, levels, polarity);
            self.counts.clocks += EMBER_FLIP;
            if !had_pulse && !is_first {
                return;
            }
            (polarity, is_first) = (polarity.flipped(), false);
            self.counts.clocks += EMBER_STEP;
        }
    }

    /// Pulses of a polarity until no cell of the level needs one; gives whether there was any.
    fn phase(&mut self, level: u64, levels: &[u64], polarity: Polarity) -> bool {
        let (lower, upper) = self.setting.bounds(level);
        let mut cells: Vec<usize> = (0..levels.len()).filter(|cell| levels[*cell] == level).collect();
        let mut millivolts = match polarity {
            Polarity::Set => 1200,
            Polarity::Reset => 1500,
        };
        let mut had_pulse = false;
        loop {
            self.counts.clocks += Sensing::Amplifiers.read_clocks();
            self.counts.reads += 1;
            cells.retain(|cell| {
                let code = self.array.cells[*cell].conductance / SCALE.conductance;
                if polarity == Polarity::Set { code < lower } else { code >= upper }
            });
            if cells.is_empty() {
                return had_pulse;
            }
            let clocks = self.setting.pulse_clocks;
            self.array.take(&cells, Pulse { polarity, millivolts, clocks });
            self.counts.pulses += 1;
            self.counts.clocks += EMBER_BEFORE_PULSE + clocks + 1 + EMBER_STEP;
            millivolts += 100;
            had_pulse = true;
        }
    }
}
