//! Area and energy of the digital side in standard cells, and the elements of SpikeSim beside it.

use crate::ReportError;
use blocks::block::Configured;
use blocks::crossbar::{
    xbar_adc_flash, xbar_adc_sar, xbar_attention_reuse, xbar_input_driver, xbar_output_stage, xbar_sequencer,
    xbar_shift_add,
};
use rayon::prelude::*;
use serde::Serialize;
use synthesis::targets::ASIC;
use synthesis::{Request, synthesize};
use testbenches::Progress;

/// An element of SpikeSim: its name, and its energy in pJ for each use.
pub const SPIKESIM: [(&str, f64); 8] = [
    ("crossbar, RRAM", 1.764),
    ("crossbar, SRAM", 671.0),
    ("ADC", 2.031),
    ("multiplexer", 0.0942),
    ("tile buffer", 397.0),
    ("temporary buffer", 0.2),
    ("H-tree", 157.0),
    ("neuron", 5.10),
];

/// The measurements of a block.
#[derive(Clone, Debug, Serialize)]
pub struct Unit {
    /// The block.
    pub block: &'static str,
    /// What the energy is of.
    pub per: &'static str,
    /// Area in 2-input gates.
    pub gate_equivalents: f64,
    /// Longest path in ns.
    pub delay: f64,
    /// Energy in pJ.
    pub energy: f64,
}

fn candidates() -> Vec<(&'static str, &'static str, Box<dyn Configured>)> {
    // Its buffers are memories of another kind.
    let schedule = xbar_attention_reuse::Params { buffer_words: 2, word_bits: 1, ..Default::default() };
    vec![
        ("xbar_input_driver", "beat of 8 inputs", Box::new(xbar_input_driver::Params::default())),
        ("xbar_sequencer", "clock", Box::new(xbar_sequencer::Params::default())),
        ("xbar_adc_flash", "conversion", Box::new(xbar_adc_flash::Params::default())),
        ("xbar_adc_sar", "clock", Box::new(xbar_adc_sar::Params::default())),
        ("xbar_shift_add", "conversion", Box::new(xbar_shift_add::Params::default())),
        ("xbar_output_stage", "entry or sum", Box::new(xbar_output_stage::Params::default())),
        ("xbar_attention_reuse", "clock", Box::new(schedule)),
    ]
}

fn request() -> Request {
    Request { gate_level_cycles: None, ..Request::new(&ASIC) }
}

/// The programs that are needed.
pub fn needed() -> Vec<testbenches::tools::Tool> {
    synthesis::needed(&request())
}

/// Synthesises every block, two at a time.
pub fn all(progress: &dyn Progress) -> Result<Vec<Unit>, ReportError> {
    let candidates = candidates();
    progress.start("blocks in standard cells", candidates.len() as u64);
    let unit = |(name, per, block): &(&'static str, &'static str, Box<dyn Configured>)| {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let figures = synthesize(block.as_ref(), &request(), None)?;
        progress.advance(1);
        let missing = || ReportError::Wrong(format!("{name}: synthesis gave no figures"));
        Ok(Unit {
            block: name,
            per,
            gate_equivalents: figures.resources.gate_equivalents.ok_or_else(missing)?,
            delay: figures.timing.as_ref().ok_or_else(missing)?.delay,
            energy: figures.energy.as_ref().ok_or_else(missing)?.per_beat,
        })
    };
    candidates.par_iter().with_max_len(1).map(unit).collect()
}
