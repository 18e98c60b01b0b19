//! Area, delay and energy of multipliers and dot-product units, in standard cells.
//!
//! In paths of many levels most of the energy is glitches, above all in the floating-point adders of the plain unit.
//! Every energy is therefore also given without them, as a power estimate from a simulation without delays would count
//! it.
//!
//! More trees save less than in the paper. There, a multiplier makes all lanes at once and waits for the trees, so
//! another tree shortens the wait. Our multipliers make as many lanes as there are trees, and the energy per product
//! hardly depends on their number: what remains is the selection of lanes, and chance in the mapping.

use crate::ReportError;
use blocks::block::Configured;
use blocks::float::fp_mul;
use blocks::pacq::{fp16_dp, pacq_dp, pacq_mul};
use rayon::prelude::*;
use serde::Serialize;
use synthesis::targets::ASIC;
use synthesis::{Request, synthesize};
use testbenches::Progress;

/// The measurements of a unit.
#[derive(Clone, Debug, Serialize)]
pub struct Unit {
    /// The unit.
    pub name: String,
    /// Products of an activation and a weight per beat.
    pub products: u64,
    /// Cycles per beat.
    pub cycles: u64,
    /// Area in 2-input gates.
    pub gate_equivalents: f64,
    /// Longest path in ns.
    pub delay: f64,
    /// Energy per product, in pJ.
    pub energy: f64,
    /// The same, if no net changed more than once per cycle.
    pub without_glitches: f64,
}

/// A comparison of two units.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// What is compared.
    pub name: String,
    /// Ratio from the measured energies.
    pub measured: f64,
    /// Ratio from the energies without glitches.
    pub without_glitches: f64,
    /// The paper's ratio.
    pub published: f64,
}

/// The paper's comparisons.
pub fn compared(units: &[Unit]) -> Vec<Compared> {
    let unit = |name: &str| units.iter().find(|unit| unit.name == name).expect("all units are there");
    let per_energy = |own: &str, other: &str, what: &str, published: f64| {
        let (own, other) = (unit(own), unit(other));
        Compared {
            name: format!("throughput per watt, {what}"),
            measured: other.energy / own.energy,
            without_glitches: other.without_glitches / own.without_glitches,
            published,
        }
    };
    // Energy x time for a number of products, at the same clock.
    let energy_delay = |own: &str, what: &str, saved: f64| {
        let (own, other) = (unit(own), unit(FP16_DP));
        let cycles = |unit: &Unit| unit.cycles as f64 / unit.products as f64;
        let times = cycles(own) / cycles(other);
        Compared {
            name: format!("energy x delay, {what}"),
            measured: own.energy / other.energy * times,
            without_glitches: own.without_glitches / other.without_glitches * times,
            published: 1.0 - saved,
        }
    };
    let ([int4_1, int4_2, int4_4], [int2_1, int2_2, int2_4]) = (INT4_DP, INT2_DP);
    vec![
        per_energy(INT4_MULTIPLIER, FP16_MULTIPLIER, "INT4 multiplier / FP16", 3.38),
        per_energy(INT2_MULTIPLIER, FP16_MULTIPLIER, "INT2 multiplier / FP16", 6.75),
        per_energy(int4_2, FP16_DP, "INT4 DP-4 / FP16", 1.39),
        per_energy(int2_2, FP16_DP, "INT2 DP-4 / FP16", 1.51),
        per_energy(int4_2, int4_1, "INT4 DP-4, 2 trees / 1", 1.33),
        per_energy(int4_4, int4_2, "INT4 DP-4, 4 trees / 2", 1.11),
        per_energy(int2_2, int2_1, "INT2 DP-4, 2 trees / 1", 1.38),
        per_energy(int2_4, int2_2, "INT2 DP-4, 4 trees / 2", 1.18),
        energy_delay(int4_2, "INT4 DP-4 / FP16", 0.704),
        energy_delay(int2_2, "INT2 DP-4 / FP16", 0.814),
    ]
}

/// A unit by name, with its products and cycles per beat.
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

/// The multiplier of FP16 numbers.
pub const FP16_MULTIPLIER: &str = "FP16 multiplier (fp_mul)";
/// The multiplier of FP16 numbers and 4-bit weights.
pub const INT4_MULTIPLIER: &str = "INT4 multiplier (pacq_mul)";
/// The multiplier of FP16 numbers and 2-bit weights.
pub const INT2_MULTIPLIER: &str = "INT2 multiplier (pacq_mul)";
/// The dot product of FP16 numbers.
pub const FP16_DP: &str = "FP16 DP-4, FP32 sum (fp16_dp)";
/// The dot products of FP16 numbers and 4-bit weights.
pub const INT4_DP: [&str; 3] =
    ["INT4 DP-4, 1 tree (pacq_dp)", "INT4 DP-4, 2 trees (pacq_dp)", "INT4 DP-4, 4 trees (pacq_dp)"];
/// The dot products of FP16 numbers and 2-bit weights.
pub const INT2_DP: [&str; 3] =
    ["INT2 DP-4, 1 tree (pacq_dp)", "INT2 DP-4, 2 trees (pacq_dp)", "INT2 DP-4, 4 trees (pacq_dp)"];

/// The programs that are needed.
pub fn needed() -> Vec<testbenches::tools::Tool> {
    synthesis::needed(&request())
}

fn request() -> Request {
    Request { gate_level_cycles: None, ..Request::new(&ASIC) }
}

/// Synthesises all units, two at a time.
pub fn all(progress: &dyn Progress) -> Result<Vec<Unit>, ReportError> {
    let candidates = candidates();
    progress.start("units in standard cells", candidates.len() as u64);
    let unit = |(name, block, products, cycles): &Candidate| {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let figures = synthesize(block.as_ref(), &request(), None)?;
        progress.advance(1);
        let missing = || ReportError::Wrong(format!("{name}: synthesis gave no figures"));
        let energy = figures.energy.as_ref().ok_or_else(missing)?;
        Ok(Unit {
            name: name.to_string(),
            products: *products,
            cycles: *cycles,
            gate_equivalents: figures.resources.gate_equivalents.ok_or_else(missing)?,
            delay: figures.timing.as_ref().ok_or_else(missing)?.delay,
            energy: energy.per_beat / *products as f64,
            without_glitches: energy.without_glitches / *products as f64,
        })
    };
    candidates.par_iter().with_max_len(1).map(unit).collect()
}
