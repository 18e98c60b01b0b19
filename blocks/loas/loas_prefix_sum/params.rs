//! The parameters of `loas_prefix_sum`.

use crate::parameters::{ParameterError, Parameters};
use hdl::{bit_length, index_width};
use parts::arithmetic::count::Adders;
use parts::arithmetic::prefix::Network;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Width of the mask.
    #[default = 128]
    #[schemars(range(min = 8, max = 1024), extend("x-name" = ""))]
    pub lanes: u32,
    /// A count for each bit (`all`), or the count at one position (`one`).
    #[default(Select::All)]
    #[schemars(extend("x-tag" = ""))]
    pub select: Select,
    /// Whether a count includes its own bit.
    #[default = false]
    #[schemars(extend("x-tag" = "inclusive"))]
    pub inclusive: bool,
    /// Prefix network, for select=all.
    #[default(None)]
    #[schemars(extend("x-tag" = "", "x-default" = "ladner_fischer1 for select=all"))]
    pub structure: Option<Structure>,
    /// Adders, for select=all: `plus` for carry chains, `full` (full adders) for standard cells.
    #[default(Adders::Plus)]
    #[schemars(extend("x-tag" = ""))]
    pub adders: Adders,
    /// Pipeline registers, equal to the latency in cycles.
    #[default = 0]
    #[schemars(range(min = 0, max = 1), extend("x-tag" = "s"))]
    pub stages: u32,
}

/// Which counts to produce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Select {
    /// A count for each bit of the mask.
    All,
    /// The count at one position.
    One,
}

/// How the counts of all bits are produced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Structure {
    /// A prefix network of adders.
    Network(Network),
    /// Leaves of four bits under a Ladner-Fischer network.
    Leaves(Leaves),
}

/// The only value of [`Structure::Leaves`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Leaves {
    /// Leaves of four bits.
    Leaves,
}

impl Parameters for Params {
    fn resolved(&self) -> Params {
        let structure = (self.select == Select::All).then(|| self.structure());
        Params { structure, ..self.clone() }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        match (self.select, self.structure) {
            (Select::One, Some(_)) => Err(ParameterError::Conflict(
                "structure needs select = `all`: a single count is made by a mask and a tree of counters"
                    .into(),
            )),
            _ => Ok(()),
        }
    }
}

impl Params {
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
}
