//! The parameters.

use super::Function;
use crate::parameters::{ParameterError, Parameters, name_parts};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;
use std::marker::PhantomData;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
#[serde(bound = "")]
#[schemars(bound = "")]
pub struct Params<F: Function> {
    /// Numbers in a beat.
    #[default = 1]
    #[schemars(range(min = 1, max = 64), extend("x-tag" = "x"))]
    pub lanes: u32,
    /// Width of a number.
    #[default = 8]
    #[schemars(range(min = 4, max = 12))]
    pub bits: u32,
    /// Fraction bits of a number, fewer than bits.
    #[default = 5]
    #[schemars(range(min = 0, max = 10))]
    pub fraction_bits: u32,
    /// Pipeline registers, equal to the latency in cycles: 1 after the table.
    #[default = 0]
    #[schemars(range(min = 0, max = 1), extend("x-tag" = "s"))]
    pub stages: u32,
    #[serde(skip)]
    pub(super) function: PhantomData<F>,
}

impl<F: Function> Parameters for Params<F> {
    fn validate(&self) -> Result<(), ParameterError> {
        match self.fraction_bits < self.bits {
            true => Ok(()),
            false => Err(ParameterError::Conflict(format!(
                "fraction_bits must be below bits, one of which is the sign: fraction_bits is {}, bits is {}",
                self.fraction_bits, self.bits
            ))),
        }
    }

    fn name_parts(&self) -> Vec<String> {
        let mut parts = vec![format!("q{}_{}", self.bits - self.fraction_bits, self.fraction_bits)];
        parts.extend(name_parts(self));
        parts
    }
}

impl<F: Function> Params<F> {
    /// Without pipeline registers.
    pub fn new(lanes: u32, bits: u32, fraction_bits: u32) -> Params<F> {
        Params { lanes, bits, fraction_bits, stages: 0, function: PhantomData }
    }
}
