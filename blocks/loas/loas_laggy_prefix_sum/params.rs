//! The parameters of `loas_laggy_prefix_sum`.

use crate::common::prefix::Network;
use crate::common::rtl::count::Adders;
use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use hdl::bit_length;
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Bits of the mask.
    pub lanes: u32,
    /// Counts made in a cycle; they divide the mask.
    pub adders: u32,
    /// Whether a count has the bit that it belongs to in it.
    pub inclusive: bool,
    /// Structure of the network in a segment.
    pub structure: Network,
    /// How the network's adders are written.
    pub arithmetic: Adders,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            lanes: 128,
            adders: 16,
            inclusive: false,
            structure: Network::BrentKung,
            arithmetic: Adders::Plus,
        }
    }
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    let structures = vec!["serial", "kogge_stone", "sklansky", "brent_kung", "han_carlson"];
    vec![
        of("lanes", "bits of the mask", Legal::Integer { min: 8, max: 1024 }),
        of("adders", "counts made in a cycle", Legal::OneOf(vec!["2", "4", "8", "16", "32", "64"])),
        of("inclusive", "a count has its own bit in it", Legal::flag()),
        of("structure", "the prefix network of a segment", Legal::OneOf(structures)),
        of("arithmetic", "how the network's adders are written", Legal::OneOf(vec!["plus", "full"])),
    ]
}

impl Params {
    /// Refuses combinations that make no sense.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let Params { lanes, adders, .. } = *self;
        match lanes.is_multiple_of(adders) && lanes > adders {
            true => Ok(()),
            false => Err(ParameterError::Conflict(format!(
                "lanes is to be a multiple of adders, twice it or more: lanes is {lanes}, adders is {adders}"
            ))),
        }
    }

    /// Beats of counts for a mask.
    pub fn segments(&self) -> u32 {
        self.lanes / self.adders
    }

    /// Width of a count.
    pub fn count_bits(&self) -> u32 {
        bit_length(if self.inclusive { self.lanes } else { self.lanes - 1 }.into())
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let tags = [("inclusive", "inclusive"), ("", "structure"), ("", "arithmetic")];
        let mut parts = vec![self.lanes.to_string(), format!("a{}", self.adders)];
        parts.extend(name_parts(self, &tags));
        parts
    }
}
