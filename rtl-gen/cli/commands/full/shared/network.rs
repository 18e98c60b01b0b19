//! A spiking network from files, and the array that it runs on.

use super::fitted;
use crate::block::selection::Parameters;
use crate::networks::{self, Loaded, Samples};
use crate::terminal::error::Error;
use blocks::loas::loas_array::{BLOCK, Params};
use reports::snn::{self, Content, Prepared};
use std::path::PathBuf;

/// The files of a network.
pub struct NetworkFiles {
    pub network: PathBuf,
    /// Its samples.
    pub input: PathBuf,
    /// The most samples to run.
    pub samples: usize,
}

/// A network that is ready to run.
pub struct NetworkRun {
    pub loaded: Loaded,
    pub samples: Samples,
    /// Samples of the file, those that are not run included.
    pub all_samples: usize,
    pub prepared: Prepared,
    pub params: Params,
}

/// What each layer says itself.
pub const OF_NEURONS: [&str; 3] = ["leak", "reset", "compare"];

/// The width of weights, if nothing is said.
const WEIGHT_BITS: u32 = 8;

impl NetworkFiles {
    /// Reads the files. The array has the given parameters, and those that the network needs.
    pub fn load(&self, parameters: &Parameters) -> Result<NetworkRun, Error> {
        let given = parameters.given()?.values();
        let of_name = |name: &str| given.iter().find(|(given, _)| given == name).map(|(_, value)| value);
        if let Some(name) = OF_NEURONS.into_iter().find(|name| of_name(name).is_some()) {
            return Err(
                Error::new(format!("`{name}` is of the network's neurons")).help("set it in the description")
            );
        }
        let width = of_name("weight_bits").and_then(|bits| bits.parse().ok());
        let weight_bits = width.filter(|bits| (2..=16).contains(bits)).unwrap_or(WEIGHT_BITS);
        let mut loaded = networks::read(&self.network, weight_bits)?;
        let mut samples = Samples::read(&self.input, &loaded)?;
        let all_samples = samples.words.len();
        samples.words.truncate(self.samples);
        let path = loaded.path.display().to_string();
        let prepared =
            Prepared::of(&loaded.network, weight_bits).map_err(|what| Error::new(what).inside(&path))?;
        if prepared.products().next().is_none() {
            return Err(Error::new(format!("{path}: it has no weights, so that nothing runs on the array")));
        }
        if samples.words.iter().flatten().all(|word| *word == 0) {
            loaded.notes.push(format!("{}: no input spikes", self.input.display()));
        }
        let has_sums = loaded.network.output().content == Content::Sums;
        let mut needed = vec![
            ("time_steps", samples.steps.to_string()),
            ("thresholds", "column".into()),
            ("sums", has_sums.to_string()),
        ];
        if of_name("max_k").is_none() {
            needed.push(("max_k", prepared.longest().to_string()));
        }
        let mut params: Params = fitted(BLOCK.name, parameters, &path, needed)?;
        let least = snn::least_sum_bits(&loaded.network, &prepared, params.element.time_steps);
        if let Some((_, least)) = least.filter(|(_, least)| *least > params.element.sum_bits())
            && of_name("sum_bits").is_none()
        {
            params.element.sum_bits = Some(least);
            let note =
                format!("sums have {least} bits: potentials without a leak add up over all time steps");
            loaded.notes.push(note);
        }
        snn::check(&loaded.network, &prepared, &params)
            .map_err(|error| Error::new(error.to_string()).inside(&path))?;
        Ok(NetworkRun { loaded, samples, all_samples, prepared, params })
    }
}
