//! What a case programs, into what.

use super::Array;
use crate::crossbar::cell::{Cell, Device, Switching};
use crate::crossbar::pins::ArrayPlace;
use crate::crossbar::xbar_program::array::Scale;
use crate::crossbar::xbar_program::model::writes;
use crate::crossbar::xbar_program::params::{
    ADDRESS_BITS, Config, DATA_BITS, Limits, LoopOrder, Params, REPEAT_BITS, Range, Verify,
};
use fastrand::Rng;

/// Words of a case.
const WORDS: usize = 2;

/// The most pulses that count towards the limit in a case, so that cases end.
fn most_attempts(params: &Params) -> u64 {
    let most = match params.verify {
        Verify::Level if params.level_bits > 2 => 3,
        Verify::Level | Verify::Adc => 14,
    };
    greatest(params.attempt_bits).min(most)
}

/// The longest pulse, but for a few.
const MOST_CLOCKS: u64 = 4;

/// A word that is offered.
pub struct Word {
    /// Its row in the model.
    pub row: usize,
    /// Levels, and the cells that are programmed.
    pub cells: (Vec<u64>, Vec<bool>),
}

/// How a case goes.
pub struct Plan {
    /// The writes of registers.
    pub writes: Vec<(u64, u64)>,
    /// The words.
    pub words: Vec<Word>,
    /// The cells outside; without any, answers are anything.
    pub array: Option<Array>,
    /// In how many 16ths of all cycles a word waits.
    pub idle: u8,
    /// The same of answers and outcomes.
    pub stall: u8,
}

impl Plan {
    /// Any case.
    pub fn new(params: &Params, rng: &mut Rng) -> Plan {
        let is_usual = params.array == ArrayPlace::Model && rng.u8(..4) == 0;
        let (config, bounds) = match is_usual {
            true => usual(params),
            false => {
                let bounds = (0..params.levels().into()).map(|level| bounds(params, level, rng)).collect();
                (config(params, rng), bounds)
            }
        };
        let mut writes = writes(&config, &bounds);
        let place = rng.usize(..writes.len());
        writes.insert(place, (rng.u64(..1 << ADDRESS_BITS), greatest(DATA_BITS)));
        // What the wrong write may have got is written after it.
        writes.extend_from_within(..);
        if rng.bool() {
            writes.push((rng.u64(..2 * 10), 0));
        }
        let mut any = || Word { row: rng.usize(..params.words as usize), cells: word(params, rng) };
        let words = (0..WORDS).map(|_| any()).collect();
        let is_external = params.array == ArrayPlace::External;
        let array = (is_external && rng.u8(..3) > 0).then(|| array(params, &config, rng));
        let chance = |rng: &mut Rng| [0, 0, 4, 12][rng.usize(..4)];
        Plan { writes, words, array, idle: chance(rng), stall: chance(rng) }
    }
}

fn greatest(bits: u32) -> u64 {
    (1 << bits) - 1
}

/// A word: cells of any levels, or of one.
pub fn word(params: &Params, rng: &mut Rng) -> (Vec<u64>, Vec<bool>) {
    let levels = u64::from(params.levels());
    // New cells are at level 0.
    let level = if rng.bool() { 0 } else { rng.u64(..levels) };
    let is_mixed = rng.u8(..4) > 0;
    let left_out = [0, 0, 4, 16][rng.usize(..4)];
    let cells = (0..params.cells).map(|_| {
        let own = if is_mixed { rng.u64(..levels) } else { level };
        (own, rng.u8(..16) >= left_out)
    });
    cells.unzip()
}

/// The most pulses of a sweep with which cells of the model are programmed.
const MOST_PULSES: u64 = 20;

/// Registers with which cells of the model reach their levels: pulses that rise from the first code above the threshold up to the
/// one that moves a cell by a level, swept as often as the whole range takes; levels without a gap over the whole range.
fn usual(params: &Params) -> (Config<u64>, Vec<(u64, u64)>) {
    let model = &params.model;
    let device = model.device();
    let (word_line, line) = (params.word_line_bits, params.line_bits);
    let (set, sets) = amplitudes(params, device.set, model.word_line_step, word_line);
    let (reset, resets) = amplitudes(params, device.reset, model.line_step, line);
    let fixed = |value| Range { start: value, stop: value, step: 0 };
    let limits = Limits {
        word_line: fixed(0),
        line: fixed(0),
        width: fixed(clocks(params)),
        order: LoopOrder::Pbw as u64,
    };
    let config = Config {
        set: Limits { word_line: set, ..limits },
        reset: Limits { line: reset, ..limits },
        attempts: greatest(params.attempt_bits),
        repeats: sets.max(resets).min(greatest(REPEAT_BITS)),
        reset_first: 0,
        pulse_setup_clocks: 0,
        read_setup_clocks: 0,
    };
    let step = u64::from(model.code_step);
    let least = (device.least / step).min(greatest(params.adc_bits));
    let codes = (device.greatest / step).min(greatest(params.adc_bits)) - least;
    // The lowest level has all codes below it, and the highest one all above it.
    let bound = |level: u64| match level {
        0 => 0,
        level if level == u64::from(params.levels()) => greatest(params.adc_bits) + 1,
        level => least + ((codes * level) >> params.level_bits),
    };
    (config, (0..params.levels().into()).map(|level| (bound(level), bound(level + 1))).collect())
}

/// The width of a pulse of the nominal clocks, or the greatest.
fn clocks(params: &Params) -> u64 {
    u64::from(params.model.nominal_clocks).min(greatest(params.width_bits))
}

/// The codes of a DAC, and the further sweeps that move a cell from one end of its range to the other.
fn amplitudes(params: &Params, switching: Switching, step: u32, bits: u32) -> (Range<u64>, u64) {
    let (device, step) = (params.model.device(), u64::from(step));
    let moves = |code: u64| {
        let above = (code * step).saturating_sub(switching.threshold);
        switching.gain * above * clocks(params) / (1000 * device.nominal_clocks)
    };
    let range = device.greatest - device.least;
    let start = (switching.threshold / step + 1).min(greatest(bits));
    let is_fine = |code: &u64| *code == start || moves(*code) <= range >> params.level_bits;
    let stop = (start..=greatest(bits)).rev().find(is_fine).unwrap_or(start);
    let codes = Range { start, stop, step: ((stop - start) / MOST_PULSES).max(1) };
    let of_sweep: u64 = (codes.start..=codes.stop).step_by(codes.step as usize).map(moves).sum();
    (codes, range / of_sweep.max(1))
}

fn config(params: &Params, rng: &mut Rng) -> Config<u64> {
    let setup = |rng: &mut Rng| match rng.u8(..8) {
        0..=3 => 0,
        4..=6 => rng.u64(1..4),
        _ => rng.u64(..20),
    };
    let mut config = Config {
        set: limits(params, rng),
        reset: limits(params, rng),
        attempts: rng.u64(..=most_attempts(params)),
        repeats: if rng.u8(..4) == 0 { rng.u64(..3) } else { 0 },
        reset_first: rng.u64(..2),
        pulse_setup_clocks: setup(rng),
        read_setup_clocks: setup(rng),
    };
    if rng.u8(..48) == 0 {
        // Long pulses, few of them.
        config.attempts = 1;
        config.set.width = range(rng, greatest(params.width_bits).min(300));
        config.reset.width = config.set.width;
    }
    config
}

fn limits(params: &Params, rng: &mut Rng) -> Limits<u64> {
    let mut limits = Limits {
        word_line: range(rng, greatest(params.word_line_bits)),
        line: range(rng, greatest(params.line_bits)),
        width: range(rng, greatest(params.width_bits).min(MOST_CLOCKS)),
        order: rng.u64(..6),
    };
    limits.width.start = limits.width.start.max(1);
    limits.width.stop = limits.width.stop.max(1);
    if rng.u8(..24) == 0 {
        contradict(params, &mut limits, rng);
    }
    limits
}

/// A few values, often up to the greatest code, so that the sum behind the last one has a carry.
fn range(rng: &mut Rng, greatest: u64) -> Range<u64> {
    let stop = if rng.bool() { greatest } else { rng.u64(..=greatest) };
    match rng.u8(..4) {
        0 => Range { start: stop, stop, step: rng.u64(..=greatest) },
        1 => Range { start: rng.u64(..=stop), stop, step: greatest },
        _ => {
            let step = 1 + rng.u64(..=greatest / 3);
            Range { start: stop.saturating_sub(step * rng.u64(..4) + rng.u64(..step)), stop, step }
        }
    }
}

/// Makes a box contradict itself in one way.
fn contradict(params: &Params, limits: &mut Limits<u64>, rng: &mut Rng) {
    let (range, bits) = match rng.u8(..3) {
        0 => (&mut limits.word_line, params.word_line_bits),
        1 => (&mut limits.line, params.line_bits),
        _ => (&mut limits.width, params.width_bits.min(2)),
    };
    let top = greatest(bits);
    match rng.u8(..3) {
        0 => (range.start, range.stop) = (rng.u64(1..=top), 0),
        1 => (range.start, range.stop, range.step) = (top - 1, top, 0),
        _ if rng.bool() => limits.order = rng.u64(6..8),
        _ => limits.width.start = 0,
    }
}

/// A share of the codes, or anything.
fn bounds(params: &Params, level: u64, rng: &mut Rng) -> (u64, u64) {
    let top = greatest(params.adc_bits);
    if rng.u8(..16) == 0 {
        return (rng.u64(..=top), rng.u64(..=2 * top + 1));
    }
    let share = (top + 1) * level / u64::from(params.levels());
    let next = (top + 1) * (level + 1) / u64::from(params.levels());
    // The last level mostly has no upper bound.
    (share.min(top), if rng.u8(..4) == 0 { next.min(top) } else { next })
}

/// Cells for which the greatest codes are 3 V and 45 uS.
fn array(params: &Params, config: &Config<u64>, rng: &mut Rng) -> Array {
    let scale = Scale {
        word_line: 3000 / greatest(params.word_line_bits) + 1,
        line: 3000 / greatest(params.line_bits) + 1,
        conductance: (45_000 >> params.adc_bits) + 1,
    };
    let device = Device::resistive(config.set.width.stop.max(1));
    let mut array = Array::new(device.clone(), scale, rng.u32(..), params.cells);
    if rng.bool() {
        let (number, conductance) = (rng.usize(..array.cells.len()), rng.u64(100..45_000));
        array.cells[number] = Cell::stuck(&device, 0, number as u32, conductance);
    }
    array
}
