//! What the cells of an array and its converters are like, and how far they are from ideal: parameters of the blocks that have the
//! array model in them.

use crate::parameters::ParameterError;
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
    #[default = 256]
    #[schemars(range(min = 1, max = 1_048_576), extend("x-tag" = "step"))]
    pub adc_step: u32,
    /// Offset by which all thresholds of the converters are too high, in 256ths of a step of a cell.
    #[default = 0]
    #[schemars(range(min = 0, max = 1_048_576), extend("x-tag" = "offset"))]
    pub adc_offset: u32,
    /// What all random numbers come from.
    #[default = 1]
    #[schemars(range(min = 0, max = 2_147_483_647), extend("x-tag" = "seed"))]
    pub seed: u32,
}

/// Conductances are in units of the step from a level to the next over 2^FRACTION.
pub const FRACTION: u32 = 8;

/// The sum of the four bytes of a hash, less its mean, is a normal number with a standard deviation of 147.8.
pub const NORMAL_MEAN: u32 = 2 * 255;

impl Device {
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
        Ok(())
    }

    /// The first parameter besides `cell_bits` that is not ideal, and its value.
    pub fn first_not_ideal(&self) -> Option<(&'static str, u32)> {
        let ideal = Device::default();
        let all = [
            ("on_off_ratio", self.on_off_ratio, ideal.on_off_ratio),
            ("variation", self.variation, ideal.variation),
            ("drift", self.drift, ideal.drift),
            ("stuck_off", self.stuck_off, ideal.stuck_off),
            ("stuck_on", self.stuck_on, ideal.stuck_on),
            ("read_noise", self.read_noise, ideal.read_noise),
            ("adc_step", self.adc_step, ideal.adc_step),
            ("adc_offset", self.adc_offset, ideal.adc_offset),
            ("seed", self.seed, ideal.seed),
        ];
        all.into_iter().find(|(_, value, ideal)| value != ideal).map(|(name, value, _)| (name, value))
    }

    /// The highest level.
    pub fn top_level(&self) -> u32 {
        (1 << self.cell_bits) - 1
    }

    /// The conductance of the lowest level: (ratio - 1) times it are all steps.
    pub fn off_conductance(&self) -> u64 {
        let steps = u64::from(self.top_level()) << FRACTION;
        match self.on_off_ratio.checked_sub(1) {
            None | Some(0) => 0,
            Some(times) => (steps + u64::from(times) / 2) / u64::from(times),
        }
    }

    /// The conductance of the highest level.
    pub fn on_conductance(&self) -> u64 {
        self.off_conductance() + (u64::from(self.top_level()) << FRACTION)
    }

    /// A standard deviation of the conductance, as a multiple of a normal number over 2^16.
    pub fn variation_factor(&self) -> u64 {
        (u64::from(self.variation) * 65536 + 73_900) / 147_800
    }

    /// A standard deviation of the noise, likewise.
    pub fn noise_factor(&self) -> u64 {
        ((u64::from(self.read_noise) << FRACTION) * 65536 + 73_900) / 147_800
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

    /// The greatest conductance that a cell can have.
    pub fn greatest_conductance(&self) -> u64 {
        let on = self.on_conductance();
        on + ((on * u64::from(NORMAL_MEAN) * self.variation_factor()) >> 16)
    }

    /// Width of a conductance.
    pub fn conductance_bits(&self) -> u32 {
        bit_length(self.greatest_conductance().into())
    }

    /// The greatest magnitude of the noise.
    pub fn greatest_noise(&self) -> u64 {
        (u64::from(NORMAL_MEAN) * self.noise_factor()).div_ceil(65536)
    }

    /// The seed as it enters the hash of an index.
    pub fn seed_key(&self) -> u32 {
        self.seed.wrapping_mul(0x9e37_79b9)
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
