//! Graphs of the Neuromorphic Intermediate Representation (NIR) as networks.
//!
//! A neuron of NIR is a differential equation. With the time step `dt` it is, as frameworks integrate it,
//! `v[t+1] = (1 - dt/tau) v[t] + (dt/tau) (R I[t] + v_leak)`, and fires above its threshold. That is the hardware's neuron if
//! `1 - dt/tau` is a power of two, the threshold divided by the gain `R dt/tau` and `v_leak / R` added to the bias. An `IF` neuron is
//! `v[t+1] = v[t] + R I[t]`: no leak, and a gain of `R`.

mod file;
mod graph;
mod neuron;
mod order;
#[cfg(test)]
mod tests;

use super::Loaded;
use crate::terminal::error::Error;
use blocks::loas::loas_plif::Reset;
use std::path::Path;

/// What a graph does not say.
pub struct Options {
    /// The time step, in the unit of the time constants.
    pub dt: f64,
    /// What a spike does.
    pub reset: Reset,
}

impl Default for Options {
    /// The time step of snnTorch's exports; a hard reset, as NIR defines it.
    fn default() -> Options {
        Options { dt: 1e-4, reset: Reset::Hard }
    }
}

/// Reads a graph. Its floats become integers of so many bits.
pub fn read(path: &Path, options: &Options, weight_bits: u32) -> Result<Loaded, Error> {
    let inside = |error: Error| error.inside(&path.display().to_string());
    let graph = file::Graph::read(path).map_err(inside)?;
    graph::network(path, &graph, options, weight_bits).map_err(inside)
}
