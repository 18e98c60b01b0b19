//! What the cells of an array and its converters are like, and how far they are from ideal: parameters of the blocks that have the
//! array model in them.

use super::cell::{FACTOR_BITS, LogNormal, mixed};
use crate::parameters::{ParameterError, first_changed};
use fastrand::Rng;
use hdl::bit_length;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write. The defaults are ideal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Device {
    /// Bits of a cell: it has 2^cell_bits levels.
    #[default = 4]
    #[schemars(range(min = 1, max = 8), extend("x-tag" = "c"))]
    pub cell_bits: u32,
    /// Conductance of the highest level over that of the lowest, at least 2; 0 for a lowest level without conductance.
    #[default = 0]
    #[schemars(range(min = 0, max = 1_000_000), extend("x-tag" = "ratio"))]
    pub on_off_ratio: u32,
    /// Standard deviation of a programmed conductance, in thousandths of it.
    #[default = 0]
    #[schemars(range(min = 0, max = 1000), extend("x-tag" = "var"))]
    pub variation: u32,
    /// Distribution of programmed conductances; with `log_normal`, `variation` is the standard deviation of their logarithm.
    #[default(Distribution::Normal)]
    #[schemars(extend("x-tag" = ""))]
    pub distribution: Distribution,
    /// Greatest loss of conductance since programming, in thousandths of it: each cell has lost a part of that.
    #[default = 0]
    #[schemars(range(min = 0, max = 1000), extend("x-tag" = "drift"))]
    pub drift: u32,
    /// Cells in thousand that stay at the lowest level.
    #[default = 0]
    #[schemars(range(min = 0, max = 1000), extend("x-tag" = "off"))]
    pub stuck_off: u32,
    /// Cells in thousand that stay at the highest level.
    #[default = 0]
    #[schemars(range(min = 0, max = 1000), extend("x-tag" = "on"))]
    pub stuck_on: u32,
    /// Standard deviation of the noise that a hold samples with the sum of a column, in thousandths of a step of a cell.
    #[default = 0]
    #[schemars(range(min = 0, max = 1_000_000), extend("x-tag" = "noise"))]
    pub read_noise: u32,
    /// Step of the converters, in 256ths of a step of a cell: full scale and gain.
    #[default(None)]
    #[schemars(range(min = 1, max = 16_777_216), extend("x-tag" = "step", "x-default" = "256, or what fits the greatest sum"))]
    pub adc_step: Option<u32>,
    /// Offset by which all thresholds of the converters are too high, in 256ths of a step of a cell.
    #[default = 0]
    #[schemars(range(min = 0, max = 1_048_576), extend("x-tag" = "offset"))]
    pub adc_offset: u32,
    /// What all random numbers come from.
    #[default = 1]
    #[schemars(range(min = 0, max = 2_147_483_647), extend("x-tag" = "seed"))]
    pub seed: u32,
}

/// A distribution of conductances about that of their level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// Cut off at 0.
    Normal,
    /// That of a conductance times a log-normal factor.
    LogNormal,
}

/// Fractional bits of the step and the offset of the converters, in steps of a cell, and the fewest of a conductance.
const STEP_FRACTION: u32 = 8;

/// The step of converters whose codes are the sums of levels.
pub const EXACT_STEP: u32 = 1 << STEP_FRACTION;

/// The fewest of a conductance that deviates: a thousandth of a step is four units.
const FINE_FRACTION: u32 = 12;

/// The least conductance of the lowest level, in units: it is right within 1.6 %.
const LEAST_OFF: u64 = 32;

/// Fractional bits of the factor of a variation.
pub const VARIATION_FRACTION: u32 = 24;

/// Fractional bits of the factor of noise.
pub const NOISE_FRACTION: u32 = 16;

/// 2^32 over the golden ratio, so that no seed has keys of 0.
const SEED_OFFSET: u32 = 0x9e37_79b9;

/// Thousandths of the deviation of such a normal number, times the thousandths that parameters are in.
const NORMAL_DEVIATION: u64 = 147_800;

/// The sum of the four bytes of a hash, less its mean, is a normal number with a standard deviation of 147.8.
pub const NORMAL_MEAN: u32 = 2 * 255;

impl Device {
    /// The names of the parameters that only a model has: a cell's bits decide about hardware too.
    pub fn names_of_model() -> Vec<String> {
        let all = serde_json::to_value(Device::default()).expect("parameters are written as JSON");
        let names = all.as_object().into_iter().flat_map(|all| all.keys().cloned());
        names.filter(|name| name != "cell_bits").collect()
    }

    /// Refuses combinations of values that are legal individually.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let conflict = |message| Err(ParameterError::Conflict(message));
        let Device { stuck_off, stuck_on, .. } = self;
        if self.on_off_ratio == 1 {
            return conflict("on_off_ratio must be 0 or at least 2: on_off_ratio is 1".into());
        }
        if stuck_off + stuck_on > 1000 {
            return conflict(format!(
                "stuck_off + stuck_on must be at most 1000: stuck_off is {stuck_off}, stuck_on is {stuck_on}"
            ));
        }
        if self.distribution == Distribution::LogNormal && self.variation == 0 {
            return conflict(
                "distribution = `log_normal` needs variation of at least 1: variation is 0, with which it has no effect".into(),
            );
        }
        Ok(())
    }

    /// The first parameter besides `cell_bits` that is not ideal, and its value; the step of ideal converters is given.
    pub fn first_not_ideal(&self, step: u32) -> Option<(String, String)> {
        let ideal_step = self.adc_step.filter(|own| *own != step);
        first_changed(&Device {
            cell_bits: Device::default().cell_bits,
            adc_step: ideal_step,
            ..self.clone()
        })
    }

    /// The same that makes sums other than those of ideal cells: random numbers alone do not.
    pub fn first_deviation(&self, step: u32) -> Option<(String, String)> {
        Device { seed: Device::default().seed, ..self.clone() }.first_not_ideal(step)
    }

    /// The highest level.
    pub fn top_level(&self) -> u32 {
        (1 << self.cell_bits) - 1
    }

    /// Fractional bits of a conductance, whose unit is the step from a level to the next: as few as hold the parameters.
    pub fn fraction(&self) -> u32 {
        let deviates = self.variation + self.drift + self.read_noise > 0;
        let fewest = if deviates { FINE_FRACTION } else { STEP_FRACTION };
        let (top, times) = (u64::from(self.top_level()), u64::from(self.on_off_ratio.saturating_sub(1)));
        (fewest..u32::BITS)
            .find(|bits| top << bits >= LEAST_OFF * times)
            .expect("25 are enough for all ratios")
    }

    /// The least step of converters of so many bits, from that of a cell on, with which the sum of so many rows is at most the
    /// greatest code; in 256ths of a step of a cell.
    pub fn step_that_fits(&self, rows: u32, adc_bits: u32) -> u32 {
        let greatest = (u64::from(rows) * self.on_conductance()) << STEP_FRACTION;
        let codes = ((1 << adc_bits) - 1) << self.fraction();
        let step = greatest.div_ceil(codes).try_into().expect("256 rows of 8 bits need 24 bits");
        EXACT_STEP.max(step)
    }

    /// A step of the converters, in units of a conductance.
    pub fn in_units(&self, step: u32) -> u64 {
        u64::from(step) << (self.fraction() - STEP_FRACTION)
    }

    /// The offset of their thresholds, likewise.
    pub fn offset(&self) -> u64 {
        self.in_units(self.adc_offset)
    }

    /// The conductance of the lowest level: (ratio - 1) times it are all steps.
    pub fn off_conductance(&self) -> u64 {
        let steps = u64::from(self.top_level()) << self.fraction();
        match self.on_off_ratio.checked_sub(1) {
            None | Some(0) => 0,
            Some(times) => (steps + u64::from(times) / 2) / u64::from(times),
        }
    }

    /// The conductance of the highest level.
    pub fn on_conductance(&self) -> u64 {
        self.off_conductance() + (u64::from(self.top_level()) << self.fraction())
    }

    /// A standard deviation of the conductance, as a multiple of a normal number.
    pub fn variation_factor(&self) -> u64 {
        ((u64::from(self.variation) << VARIATION_FRACTION) + NORMAL_DEVIATION / 2) / NORMAL_DEVIATION
    }

    /// A standard deviation of the noise, likewise.
    pub fn noise_factor(&self) -> u64 {
        ((u64::from(self.read_noise) << (self.fraction() + NOISE_FRACTION)) + NORMAL_DEVIATION / 2)
            / NORMAL_DEVIATION
    }

    /// The greatest loss, as a multiple of the conductance over 2^16.
    pub fn drift_factor(&self) -> u64 {
        u64::from(self.drift) * 65536 / 1000
    }

    /// Hashes of 16 bits below this are of cells that are stuck at the lowest level.
    pub fn stuck_off_below(&self) -> u64 {
        u64::from(self.stuck_off) * 65536 / 1000
    }

    /// Those from there to below this are of cells that are stuck at the highest level.
    pub fn stuck_below(&self) -> u64 {
        u64::from(self.stuck_off + self.stuck_on) * 65536 / 1000
    }

    /// Some cells are stuck.
    pub fn has_stuck_cells(&self) -> bool {
        self.stuck_below() > 0
    }

    /// The factors of a log-normal distribution.
    pub fn log_normal(&self) -> LogNormal {
        LogNormal::new(self.variation)
    }

    /// The greatest conductance that a cell can have.
    pub fn greatest_conductance(&self) -> u64 {
        let on = self.on_conductance();
        match self.distribution {
            Distribution::Normal => {
                on + ((on * u64::from(NORMAL_MEAN) * self.variation_factor()) >> VARIATION_FRACTION)
            }
            Distribution::LogNormal => (on * self.log_normal().greatest()) >> FACTOR_BITS,
        }
    }

    /// Width of a conductance.
    pub fn conductance_bits(&self) -> u32 {
        bit_length(self.greatest_conductance().into())
    }

    /// The greatest magnitude of the noise.
    pub fn greatest_noise(&self) -> u64 {
        (u64::from(NORMAL_MEAN) * self.noise_factor()).div_ceil(1 << NOISE_FRACTION)
    }

    /// What enters the hashes of an array: two keys, as one would only give the same numbers to other indices.
    pub fn keys(&self, array: u32) -> [u32; 2] {
        let own = mixed(self.seed.wrapping_add(SEED_OFFSET));
        [0, 1].map(|key| mixed(own.wrapping_add(2 * array + key)))
    }
}

/// Gives levels for tests: mostly the highest or the lowest, or any.
pub fn levels(device: &Device, rng: &mut Rng) -> impl FnMut(&mut Rng) -> u64 + use<> {
    let (kind, top) = (rng.u8(..4), device.top_level().into());
    move |rng| match kind {
        0 => top,
        1 if rng.u8(..8) > 0 => 0,
        _ => rng.u64(..=top),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_the_parameters_within_a_hundredth() {
        let factor = |variation| Device { variation, ..Device::default() }.variation_factor();
        assert_eq!([1, 10, 1000].map(factor), [114, 1135, 113_513]);
        let device = Device { read_noise: 1, ..Device::default() };
        assert_eq!((device.fraction(), device.noise_factor()), (12, 1816));
    }

    #[test]
    fn the_lowest_level_has_its_ratio_in_as_many_bits_as_that_needs() {
        for (cell_bits, on_off_ratio, fraction, off) in
            [(4, 0, 8, 0), (4, 16, 8, 256), (2, 150, 11, 41), (1, 300, 14, 55), (1, 1_000_000, 25, 34)]
        {
            let device = Device { cell_bits, on_off_ratio, ..Device::default() };
            assert_eq!((device.fraction(), device.off_conductance()), (fraction, off), "{device:?}");
        }
    }

    #[test]
    fn seeds_and_arrays_have_keys_of_their_own() {
        let of_seed = |seed| (0..8).map(move |array| Device { seed, ..Device::default() }.keys(array));
        let mut keys: Vec<[u32; 2]> = (0..500).chain([2_147_483_647]).flat_map(of_seed).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 501 * 8);
    }
}
