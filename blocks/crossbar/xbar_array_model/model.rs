//! The golden model: conductances, what holds keep of the word lines, and comparators, in integers.

use super::params::{NUMBER_BITS, Params};
use crate::common::lanes::{apart_unsigned, joined};
use crate::crossbar::cell::{FACTOR_BITS, mixed};
use crate::crossbar::device::{Distribution, NOISE_FRACTION, NORMAL_MEAN, VARIATION_FRACTION};
use crate::crossbar::pins::Adc;
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;

/// What a random number is for.
#[derive(Clone, Copy)]
enum Use {
    Variation,
    StuckAndDrift,
    Noise,
}

/// The hash of an index.
fn hash(params: &Params, of: Use, index: u32) -> u32 {
    let [first, second] = params.keys();
    mixed(mixed((index | (of as u32) << 30) ^ first) ^ second)
}

/// A normal number with a standard deviation of 147.8.
fn normal(hash: u32) -> i64 {
    hash.to_le_bytes().into_iter().map(i64::from).sum::<i64>() - i64::from(NORMAL_MEAN)
}

/// The conductance of the cell in a row and a column of the array, once it is programmed to a level.
pub fn conductance(params: &Params, row: usize, column: usize, level: u64) -> i64 {
    let device = &params.device;
    let index = (column as u32) << 8 | row as u32;
    let random = hash(params, Use::StuckAndDrift, index);
    let (low, high) = (u64::from(random & 0xffff), i128::from(random >> 16));
    let level = match low {
        _ if low < device.stuck_off_below() => 0,
        _ if low < device.stuck_below() => device.top_level().into(),
        _ => level,
    };
    let nominal = (device.off_conductance() + (level << device.fraction())) as i64;
    let varied = hash(params, Use::Variation, index);
    let programmed = match device.distribution {
        Distribution::Normal => {
            let deviation = nominal * normal(varied) * device.variation_factor() as i64;
            (nominal + (deviation >> VARIATION_FRACTION)).max(0)
        }
        Distribution::LogNormal => (nominal * device.log_normal().factor(varied) as i64) >> FACTOR_BITS,
    };
    let loss = (i128::from(programmed) * high * i128::from(device.drift_factor())) >> 32;
    programmed - loss as i64
}

/// What a cycle's inputs say.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The word lines that are driven and enabled.
    pub driven: Vec<bool>,
    /// For each hold of a column, whether it samples.
    pub sample: Vec<bool>,
    /// The hold that is converted.
    pub hold: usize,
    /// The column that is converted.
    pub column: usize,
    /// What controls converters by successive approximation.
    pub sar: Option<SarSeen>,
}

/// What controls converters by successive approximation.
#[derive(Clone, Debug)]
pub struct SarSeen {
    /// For each hold of a converter, whether it samples.
    pub sample: Vec<bool>,
    /// The hold that the comparator sees.
    pub hold: usize,
    /// Trial codes.
    pub dac: Vec<u64>,
}

/// What a hold of the columns keeps.
#[derive(Clone, Debug)]
struct Held {
    driven: Vec<bool>,
    number: u32,
}

/// The array.
#[derive(Clone)]
pub struct Array {
    params: Params,
    /// By column of the array, then by row.
    conductances: Vec<Vec<i64>>,
    holds: Vec<Held>,
    /// By hold, then by converter: twice the sum, if it is known.
    adc_holds: Vec<Vec<Option<i64>>>,
    sampled: Vec<bool>,
    /// Samples that have ended.
    number: u32,
}

impl Array {
    /// After a reset, with cells without conductance.
    pub fn new(params: &Params) -> Array {
        let columns = (params.columns * params.adcs) as usize;
        let held = Held { driven: vec![false; params.rows as usize], number: 0 };
        Array {
            params: params.clone(),
            conductances: vec![vec![0; params.rows as usize]; columns],
            holds: vec![held; params.read_out.holds as usize],
            adc_holds: vec![vec![Some(0); params.adcs as usize]; params.read_out.adc_holds as usize],
            sampled: vec![false; params.read_out.holds as usize],
            number: 0,
        }
    }

    /// Programs a cell for each converter, if there is such a row and such a column.
    pub fn load(&mut self, row: usize, column: usize, cells: &[u64]) {
        if row >= self.params.rows as usize || column >= self.params.columns as usize {
            return;
        }
        for (adc, level) in cells.iter().enumerate() {
            let column = adc * self.params.columns as usize + column;
            self.conductances[column][row] = conductance(&self.params, row, column, *level);
        }
    }

    /// Twice what the multiplexer of a converter gives it: anything from a column that is not there.
    fn doubled(&self, seen: &Seen, adc: usize) -> Option<i64> {
        if seen.column >= self.params.columns as usize {
            return None;
        }
        let held = &self.holds[seen.hold];
        Some(self.doubled_sum(&held.driven, adc, seen.column, held.number))
    }

    /// Twice the sum of a converter's column with its noise, if these rows are driven in the sample of a number.
    fn doubled_sum(&self, driven: &[bool], adc: usize, column: usize, number: u32) -> i64 {
        let column = adc * self.params.columns as usize + column;
        let cells = self.conductances[column].iter().zip(driven);
        let sum: i64 = cells.filter(|(_, is_driven)| **is_driven).map(|(cell, _)| cell).sum();
        let index = number << 8 | column as u32;
        let noise = (normal(hash(&self.params, Use::Noise, index))
            * self.params.device.noise_factor() as i64)
            >> NOISE_FRACTION;
        2 * (sum + noise)
    }

    /// The code of a converter's column, if these rows are driven in the sample of a number.
    pub fn code_of(&self, driven: &[bool], adc: usize, column: usize, number: u32) -> u64 {
        self.code(self.doubled_sum(driven, adc, column, number % (1 << NUMBER_BITS)))
    }

    /// The greatest code whose threshold is not above the input of a converter, bit by bit: thresholds ascend.
    pub fn code(&self, doubled: i64) -> u64 {
        let is_above = |code: u32| doubled >= self.params.doubled_threshold(code);
        let with_bit = |code: u32, bit: u32| if is_above(code | 1 << bit) { code | 1 << bit } else { code };
        (0..self.params.read_out.adc_bits).rev().fold(0, with_bit).into()
    }

    /// What comparators see of a converter: twice the sum, if it is known.
    pub fn compared(&self, seen: &Seen, adc: usize) -> Option<i64> {
        match &seen.sar {
            None => self.doubled(seen, adc),
            Some(sar) => self.adc_holds[sar.hold][adc],
        }
    }

    /// What the comparators say in a cycle, unless it is anything.
    pub fn comparators(&self, seen: &Seen) -> Option<Vec<u64>> {
        let adcs = 0..self.params.adcs as usize;
        let inputs = adcs.map(|adc| self.compared(seen, adc)).collect::<Option<Vec<i64>>>()?.into_iter();
        let is_above =
            |doubled: i64, code: u64| u64::from(doubled >= self.params.doubled_threshold(code as u32));
        let codes = 1..1 << self.params.read_out.adc_bits;
        Some(match &seen.sar {
            None => {
                inputs.flat_map(|doubled| codes.clone().map(move |code| is_above(doubled, code))).collect()
            }
            Some(sar) => inputs.zip(&sar.dac).map(|(doubled, dac)| is_above(doubled, *dac)).collect(),
        })
    }

    /// The cycle ends.
    pub fn clock(&mut self, seen: &Seen) {
        if let Some(sar) = &seen.sar {
            let doubled: Vec<Option<i64>> =
                (0..self.params.adcs as usize).map(|adc| self.doubled(seen, adc)).collect();
            let holds = self.adc_holds.iter_mut().zip(&sar.sample);
            holds.filter(|(_, samples)| **samples).for_each(|(hold, _)| hold.clone_from(&doubled));
        }
        let ends = self.sampled.iter().zip(&seen.sample).any(|(before, now)| *before && !now);
        self.number = (self.number + u32::from(ends)) % (1 << NUMBER_BITS);
        for (hold, _) in self.holds.iter_mut().zip(&seen.sample).filter(|(_, samples)| **samples) {
            *hold = Held { driven: seen.driven.clone(), number: self.number };
        }
        self.sampled.clone_from(&seen.sample);
    }
}

/// Cells that are programmed: row, column, levels.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The row.
    pub row: usize,
    /// The column among those of a converter.
    pub column: usize,
    /// The level of each converter's cell.
    pub cells: Vec<u64>,
}

/// What the fields of a load say, in their order; nothing if it is not valid.
pub fn loaded<'b>(params: &Params, fields: &mut impl Iterator<Item = &'b Bits>) -> Option<Loaded> {
    let mut next = || fields.next().expect("a beat has all fields");
    let (valid, row) = (next().bit(0), next().to_u64() as usize);
    let column = params.load().column.map_or(0, |_| next().to_u64() as usize);
    let cells = apart_unsigned(params.device.cell_bits, next());
    valid.then_some(Loaded { row, column, cells })
}

/// What the fields of the pins say, in their order.
fn seen<'b>(params: &Params, fields: &mut impl Iterator<Item = &'b Bits>) -> Seen {
    let mut next = || fields.next().expect("a beat has all fields");
    let bits =
        |field: &Bits| -> Vec<bool> { apart_unsigned(1, field).into_iter().map(|bit| bit == 1).collect() };
    let mut driven = bits(next());
    let _precharge = next();
    let is_enabled = next().bit(0);
    driven.iter_mut().for_each(|is_driven| *is_driven &= is_enabled);
    let sample = bits(next());
    let hold = if params.read_out.holds == 2 { next().to_u64() as usize } else { 0 };
    let column = if params.columns > 1 { next().to_u64() as usize } else { 0 };
    let sar = (params.read_out.adc == Adc::Sar).then(|| {
        let sample = bits(next());
        let hold_or_reset = next().to_u64() as usize;
        let hold = if params.read_out.adc_holds == 2 { hold_or_reset } else { 0 };
        let dac = apart_unsigned(params.read_out.adc_bits, next());
        let _compare = next();
        SarSeen { sample, hold, dac }
    });
    Seen { driven, sample, hold, column, sar }
}

/// What the inputs of a cycle say.
pub fn taken(params: &Params, beat: &[Bits]) -> (Option<Loaded>, Seen) {
    let mut fields = beat.iter();
    (loaded(params, &mut fields), seen(params, &mut fields))
}

struct Golden {
    params: Params,
    array: Array,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let (loaded, seen) = taken(&self.params, beat);
        emit(0, &[self.array.comparators(&seen).map(|above| joined(1, &above))]);
        self.array.clock(&seen);
        if let Some(Loaded { row, column, cells }) = loaded {
            self.array.load(row, column, &cells);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { params: self.clone(), array: Array::new(self) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossbar::device::Device;
    use std::collections::HashSet;

    fn conductances(device: &Device, level: u64) -> Vec<i64> {
        let params = Params { device: device.clone(), ..Params::default() };
        let all = (0..64).flat_map(|row| (0..64).map(move |column| (row, column)));
        all.map(|(row, column)| conductance(&params, row, column, level)).collect()
    }

    fn mean_and_deviation(values: &[i64]) -> (f64, f64) {
        let count = values.len() as f64;
        let mean = values.iter().sum::<i64>() as f64 / count;
        let squares: f64 = values.iter().map(|value| (*value as f64 - mean).powi(2)).sum();
        (mean, (squares / count).sqrt())
    }

    #[test]
    fn an_ideal_cell_has_its_level() {
        assert_eq!(conductances(&Device::default(), 9), vec![9 << 8; 64 * 64]);
        let device = Device { on_off_ratio: 16, ..Device::default() };
        assert_eq!((conductances(&device, 0)[0], conductances(&device, 15)[0]), (256, 16 * 256));
    }

    #[test]
    fn deviations_are_those_of_the_parameters() {
        let device = Device { variation: 100, ..Device::default() };
        let (mean, deviation) = mean_and_deviation(&conductances(&device, 10));
        assert!((mean - 40960.0).abs() < 160.0 && (deviation - 4096.0).abs() < 100.0, "{mean}, {deviation}");
        let other = Device { seed: 2, ..device.clone() };
        assert_ne!(conductances(&device, 10), conductances(&other, 10));
        // A thousandth of the lowest step.
        let (_, deviation) = mean_and_deviation(&conductances(&Device { variation: 1, ..device }, 1));
        assert!((deviation - 4.096).abs() < 0.2, "{deviation}");
        let device = Device { variation: 300, distribution: Distribution::LogNormal, ..Device::default() };
        let logs: Vec<i64> = conductances(&device, 10)
            .iter()
            .map(|cell| (1e6 * (*cell as f64 / 40960.0).ln()) as i64)
            .collect();
        let (mean, deviation) = mean_and_deviation(&logs);
        assert!(mean.abs() < 15e3 && (deviation - 300e3).abs() < 10e3, "{mean}, {deviation}");
        let device = Device { drift: 400, ..Device::default() };
        let (mean, _) = mean_and_deviation(&conductances(&device, 10));
        assert!((mean - 0.8 * 40960.0).abs() < 160.0, "{mean}");
    }

    #[test]
    fn as_many_cells_are_stuck_as_the_parameters_say() {
        let device = Device { stuck_off: 100, stuck_on: 200, ..Device::default() };
        let cells = conductances(&device, 7);
        let share = |level: i64| {
            let count = cells.iter().filter(|cell| **cell == level << 8).count();
            count as f64 / cells.len() as f64
        };
        let found = [share(0), share(15), share(7)];
        let is_near =
            found.iter().zip([0.1, 0.2, 0.7]).all(|(share, expected)| (share - expected).abs() < 0.02);
        assert!(is_near, "{found:?}");
    }

    #[test]
    fn thresholds_are_half_a_step_below_their_codes() {
        let device = Device { adc_step: Some(300), adc_offset: 77, ..Device::default() };
        let thresholds = |device| {
            let params = Params { device, ..Params::default() };
            [0, 1, 3].map(|code| params.doubled_threshold(code))
        };
        assert_eq!(thresholds(device.clone()), [-146, 454, 1654]);
        assert_eq!(thresholds(Device { variation: 1, ..device }), [-146 * 16, 454 * 16, 1654 * 16]);
    }

    #[test]
    fn arrays_and_seeds_share_no_random_numbers() {
        let numbers = |seed, array_number| -> HashSet<u32> {
            let params =
                Params { array_number, device: Device { seed, ..Device::default() }, ..Params::default() };
            (0..4096).map(|index| hash(&params, Use::Variation, index)).collect()
        };
        let one = numbers(1, 0);
        for (seed, array) in [(0, 0), (2, 0), (234, 0), (2_147_483_647, 1), (1, 1), (0, 1)] {
            let shared = one.intersection(&numbers(seed, array)).count();
            assert!(shared < 4, "{shared} with seed {seed} and array {array}");
        }
    }
}
