//! A spiking network from files, and the array that it runs on.

use super::fitted;
use crate::block::selection::Parameters;
use crate::networks::{self, Loaded, Samples};
use crate::terminal::error::Error;
use blocks::loas::loas_array::{BLOCK, Params};
use reports::snn::{Content, Prepared};
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

/// The width of weights, if nothing is said.
const WEIGHT_BITS: u32 = 8;

impl NetworkFiles {
    /// Reads the files. The array has the given parameters, and those that the network needs.
    pub fn load(&self, parameters: &Parameters) -> Result<NetworkRun, Error> {
        let given = parameters.given()?.values();
        let of_name = |name: &str| given.iter().find(|(given, _)| given == name).map(|(_, value)| value);
        let width = of_name("weight_bits").and_then(|bits| bits.parse().ok());
        let weight_bits = width.filter(|bits| (2..=16).contains(bits)).unwrap_or(WEIGHT_BITS);
        let loaded = networks::read(&self.network, weight_bits)?;
        let mut samples = Samples::read(&self.input, &loaded)?;
        let all_samples = samples.words.len();
        samples.words.truncate(self.samples);
        let prepared = Prepared::of(&loaded.network, weight_bits)
            .map_err(|what| Error::new(what).inside(&loaded.path.display().to_string()))?;
        let has_sums = loaded.network.output().content == Content::Sums;
        let mut needed = vec![
            ("time_steps", samples.steps.to_string()),
            ("thresholds", "column".into()),
            ("sums", has_sums.to_string()),
        ];
        if of_name("max_k").is_none() {
            needed.push(("max_k", prepared.longest().to_string()));
        }
        let params = fitted(BLOCK.name, parameters, &loaded.path.display().to_string(), needed)?;
        Ok(NetworkRun { loaded, samples, all_samples, prepared, params })
    }
}
