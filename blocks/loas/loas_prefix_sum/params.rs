//! The parameters of `loas_prefix_sum`.

use crate::common::prefix::Network;
use crate::common::rtl::count::Adders;
use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use hdl::{bit_length, index_width};
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Bits of the mask.
    pub lanes: u32,
    /// What is counted.
    pub select: Select,
    /// Whether a count has the bit that it belongs to in it.
    pub inclusive: bool,
    /// Structure of the network for `all`.
    pub structure: Option<Structure>,
    /// How the network's adders are written.
    pub adders: Adders,
    /// Register stages behind the counts, 0 or 1.
    pub stages: u32,
}

/// Which counts there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Select {
    /// One for each bit of the mask.
    All,
    /// The one at a position.
    One,
}

/// How all counts are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Structure {
    /// A prefix network of adders.
    Network(Network),
    /// Leaves of four bits under a Ladner-Fischer network.
    Leaves(Leaves),
}

/// The only value of [`Structure::Leaves`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaves {
    /// Leaves of four bits.
    Leaves,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            lanes: 128,
            select: Select::All,
            inclusive: false,
            structure: None,
            adders: Adders::Plus,
            stages: 0,
        }
    }
}

const STRUCTURES: [&str; 10] = [
    "serial",
    "blocked",
    "kogge_stone",
    "sklansky",
    "brent_kung",
    "han_carlson",
    "ladner_fischer1",
    "ladner_fischer2",
    "ladner_fischer3",
    "leaves",
];

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    let one_of = |values: &[&'static str]| Legal::OneOf(values.to_vec());
    vec![
        of("lanes", "bits of the mask", Legal::Integer { min: 8, max: 1024 }),
        of("select", "a count for each bit, or the one at a position", one_of(&["all", "one"])),
        of("inclusive", "a count has its own bit in it", Legal::flag()),
        of("structure", "the prefix network of select=all", one_of(&STRUCTURES))
            .derived("ladner_fischer1 for select=all"),
        of("adders", "how the adders of select=all are written", one_of(&["plus", "full"])),
        of("stages", "register stages, which are the latency in cycles", Legal::Integer { min: 0, max: 1 }),
    ]
}

impl Params {
    /// Refuses combinations that make no sense.
    pub fn validate(&self) -> Result<(), ParameterError> {
        match (self.select, self.structure) {
            (Select::One, Some(_)) => Err(ParameterError::Conflict(
                "structure is of select = `all`: one count is a mask and a tree of counters".into(),
            )),
            _ => Ok(()),
        }
    }

    /// The structure, `ladner_fischer1` where it is not given.
    pub fn structure(&self) -> Structure {
        self.structure.unwrap_or(Structure::Network(Network::LadnerFischer1))
    }

    /// The greatest count.
    pub fn greatest(&self) -> u32 {
        if self.inclusive { self.lanes } else { self.lanes - 1 }
    }

    /// Width of a count.
    pub fn count_bits(&self) -> u32 {
        bit_length(self.greatest().into())
    }

    /// Width of a position.
    pub fn position_bits(&self) -> u32 {
        index_width(self.lanes.into())
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let tags =
            [("", "select"), ("inclusive", "inclusive"), ("", "structure"), ("", "adders"), ("s", "stages")];
        let mut parts = vec![self.lanes.to_string()];
        parts.extend(name_parts(self, &tags));
        parts
    }
}
