//! The layers of a report, prepared once for all measurements on them.

use super::layers::{LAYERS, Layer};
use super::operands::Operands;
use super::{DEFAULT, Request, dense};
use crate::ReportError;
use rayon::prelude::*;
use testbenches::Progress;

/// A layer with its operands and expected spikes.
pub struct Workload {
    /// The layer.
    pub layer: &'static Layer,
    /// Its operands.
    pub operands: Operands,
    /// For each row, the word of each column, from a dense product.
    pub expected: Vec<Vec<u8>>,
}

/// The requested layers.
pub fn workloads(request: &Request, progress: &dyn Progress) -> Result<Vec<Workload>, ReportError> {
    let is_asked = |layer: &&Layer| match request.networks.is_empty() {
        true => DEFAULT.contains(&layer.network),
        false => request.networks.iter().any(|network| network == layer.network),
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
    // If several layers fail, the first one's reason is reported.
    let made: Vec<_> = layers.par_iter().map(make).collect();
    made.into_iter().collect()
}
