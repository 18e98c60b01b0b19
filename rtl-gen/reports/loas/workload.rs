//! The layers that a report runs, made once for everything that is measured on them.

use super::layers::{LAYERS, Layer};
use super::operands::Operands;
use super::{Request, dense};
use crate::ReportError;
use rayon::prelude::*;
use testbenches::Progress;

/// A layer with its operands, and the spikes that are to come out.
pub struct Workload {
    /// The layer.
    pub layer: &'static Layer,
    /// Its operands.
    pub operands: Operands,
    /// For each row the word of each column, by a dense product.
    pub expected: Vec<Vec<u8>>,
}

/// The layers that are asked for.
pub fn workloads(request: &Request, progress: &dyn Progress) -> Result<Vec<Workload>, ReportError> {
    let is_asked = |layer: &&Layer| {
        request.networks.is_empty() || request.networks.iter().any(|network| network == layer.network)
    };
    let layers: Vec<&'static Layer> = LAYERS.iter().filter(is_asked).collect();
    progress.start("operands", layers.len() as u64);
    let make = |layer: &&'static Layer| {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let operands = Operands::of(layer, request.traces.as_deref(), request.seed)?;
        let expected = dense::spikes(layer, &operands, &request.params.neuron());
        progress.advance(1);
        Ok(Workload { layer, operands, expected })
    };
    // Of several layers that fail it is the first whose reason is told.
    let made: Vec<_> = layers.par_iter().map(make).collect();
    made.into_iter().collect()
}
