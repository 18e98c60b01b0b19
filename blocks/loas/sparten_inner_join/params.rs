//! The parameters of `sparten_inner_join`.

use crate::common::prefix::Network;
use crate::parameters::{Legal, Parameter, name_parts};
use hdl::index_width;
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Bits of a mask.
    pub mask_bits: u32,
    /// Time steps T.
    pub time_steps: u32,
    /// Structure of both prefix sums.
    pub structure: Network,
    /// Bits that travel with a join.
    pub tag_bits: u32,
}

impl Default for Params {
    fn default() -> Params {
        Params { mask_bits: 128, time_steps: 4, structure: Network::KoggeStone, tag_bits: 8 }
    }
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    let integer = |min, max| Legal::Integer { min, max };
    let structures = vec!["serial", "kogge_stone", "sklansky", "brent_kung", "han_carlson"];
    vec![
        of("mask_bits", "bits of a mask", integer(8, 1024)),
        of("time_steps", "time steps, one after another", integer(1, 16)),
        of("structure", "structure of both prefix sums", Legal::OneOf(structures)),
        of("tag_bits", "bits that travel with a join", integer(1, 256)),
    ]
}

impl Params {
    /// Width of an offset.
    pub fn position_bits(&self) -> u32 {
        index_width(self.mask_bits.into())
    }

    /// Width of the number of a time step.
    pub fn step_bits(&self) -> u32 {
        index_width(self.time_steps.into())
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let mut parts = vec![self.mask_bits.to_string(), format!("t{}", self.time_steps)];
        parts.extend(name_parts(self, &[("", "structure"), ("tag", "tag_bits")]));
        parts
    }
}
