//! The parameters of `statten_kv`.

use crate::parameters::{ParameterError, Parameters};
use crate::statten::Shape;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Params {
    /// The greatest job.
    #[serde(flatten)]
    pub shape: Shape,
}

impl Parameters for Params {
    fn resolved(&self) -> Params {
        Params { shape: self.shape.resolved() }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        self.shape.validate()
    }
}
