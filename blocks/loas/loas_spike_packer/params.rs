//! The parameters of `loas_spike_packer`.

use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use hdl::{bit_length, index_width};
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Neurons of a chunk.
    pub mask_bits: u32,
    /// Time steps T.
    pub time_steps: u32,
    /// Neurons in a beat.
    pub lanes: u32,
    /// Neurons that fire so often at most are dropped.
    pub drop: u32,
}

impl Default for Params {
    fn default() -> Params {
        Params { mask_bits: 128, time_steps: 4, lanes: 1, drop: 0 }
    }
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    let integer = |min, max| Legal::Integer { min, max };
    vec![
        of("mask_bits", "neurons of a chunk", integer(8, 1024)),
        of("time_steps", "time steps", integer(1, 16)),
        of("lanes", "neurons in a beat", Legal::OneOf(vec!["1", "2", "4", "8", "16"])),
        of("drop", "neurons that fire so often at most are dropped", integer(0, 15)),
    ]
}

impl Params {
    /// Refuses combinations that make no sense.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let Params { mask_bits, lanes, drop, time_steps } = *self;
        let conflict = |message| Err(ParameterError::Conflict(message));
        if !mask_bits.is_multiple_of(lanes) || mask_bits == lanes {
            return conflict(format!(
                "mask_bits is to be a multiple of lanes, twice it or more: mask_bits is {mask_bits}, lanes is {lanes}"
            ));
        }
        if drop >= time_steps {
            return conflict(format!(
                "drop is to be less than time_steps, or no neuron is left: drop is {drop}, time_steps is {time_steps}"
            ));
        }
        Ok(())
    }

    /// Beats of a chunk.
    pub fn beats(&self) -> u32 {
        self.mask_bits / self.lanes
    }

    /// Width of the number of a beat.
    pub fn beat_bits(&self) -> u32 {
        index_width(self.beats().into())
    }

    /// Width of the number of words.
    pub fn count_bits(&self) -> u32 {
        bit_length(self.mask_bits.into())
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let mut parts = vec![self.mask_bits.to_string(), format!("t{}", self.time_steps)];
        parts.extend(name_parts(self, &[("x", "lanes"), ("drop", "drop")]));
        parts
    }
}
