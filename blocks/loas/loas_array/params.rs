//! The parameters of `loas_array`.

use crate::loas::{loas_plif, loas_tppe};
use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Rows of A, each with a processing element and a neuron.
    pub rows: u32,
    /// Rows whose chunks come in one beat.
    pub rows_per_beat: u32,
    /// The processing elements.
    #[serde(flatten)]
    pub element: loas_tppe::Params,
    /// Right shift of the membrane potential from one time step to the next.
    pub leak: u32,
    /// Membrane potential above which a neuron fires.
    pub threshold: u32,
    /// What a spike does to the membrane potential.
    pub reset: loas_plif::Reset,
    /// When a neuron fires.
    pub compare: loas_plif::Compare,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            rows: 16,
            rows_per_beat: 2,
            element: loas_tppe::Params::default(),
            leak: 2,
            threshold: 64,
            reset: loas_plif::Reset::Hard,
            compare: loas_plif::Compare::Greater,
        }
    }
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    let integer = |min, max| Legal::Integer { min, max };
    let one_of = |values: &[&'static str]| Legal::OneOf(values.to_vec());
    let mut parameters = vec![
        of(
            "rows",
            "rows of spikes, each with an element and a neuron",
            one_of(&["1", "2", "4", "8", "16", "32"]),
        ),
        of("rows_per_beat", "rows whose chunks come in a beat", one_of(&["1", "2", "4", "8", "16", "32"])),
    ];
    parameters.extend(loas_tppe::parameters());
    parameters.extend([
        of("leak", "right shift of the membrane potential from one time step to the next", integer(0, 7)),
        of("threshold", "membrane potential from which on a neuron fires", integer(0, 1 << 30)),
        of("reset", "a spike clears the potential, or takes the threshold off it", one_of(&["hard", "soft"])),
        of(
            "compare",
            "a neuron fires above the threshold, or at it too",
            one_of(&["greater", "greater_equal"]),
        ),
    ]);
    parameters
}

impl Params {
    /// Refuses combinations that make no sense.
    pub fn validate(&self) -> Result<(), ParameterError> {
        if self.rows_per_beat > self.rows {
            return Err(ParameterError::Conflict(format!(
                "rows_per_beat is to be rows or fewer: rows_per_beat is {}, rows is {}",
                self.rows_per_beat, self.rows
            )));
        }
        self.element.validate()?;
        self.neuron().validate()
    }

    /// The neurons.
    pub fn neuron(&self) -> loas_plif::Params {
        loas_plif::Params {
            time_steps: self.element.time_steps,
            sum_bits: self.element.sum_bits(),
            membrane_bits: None,
            leak: self.leak,
            threshold: Some(self.threshold),
            threshold_port: false,
            reset: self.reset,
            compare: self.compare,
            stages: 0,
        }
    }

    /// Beats with the chunks of all rows.
    pub fn beats_of_a(&self) -> u32 {
        self.rows / self.rows_per_beat
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let tags = [("leak", "leak"), ("th", "threshold"), ("", "reset"), ("", "compare")];
        let mut parts = vec![format!("r{}", self.rows)];
        parts.extend(self.element.name_parts());
        parts.extend(name_parts(self, &[("b", "rows_per_beat")]));
        parts.extend(name_parts(self, &tags));
        parts
    }
}
