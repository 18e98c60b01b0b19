//! Area, delay and energy of multipliers and dot-product units, in standard cells.

use crate::ReportError;
use blocks::block::Configured;
use blocks::float::fp_mul;
use blocks::pacq::{fp16_dp, pacq_dp, pacq_mul};
use rayon::prelude::*;
use serde::Serialize;
use synthesis::{Request, Target, synthesize};
use testbenches::{Progress, VerifyError};

/// What a unit takes.
#[derive(Clone, Debug, Serialize)]
pub struct Unit {
    /// The unit.
    pub name: String,
    /// Products of an activation and a weight in a beat.
    pub products: u64,
    /// Cycles of a beat.
    pub cycles: u64,
    /// In gates of two inputs.
    pub gate_equivalents: f64,
    /// Longest path in ns.
    pub delay: f64,
    /// Energy of a product in pJ, glitches included.
    pub energy: f64,
}

impl Unit {
    /// Products for an amount of energy, compared with another unit's.
    pub fn per_energy(&self, other: &Unit) -> f64 {
        other.energy / self.energy
    }

    /// Energy times time of a number of products at the same clock, compared with another unit's.
    pub fn energy_delay(&self, other: &Unit) -> f64 {
        let cycles = |unit: &Unit| unit.cycles as f64 / unit.products as f64;
        self.energy * cycles(self) / (other.energy * cycles(other))
    }
}

/// A unit by its name, with the products and cycles of a beat.
type Candidate = (&'static str, Box<dyn Configured>, u64, u64);

fn candidates() -> Vec<Candidate> {
    let multiplier = |weight_bits| -> Box<dyn Configured> {
        Box::new(pacq_mul::Params { weight_bits, ..pacq_mul::Params::default() })
    };
    let dot = |weight_bits, trees| -> Box<dyn Configured> {
        Box::new(pacq_dp::Params { weight_bits, trees, max_k: 128, ..pacq_dp::Params::default() })
    };
    vec![
        (FP16_MULTIPLIER, Box::new(fp_mul::Params::default()), 1, 1),
        (INT4_MULTIPLIER, multiplier(4), 4, 1),
        (INT2_MULTIPLIER, multiplier(2), 8, 1),
        (FP16_DP, Box::new(fp16_dp::Params::default()), 4, 1),
        (INT4_DP[0], dot(4, 1), 16, 4),
        (INT4_DP[1], dot(4, 2), 16, 2),
        (INT4_DP[2], dot(4, 4), 16, 1),
        (INT2_DP[0], dot(2, 1), 32, 8),
        (INT2_DP[1], dot(2, 2), 32, 4),
        (INT2_DP[2], dot(2, 4), 32, 2),
    ]
}

/// Names of the units.
pub const FP16_MULTIPLIER: &str = "FP16 multiplier (fp_mul)";
pub const INT4_MULTIPLIER: &str = "INT4 multiplier (pacq_mul)";
pub const INT2_MULTIPLIER: &str = "INT2 multiplier (pacq_mul)";
pub const FP16_DP: &str = "FP16 DP-4, FP32 sum (fp16_dp)";
pub const INT4_DP: [&str; 3] =
    ["INT4 DP-4, 1 tree (pacq_dp)", "INT4 DP-4, 2 trees (pacq_dp)", "INT4 DP-4, 4 trees (pacq_dp)"];
pub const INT2_DP: [&str; 3] =
    ["INT2 DP-4, 1 tree (pacq_dp)", "INT2 DP-4, 2 trees (pacq_dp)", "INT2 DP-4, 4 trees (pacq_dp)"];

/// The programs that are needed.
pub fn needed() -> Vec<testbenches::tools::Tool> {
    synthesis::needed(&request())
}

fn request() -> Request {
    Request { gate_level_cycles: None, ..Request::new(Target::Asic) }
}

/// Synthesises all units, two at a time.
pub fn all(progress: &dyn Progress) -> Result<Vec<Unit>, ReportError> {
    let candidates = candidates();
    progress.start("units in standard cells", candidates.len() as u64);
    let unit = |(name, block, products, cycles): &Candidate| {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let figures = synthesize(block.as_ref(), &request(), None).map_err(failed)?;
        progress.advance(1);
        let missing = || ReportError::Wrong(format!("{name}: synthesis gave no figures"));
        Ok(Unit {
            name: name.to_string(),
            products: *products,
            cycles: *cycles,
            gate_equivalents: figures.resources.gate_equivalents.ok_or_else(missing)?,
            delay: figures.timing.as_ref().ok_or_else(missing)?.delay,
            energy: figures.energy.as_ref().ok_or_else(missing)?.per_beat / *products as f64,
        })
    };
    candidates.par_iter().with_max_len(1).map(unit).collect()
}

fn failed(error: VerifyError) -> ReportError {
    ReportError::Wrong(error.to_string())
}
