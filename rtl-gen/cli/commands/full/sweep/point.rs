//! One combination of parameters.

use super::accuracy::Evaluation;
use super::space::{Axis, GivenPoint};
use crate::block::selection::Given;
use crate::terminal::error::Error;
use crate::terminal::json;
use blocks::block::{Block, Configured};
use blocks::parameters::Settings;
use serde::Serialize;
use std::path::Path;
use synthesis::{Figures, Request, Target};

/// A combination of parameters, and the block with them.
pub struct Point {
    /// The name of the file with parameters, if there is one.
    config: Option<String>,
    /// The parameters as they are given.
    given: Given,
    /// The block with them, or the reason why it refuses the combination.
    variant: Result<Variant, String>,
}

/// A block with a combination of parameters that it accepts.
struct Variant {
    /// Every parameter with its value.
    parameters: Vec<(String, String)>,
    /// The parameters of what is synthesised.
    hardware: Given,
    /// What is synthesised.
    configured: Box<dyn Configured>,
}

/// The result of a point on a target.
#[derive(Serialize)]
pub struct PointResult {
    /// The name of the file with parameters, if there is one.
    pub config: Option<String>,
    /// Every parameter with its value; only the given ones if the block refuses them.
    #[serde(serialize_with = "json::serialize_parameters")]
    pub parameters: Vec<(String, String)>,
    pub target: &'static Target,
    pub figures: Option<Figures>,
    /// Samples that are recognised, in percent, if that was asked.
    pub accuracy: Option<f64>,
    /// Why there are no figures.
    pub refused: Option<String>,
    pub failed: Option<String>,
}

impl Variant {
    /// With an evaluation, its hardware is synthesised.
    fn new(block: &'static Block, given: &Given, evaluation: Option<&Evaluation>) -> Result<Variant, Error> {
        let parameters = given.configure(block, &[])?.configured.values();
        let hardware = evaluation.map_or_else(|| given.clone(), |evaluation| evaluation.hardware(given));
        let configured = hardware.configure(block, &[])?.configured;
        Ok(Variant { parameters, hardware, configured })
    }
}

impl Point {
    /// A value that is illegal for its parameter is an error; legal values that cannot be combined are not.
    pub fn new(
        block: &'static Block,
        (config, given): GivenPoint,
        evaluation: Option<&Evaluation>,
    ) -> Result<Point, Error> {
        let variant = match given.conflict(block) {
            Some(reason) => Err(reason),
            None => Ok(Variant::new(block, &given, evaluation)?),
        };
        Ok(Point { config, given, variant })
    }

    /// The name of the file with parameters, if there is one.
    pub fn config(&self) -> Option<&str> {
        self.config.as_deref()
    }

    /// The parameters that are given, if the block accepts the combination.
    pub fn settings(&self) -> Option<Settings> {
        self.variant.as_ref().ok().map(|_| self.given.values().into_iter().collect())
    }

    /// The parameters of what is synthesised, if the block accepts the combination.
    pub fn hardware(&self) -> Option<&Given> {
        self.variant.as_ref().ok().map(|variant| &variant.hardware)
    }

    /// Synthesises the point.
    pub fn synthesize(&self, request: &Request, cache: Option<&Path>) -> PointResult {
        let mut result = PointResult {
            config: self.config.clone(),
            parameters: self.given.values(),
            target: request.target,
            figures: None,
            accuracy: None,
            refused: None,
            failed: None,
        };
        match &self.variant {
            Err(reason) => result.refused = Some(reason.clone()),
            Ok(Variant { parameters, configured, .. }) => {
                result.parameters = parameters.clone();
                match synthesis::synthesize(configured.as_ref(), request, cache) {
                    Ok(figures) => result.figures = Some(figures),
                    Err(error) => result.failed = Some(error.to_string()),
                }
            }
        }
        result
    }
}

impl PointResult {
    /// Adds the accuracy of a network, in percent, or why there is none.
    pub fn set_accuracy(&mut self, accuracy: Option<Result<f64, String>>) {
        match accuracy {
            None => {}
            Some(Ok(accuracy)) => self.accuracy = Some(accuracy),
            Some(Err(reason)) => self.failed = Some(format!("no accuracy: {reason}")),
        }
    }

    /// Its place on an axis.
    pub fn value(&self, axis: &Axis) -> &str {
        let place = match axis {
            Axis::Config => self.config.as_ref(),
            Axis::Parameter(name) => {
                self.parameters.iter().find(|(its, _)| its == name).map(|(_, value)| value)
            }
        };
        place.map_or("", String::as_str)
    }

    /// What distinguishes it from other points.
    pub fn label(&self, axes: &[Axis]) -> String {
        let values: Vec<String> =
            axes.iter().map(|axis| format!("{}={}", axis.name(), self.value(axis))).collect();
        values.join(" ")
    }

    /// True if synthesis failed, or the netlist differs from the block.
    pub fn is_failure(&self) -> bool {
        self.failed.is_some() || self.mismatch().is_some()
    }

    /// Why there are no figures, or how the netlist differs.
    pub fn problem(&self) -> Option<String> {
        let refused = self.refused.as_ref().map(|reason| format!("left out: {reason}"));
        let failed = self.failed.as_ref().map(|reason| format!("failed: {reason}"));
        refused
            .or(failed)
            .or_else(|| self.mismatch().map(|mismatch| format!("the netlist differs: {mismatch}")))
    }

    fn mismatch(&self) -> Option<&String> {
        self.figures.as_ref()?.gate_level.as_ref()?.mismatch.as_ref()
    }
}
