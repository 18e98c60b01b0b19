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

/// An element of SpikeSim, in 65 nm.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    /// Its name.
    pub name: &'static str,
    /// Energy in pJ for each use.
    pub energy: f64,
    /// Area in square micrometres, where it is published.
    pub area: Option<f64>,
}

/// An array of 64 x 64; a use is the read of a column of each converter.
pub const CROSSBAR: Element = Element { name: "crossbar, RRAM", energy: 1.764, area: Some(26.2) };

/// A flash converter of 4 bits; a use is a conversion.
pub const ADC: Element = Element { name: "ADC", energy: 2.031, area: Some(694.0) };

/// What connects the columns of a converter to it.
pub const MULTIPLEXER: Element = Element { name: "multiplexer", energy: 0.0942, area: Some(46.0) };

/// All of them.
pub const SPIKESIM: [Element; 8] = [
    CROSSBAR,
    Element { name: "crossbar, SRAM", energy: 671.0, area: None },
    ADC,
    MULTIPLEXER,
    Element { name: "tile buffer", energy: 397.0, area: None },
    Element { name: "temporary buffer", energy: 0.2, area: None },
    Element { name: "H-tree", energy: 157.0, area: None },
    Element { name: "neuron", energy: 5.10, area: None },
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
    /// Area in square micrometres.
    pub area: f64,
    /// Longest path in ns.
    pub delay: f64,
    /// Energy in pJ.
    pub energy: f64,
}

/// What an energy is of.
#[derive(Clone, Copy)]
pub(super) enum Per {
    /// A beat of the block's first input.
    Beat(&'static str),
    Clock,
}

fn candidates() -> Vec<(&'static str, Per, Box<dyn Configured>)> {
    // Its buffers are memories of another kind.
    let schedule = xbar_attention_reuse::Params { buffer_words: 2, word_bits: 1, ..Default::default() };
    vec![
        (DRIVER, Per::Beat("beat of 8 inputs"), Box::new(xbar_input_driver::Params::default())),
        (SEQUENCER, Per::Clock, Box::new(xbar_sequencer::Params::default())),
        (FLASH, Per::Beat("conversion"), Box::new(xbar_adc_flash::Params::default())),
        ("xbar_adc_sar", Per::Clock, Box::new(xbar_adc_sar::Params::default())),
        (SHIFT_ADD, Per::Beat("conversion"), Box::new(xbar_shift_add::Params::default())),
        // Its first input is its table, which few beats are of.
        ("xbar_output_stage", Per::Clock, Box::new(xbar_output_stage::Params::default())),
        ("xbar_attention_reuse", Per::Clock, Box::new(schedule)),
    ]
}

/// The blocks that read an array.
pub(super) const DRIVER: &str = "xbar_input_driver";
pub(super) const SEQUENCER: &str = "xbar_sequencer";
pub(super) const FLASH: &str = "xbar_adc_flash";
pub(super) const SHIFT_ADD: &str = "xbar_shift_add";

fn request() -> Request {
    Request { gate_level_cycles: None, ..Request::new(&ASIC) }
}

/// The programs that are needed.
pub fn needed() -> Vec<testbenches::tools::Tool> {
    synthesis::needed(&request())
}

/// Synthesises a block.
pub(super) fn unit(name: &'static str, per: Per, block: &dyn Configured) -> Result<Unit, ReportError> {
    let figures = synthesize(block, &request(), None)?;
    let missing = || ReportError::Wrong(format!("{name}: synthesis gave no figures"));
    let energy = figures.energy.as_ref().ok_or_else(missing)?;
    let (per, energy) = match per {
        Per::Beat(per) => (per, energy.per_beat),
        Per::Clock => ("clock", energy.per_beat * energy.beats as f64 / energy.cycles as f64),
    };
    Ok(Unit {
        block: name,
        per,
        gate_equivalents: figures.resources.gate_equivalents.ok_or_else(missing)?,
        area: figures.resources.area.ok_or_else(missing)?,
        delay: figures.timing.as_ref().ok_or_else(missing)?.delay,
        energy,
    })
}

/// Synthesises every block, two at a time.
pub fn all(progress: &dyn Progress) -> Result<Vec<Unit>, ReportError> {
    let candidates = candidates();
    progress.start("blocks in standard cells", candidates.len() as u64);
    let measured = |(name, per, block): &(&'static str, Per, Box<dyn Configured>)| {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let unit = unit(name, *per, block.as_ref())?;
        progress.advance(1);
        Ok(unit)
    };
    candidates.par_iter().with_max_len(1).map(measured).collect()
}
