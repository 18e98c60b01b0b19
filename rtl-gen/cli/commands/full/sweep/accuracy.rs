//! The accuracy of a spiking network at each point.

use super::point::Point;
use crate::block::selection::Given;
use crate::commands::full::shared::OF_NEURONS;
use crate::networks::{self, Loaded, Samples};
use crate::terminal::error::Error;
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use blocks::block::Block;
use blocks::crossbar::device::Device;
use blocks::crossbar::xbar_mvm;
use blocks::loas::loas_array::{self, Thresholds};
use blocks::parameters::{Parameters, Settings, read};
use clap::Args;
use rayon::prelude::*;
use reports::snn::{self, Prepared};
use std::path::{Path, PathBuf};
use testbenches::{Progress, VerifyError};

/// The network whose accuracy is asked for.
#[derive(Args)]
pub struct Options {
    /// Add the accuracy of a spiking network, of loas_array or xbar_mvm: its description in TOML, or the folder with its
    /// network.toml, as `gen-rtl simulate --help` says
    #[arg(long, value_name = "NETWORK", requires_all = ["input", "labels"])]
    accuracy: Option<PathBuf>,
    /// The samples for --accuracy, a .npy file
    #[arg(long, value_name = "FILE", requires = "accuracy")]
    input: Option<PathBuf>,
    /// The classes of the samples, from 0 on: a .npy file of integers
    #[arg(long, value_name = "FILE", requires = "accuracy")]
    labels: Option<PathBuf>,
    /// Take only so many of the samples, the first ones
    #[arg(long, value_name = "N", requires = "accuracy", value_parser = clap::value_parser!(u32).range(1..))]
    samples: Option<u32>,
}

/// A block whose parameters decide about accuracy.
#[derive(Clone, Copy)]
enum Hardware {
    Loas,
    Crossbar,
}

/// What is evaluated.
pub struct Evaluation<'o> {
    hardware: Hardware,
    network: &'o Path,
    samples: Samples,
    labels: Vec<usize>,
}

impl Options {
    /// What is to be evaluated of a block, if anything is.
    pub fn evaluation(&self, block: &Block) -> Result<Option<Evaluation<'_>>, Error> {
        let (Some(network), Some(input), Some(labels)) = (&self.accuracy, &self.input, &self.labels) else {
            return Ok(None);
        };
        let hardware = match block.name {
            name if name == loas_array::BLOCK.name => Hardware::Loas,
            name if name == xbar_mvm::BLOCK.name => Hardware::Crossbar,
            name => {
                let refused = format!("--accuracy: {name} runs no network");
                return Err(Error::new(refused).help("give loas_array or xbar_mvm"));
            }
        };
        // Samples and outputs do not depend on the width of weights.
        let loaded = networks::read(network, networks::MOST_WEIGHT_BITS)?;
        let mut samples = Samples::read(input, &loaded)?;
        let outputs = loaded.network.output().shape.size();
        let labels = networks::labels(labels, samples.words.len(), outputs)?;
        samples.words.truncate(self.samples.map_or(usize::MAX, |samples| samples as usize));
        Ok(Some(Evaluation { hardware, network, samples, labels }))
    }
}

impl Evaluation<'_> {
    /// What is synthesised at a point: a model of arrays is for simulation, so in hardware they are outside.
    pub fn hardware(&self, given: &Given) -> Given {
        match self.hardware {
            Hardware::Loas => given.clone(),
            Hardware::Crossbar => {
                given.without(&Device::names_of_model()).with(&[&("array".into(), "external".into())])
            }
        }
    }

    /// The accuracy at each point that the block accepts, in percent, or why there is none; an error if there is none at any point.
    pub fn of_points(&self, points: &[Point]) -> Result<Vec<Option<Result<f64, String>>>, Error> {
        let bar = Bar::default();
        bar.start("accuracies", points.len() as u64);
        let of = |point: &Point| {
            let accuracy = point.settings().map(|settings| self.of(&settings, &bar)).transpose();
            bar.advance(1);
            match (accuracy, bar.is_cancelled()) {
                (_, true) => Err(VerifyError::Cancelled),
                (Ok(accuracy), false) => Ok(accuracy.map(Ok)),
                (Err(reason), false) => Ok(Some(Err(reason))),
            }
        };
        let accuracies: Result<Vec<_>, VerifyError> =
            interrupt::orderly(|| points.par_iter().map(of).collect());
        drop(bar);
        let accuracies = accuracies?;
        if accuracies.iter().flatten().any(Result::is_ok) {
            return Ok(accuracies);
        }
        let reason = |(point, accuracy): (&Point, &Option<Result<f64, String>>)| {
            let place = point.config().map_or(String::new(), |config| format!("config={config}: "));
            accuracy.as_ref()?.as_ref().err().map(|reason| format!("{place}{reason}"))
        };
        match points.iter().zip(&accuracies).find_map(reason) {
            Some(reason) => Err(Error::new(format!("no point has an accuracy: {reason}"))),
            None => Ok(accuracies),
        }
    }

    fn of(&self, settings: &Settings, bar: &Bar) -> Result<f64, String> {
        let words = &self.samples.words;
        let outputs = match self.hardware {
            Hardware::Loas => {
                let params: loas_array::Params = parameters(settings)?;
                let (loaded, prepared) = self.prepared(params.element.weight_bits)?;
                runs(settings, &params, self.samples.steps)?;
                snn::outputs_on_array(&loaded.network, &prepared, &params, words, bar)
            }
            Hardware::Crossbar => {
                let params: xbar_mvm::Params = parameters(settings)?;
                let (loaded, prepared) = self
                    .prepared(params.adder().weight_bits())
                    .map_err(|reason| format!("{reason}; weight_bits is slices x cell_bits"))?;
                let steps = self.samples.steps as u32;
                snn::crossbar::on_crossbars(&loaded.network, &prepared, &params, steps, words, bar)
            }
        };
        let outputs = outputs.map_err(|error| error.to_string())?;
        let found = outputs.iter().map(|outputs| snn::largest(outputs));
        let right = found.zip(&self.labels).filter(|(found, label)| found == *label).count();
        Ok(100.0 * right as f64 / outputs.len() as f64)
    }

    /// The network, with float weights as integers of so many bits.
    fn prepared(&self, weight_bits: u32) -> Result<(Loaded, Prepared), String> {
        let loaded = networks::read(self.network, weight_bits).map_err(|error| error.message())?;
        let prepared = Prepared::of(&loaded.network, weight_bits)?;
        Ok((loaded, prepared))
    }
}

/// Refuses an array whose results are not those of the network.
fn runs(settings: &Settings, params: &loas_array::Params, steps: usize) -> Result<(), String> {
    let element = &params.element;
    if let Some(name) = OF_NEURONS.into_iter().find(|name| settings.contains_key(*name)) {
        return Err(format!("{name} is that of the network: leave it out"));
    }
    if params.thresholds != Thresholds::Column {
        return Err("thresholds is `parameter`, but a network has its own: expected `column`".into());
    }
    if element.time_steps as usize != steps {
        return Err(format!("time_steps is {}: the samples have {steps}", element.time_steps));
    }
    if element.may_overflow() {
        let (bits, safe) = (element.sum_bits(), element.safe_sum_bits());
        return Err(format!("sum_bits is {bits}, with which sums may overflow: expected {safe} or more"));
    }
    Ok(())
}

fn parameters<P: Parameters>(settings: &Settings) -> Result<P, String> {
    read(settings).map_err(|error| error.to_string())
}
