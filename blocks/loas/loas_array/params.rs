//! The parameters of `loas_array`.

use crate::loas::{loas_plif, loas_tppe};
use crate::parameters::{ParameterError, Parameters, declared, name_parts_of};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Rows of spikes, each with a processing element and a neuron.
    #[default = 16]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32], "x-name" = "r"))]
    pub rows: u32,
    /// Rows in a beat of A, at most rows.
    #[default = 2]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32], "x-tag" = "b"))]
    pub rows_per_beat: u32,
    /// The processing elements.
    #[serde(flatten)]
    #[default(loas_tppe::Params { columns: 64, group: 8, queue_depth: 2, skid: true, ..loas_tppe::Params::default() })]
    pub element: loas_tppe::Params,
    /// Right shift of the membrane potential between time steps: it decays by a factor of 2^-leak.
    #[default = 2]
    #[schemars(range(min = 0, max = 7), extend("x-tag" = "leak"))]
    pub leak: u32,
    /// Firing threshold of the membrane potential.
    #[default(None)]
    #[schemars(range(min = 0, max = 1_073_741_824), extend("x-tag" = "th", "x-default" = "64; unused with thresholds=column"))]
    pub threshold: Option<u32>,
    /// Whether all neurons have the threshold of the parameter (`parameter`), or each column has its own from a stream (`column`).
    #[default(Thresholds::Parameter)]
    #[schemars(extend("x-tag" = "th"))]
    pub thresholds: Thresholds,
    /// Whether a spike clears the potential (`hard`) or subtracts the threshold from it (`soft`).
    #[default(loas_plif::Reset::Hard)]
    #[schemars(extend("x-tag" = ""))]
    pub reset: loas_plif::Reset,
    /// Whether a neuron fires above the threshold (`greater`), or also at it (`greater_equal`).
    #[default(loas_plif::Compare::Greater)]
    #[schemars(extend("x-tag" = ""))]
    pub compare: loas_plif::Compare,
    /// Whether the sums of a column are output beside its spikes, for a layer without neurons.
    #[default = false]
    #[schemars(extend("x-tag" = "sums"))]
    pub sums: bool,
}

/// Where the firing thresholds come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Thresholds {
    /// The parameter `threshold`, for all neurons.
    Parameter,
    /// A stream, which gives one for each column.
    Column,
}

/// The default threshold.
const THRESHOLD: u32 = 64;

impl Parameters for Params {
    fn resolved(&self) -> Params {
        let mut resolved = self.clone();
        resolved.element.sum_bits = Some(self.element.sum_bits());
        resolved.threshold = self.fixed_threshold();
        resolved
    }

    fn validate(&self) -> Result<(), ParameterError> {
        if self.rows_per_beat > self.rows {
            return Err(ParameterError::Conflict(format!(
                "rows_per_beat must be at most rows: rows_per_beat is {}, rows is {}",
                self.rows_per_beat, self.rows
            )));
        }
        if self.thresholds == Thresholds::Column && self.threshold.is_some() {
            return Err(ParameterError::Conflict(
                "threshold is given twice: as a number and, by thresholds = `column`, as a stream".into(),
            ));
        }
        self.element.validate()?;
        self.neuron().validate()
    }

    fn name_parts(&self) -> Vec<String> {
        let of_element = declared::<loas_tppe::Params>();
        let is_own = |name: &str| of_element.iter().all(|parameter| parameter.name != name);
        let mut parts = name_parts_of(self, is_own);
        parts.splice(1..1, self.inner_element().name_parts());
        parts.extend((!self.element.skid).then(|| "no_skid".into()));
        parts
    }
}

impl Params {
    /// A processing element: the skid buffers are the array's.
    pub fn inner_element(&self) -> loas_tppe::Params {
        loas_tppe::Params { skid: false, ..self.element.clone() }
    }

    /// The neurons.
    pub fn neuron(&self) -> loas_plif::Params {
        loas_plif::Params {
            time_steps: self.element.time_steps,
            sum_bits: self.element.sum_bits(),
            membrane_bits: None,
            leak: self.leak,
            threshold: self.fixed_threshold(),
            threshold_port: self.thresholds == Thresholds::Column,
            reset: self.reset,
            compare: self.compare,
            stages: 0,
        }
    }

    /// The threshold of all neurons, if there is one.
    pub fn fixed_threshold(&self) -> Option<u32> {
        match self.thresholds {
            Thresholds::Parameter => Some(self.threshold.unwrap_or(THRESHOLD)),
            Thresholds::Column => None,
        }
    }

    /// Beats with the chunks of all rows.
    pub fn beats_of_a(&self) -> u32 {
        self.rows / self.rows_per_beat
    }
}
