//! One combination of parameters.

use super::accuracy::Evaluation;
use crate::block::selection::{Chosen, Given};
use crate::terminal::error::Error;
use crate::terminal::json;
use blocks::block::Block;
use blocks::parameters::Settings;
use serde::Serialize;
use std::path::Path;
use synthesis::{Figures, Request, Target};

/// A combination of parameters, and the block with them.
pub struct Point {
    /// What is synthesised.
    pub given: Given,
    /// The block, or the reason why it refuses the combination.
    chosen: Result<Chosen, String>,
    /// The block as it is synthesised, where that is another one.
    hardware: Option<Chosen>,
    /// The parameters as they are given.
    settings: Settings,
}

/// The result of a point on a target.
#[derive(Serialize)]
pub struct PointResult {
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

impl Point {
    /// A value that is illegal for its parameter is an error; legal values that cannot be combined are not.
    /// With an evaluation, its hardware is synthesised.
    pub fn new(block: &'static Block, given: Given, evaluation: Option<&Evaluation>) -> Result<Point, Error> {
        let settings = given.values().into_iter().collect();
        let chosen = match given.conflict(block) {
            Some(reason) => return Ok(Point { given, chosen: Err(reason), hardware: None, settings }),
            None => Ok(given.configure(block, &[])?),
        };
        Ok(match evaluation.map(|evaluation| evaluation.hardware(&given)) {
            None => Point { given, chosen, hardware: None, settings },
            Some(hardware) => {
                let configured = hardware.configure(block, &[])?;
                Point { given: hardware, chosen, hardware: Some(configured), settings }
            }
        })
    }

    /// True if the block accepts the combination.
    pub fn is_legal(&self) -> bool {
        self.chosen.is_ok()
    }

    /// The parameters that are given, if the block accepts the combination.
    pub fn settings(&self) -> Option<&Settings> {
        self.chosen.as_ref().ok().map(|_| &self.settings)
    }

    /// Synthesises the point.
    pub fn synthesize(&self, request: &Request, cache: Option<&Path>) -> PointResult {
        let mut result = PointResult {
            parameters: self.given.values(),
            target: request.target,
            figures: None,
            accuracy: None,
            refused: None,
            failed: None,
        };
        match &self.chosen {
            Err(reason) => result.refused = Some(reason.clone()),
            Ok(chosen) => {
                result.parameters = chosen.configured.values();
                let hardware = self.hardware.as_ref().unwrap_or(chosen);
                match synthesis::synthesize(hardware.configured.as_ref(), request, cache) {
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

    /// The value of a parameter.
    pub fn value(&self, name: &str) -> &str {
        self.parameters.iter().find(|(its, _)| its == name).map_or("", |(_, value)| value)
    }

    /// The parameters that distinguish it from other points.
    pub fn label(&self, swept: &[String]) -> String {
        let values: Vec<String> = swept.iter().map(|name| format!("{name}={}", self.value(name))).collect();
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
