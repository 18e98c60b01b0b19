//! What cells under pulses are like: parameters of the blocks that have such cells in them.

use super::{Device, LogNormal, Switching};
use crate::parameters::{ParameterError, values_of};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write. The defaults are cells without deviations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct CellParams {
    /// Step of the word line's DAC, whose code is the amplitude of SET pulses, in mV.
    #[default = 100]
    #[schemars(range(min = 1, max = 1000), extend("x-tag" = "wlmv"))]
    pub word_line_step: u32,
    /// Step of the source line's DAC, whose code is the amplitude of RESET pulses, in mV.
    #[default = 100]
    #[schemars(range(min = 1, max = 1000), extend("x-tag" = "blmv"))]
    pub line_step: u32,
    /// Amplitude of SET pulses that has no effect yet, in mV.
    #[default = 900]
    #[schemars(range(min = 0, max = 10_000), extend("x-tag" = "sth"))]
    pub set_threshold: u32,
    /// What a SET pulse of the nominal width adds to a conductance, for each volt above the threshold, in nS.
    #[default = 4000]
    #[schemars(range(min = 1, max = 1_000_000), extend("x-tag" = "sg"))]
    pub set_gain: u32,
    /// Amplitude of RESET pulses that has no effect yet, in mV.
    #[default = 1100]
    #[schemars(range(min = 0, max = 10_000), extend("x-tag" = "rth"))]
    pub reset_threshold: u32,
    /// What a RESET pulse of the nominal width takes from a conductance, for each volt above the threshold, in nS.
    #[default = 5000]
    #[schemars(range(min = 1, max = 1_000_000), extend("x-tag" = "rg"))]
    pub reset_gain: u32,
    /// The nominal width of a pulse, in clocks.
    #[default = 10]
    #[schemars(range(min = 1, max = 65_535), extend("x-tag" = "nom"))]
    pub nominal_clocks: u32,
    /// Least conductance of a cell, in nS.
    #[default = 100]
    #[schemars(range(min = 0, max = 1_000_000), extend("x-tag" = "least"))]
    pub least_conductance: u32,
    /// Greatest conductance of a cell, in nS.
    #[default = 60_000]
    #[schemars(range(min = 1, max = 1_000_000), extend("x-tag" = "most"))]
    pub greatest_conductance: u32,
    /// Conductance of new cells, in nS.
    #[default = 1000]
    #[schemars(range(min = 0, max = 1_000_000), extend("x-tag" = "start"))]
    pub start_conductance: u32,
    /// The conductances of new cells are from there to below so many nS more; 0 for equal ones.
    #[default = 0]
    #[schemars(range(min = 0, max = 1_000_000), extend("x-tag" = "spread"))]
    pub start_spread: u32,
    /// Standard deviation of the logarithm of what pulses do, from pulse to pulse, in thousandths.
    #[default = 0]
    #[schemars(range(min = 0, max = 1500), extend("x-tag" = "c2c"))]
    pub cycle_to_cycle: u32,
    /// The same from cell to cell.
    #[default = 0]
    #[schemars(range(min = 0, max = 1500), extend("x-tag" = "d2d"))]
    pub device_to_device: u32,
    /// Cells in thousand that stay at the least conductance.
    #[default = 0]
    #[schemars(range(min = 0, max = 1000), extend("x-tag" = "low"))]
    pub stuck_least: u32,
    /// Cells in thousand that stay at the greatest conductance.
    #[default = 0]
    #[schemars(range(min = 0, max = 1000), extend("x-tag" = "high"))]
    pub stuck_greatest: u32,
    /// What the random numbers of the cells come from.
    #[default = 1]
    #[schemars(range(min = 0, max = 2_147_483_647), extend("x-tag" = "cseed"))]
    pub cell_seed: u32,
    /// Step of what reads the cells, in nS: that of a code, and of the reference of sense amplifiers.
    #[default = 200]
    #[schemars(range(min = 1, max = 100_000), extend("x-tag" = "step"))]
    pub code_step: u32,
}

impl CellParams {
    /// Cells of 0.1 to 60 uS: SET 4 uS/V above 0.9 V, RESET 5 uS/V above 1.1 V, new ones at 1 to 2 uS, standard deviations of 0.35 from
    /// pulse to pulse and 0.2 from cell to cell. Resistive memories with 1 to 40 uS of published arrays take as many pulses.
    pub fn resistive(nominal_clocks: u32) -> CellParams {
        CellParams {
            nominal_clocks,
            start_spread: 1000,
            cycle_to_cycle: 350,
            device_to_device: 200,
            ..CellParams::default()
        }
    }

    /// Refuses combinations of values that are legal individually.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let check = |is_legal: bool, message: String| match is_legal {
            true => Ok(()),
            false => Err(ParameterError::Conflict(message)),
        };
        let CellParams { least_conductance: least, greatest_conductance: greatest, .. } = *self;
        let CellParams { start_conductance: start, start_spread: spread, .. } = *self;
        let CellParams { stuck_least, stuck_greatest, .. } = *self;
        check(
            least < greatest,
            format!(
                "least_conductance must be below greatest_conductance: least_conductance is {least}, greatest_conductance is {greatest}"
            ),
        )?;
        check(
            least <= start && start + spread <= greatest,
            format!(
                "start_conductance must be {least} to {greatest}, and start_conductance + start_spread too: start_conductance is {start}, start_spread is {spread}"
            ),
        )?;
        check(
            stuck_least + stuck_greatest <= 1000,
            format!(
                "stuck_least + stuck_greatest must be at most 1000: stuck_least is {stuck_least}, stuck_greatest is {stuck_greatest}"
            ),
        )
    }

    /// The cells.
    pub fn device(&self) -> Device {
        let share = |thousandths: u32| thousandths * 65_536 / 1000;
        Device {
            set: Switching { threshold: self.set_threshold.into(), gain: self.set_gain.into() },
            reset: Switching { threshold: self.reset_threshold.into(), gain: self.reset_gain.into() },
            nominal_clocks: self.nominal_clocks.into(),
            least: self.least_conductance.into(),
            greatest: self.greatest_conductance.into(),
            start: self.start_conductance.into(),
            start_spread: self.start_spread.into(),
            cycle_to_cycle: LogNormal::new(self.cycle_to_cycle),
            device_to_device: LogNormal::new(self.device_to_device),
            stuck_least_below: share(self.stuck_least),
            stuck_below: share(self.stuck_least + self.stuck_greatest),
        }
    }

    /// The first parameter that is not the default, and its value.
    pub fn first_changed(&self) -> Option<(String, String)> {
        let own = values_of(self);
        own.into_iter()
            .zip(values_of(&CellParams::default()))
            .find(|(own, default)| own != default)
            .map(|both| both.0)
    }
}
