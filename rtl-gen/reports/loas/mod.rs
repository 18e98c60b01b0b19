//! LoAS: cycles of every layer of AlexNet, VGG16 and ResNet19 on 16 elements, measured by simulation of the RTL, beside SparTen's
//! inner-join on the same operands, the published figures, and the lower limit.

mod array;
mod beats;
pub(crate) mod dense;
pub mod energy;
mod layers;
mod machine;
mod operands;
mod sparten;
mod structures;
#[cfg(test)]
mod tests;
mod weights;
mod workload;

pub use array::{Array, Run};
pub(crate) use beats::{Factors, tiles};
pub use layers::{ALEXNET, LAYERS, Layer, RESNET19, TIME_STEPS, VGG16};
pub use machine::Machine;
pub use operands::Operands;
pub use sparten::Sparten;
pub use structures::{Prefix, Structure, prefixes, sparten_area, structures};

pub use workload::{Workload, workloads};

use crate::ReportError;
use blocks::loas::loas_array::Params;
use rayon::prelude::*;
use serde::Serialize;
use std::path::PathBuf;
use testbenches::Progress;

/// All networks.
pub const NETWORKS: [&str; 3] = [ALEXNET, VGG16, RESNET19];

/// The networks that are reported unless others are named.
pub const DEFAULT: [&str; 2] = [ALEXNET, VGG16];

/// The options of a report.
#[derive(Clone, Debug)]
pub struct Request {
    /// Networks; AlexNet and VGG16 if empty.
    pub networks: Vec<String>,
    /// Folder with spike maps; random ones if `None`.
    pub traces: Option<PathBuf>,
    /// Seed of the weights and of random spikes.
    pub seed: u64,
    /// The array.
    pub params: Params,
}

/// The measurements of a layer.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// The network.
    pub network: &'static str,
    /// Number of the layer.
    pub layer: u32,
    /// M, K, N.
    pub shape: [usize; 3],
    /// Matches of firing neurons with weights.
    pub matches: u64,
    /// Matches divided by the number of rows of the array: one match per row and cycle.
    pub limit: u64,
    /// Cycles of the array.
    pub cycles: u64,
    /// Cycles of SparTen's inner-joins on the same operands.
    pub sparten: u64,
    /// Published cycles of LoAS.
    pub published: u64,
    /// Published cycles of SparTen, which does not mask neurons that fire once.
    pub published_sparten: u64,
    /// Input bits of the array per cycle, on average.
    pub bits_per_cycle: f64,
}

/// Runs layers. Every spike is compared with a dense product followed by the neuron.
pub fn cycles(
    request: &Request,
    workloads: &[Workload],
    progress: &dyn Progress,
) -> Result<Vec<Measured>, ReportError> {
    let (array, sparten) =
        (Array::new(Machine::Joins(request.params.clone())), Sparten::new(request.params.rows));
    progress.start("layers", workloads.len() as u64);
    let run = |workload: &Workload| {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let measured = measure(request, workload, &array, &sparten)?;
        progress.advance(1);
        Ok(measured)
    };
    workloads.par_iter().map(run).collect()
}

fn measure(
    request: &Request,
    workload: &Workload,
    array: &Array,
    sparten: &Sparten,
) -> Result<Measured, ReportError> {
    let Workload { layer, operands, .. } = workload;
    let run = array.run(workload)?;
    let matches = operands.meeting(|word| u64::from(word != 0));
    Ok(Measured {
        network: layer.network,
        layer: layer.number,
        shape: [layer.m, layer.k, layer.n],
        matches,
        limit: matches.div_ceil(request.params.rows.into()),
        cycles: run.cycles,
        sparten: sparten.run(layer, operands)?,
        published: layer.loas,
        published_sparten: layer.sparten,
        bits_per_cycle: run.bits_in as f64 / run.cycles as f64,
    })
}
