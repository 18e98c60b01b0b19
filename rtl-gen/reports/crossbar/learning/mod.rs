//! Training in crossbars on real data: a network loses weights, and pulses by [`xbar_dfa`](blocks::crossbar::xbar_dfa) repair it.
//!
//! ```text
//! sample --> array --> activation --> array --> activation --> array --> softmax --> errors
//!              ^                        ^                        ^                     |
//!              +------------------------+--- pulses, by signs ---+-- deltas of a rule --+
//! ```
//!
//! Everything is in integers, so a simulator has the same numbers. Deltas, signs and feedback are those of the golden model of the
//! block. [`in_the_loop`] runs its RTL in the place of that model.

mod array;
mod data;
mod network;
mod rtl;
#[cfg(test)]
mod tests;
mod training;

pub use array::Damage;
pub use data::{Data, Labelled};
pub use rtl::InTheLoop;
pub use training::{Plan, Recovery};

use crate::ReportError;
use rayon::prelude::*;
use serde::Serialize;
use testbenches::Progress;

/// The damages of the report: the weights that are stuck at 0, in percent, and the standard deviation of the logarithm of what the others
/// drift by, in thousandths.
pub const DAMAGES: [Damage; 3] = [
    Damage { stuck_percent: 10, drift_thousandths: 600 },
    Damage { stuck_percent: 20, drift_thousandths: 1000 },
    Damage { stuck_percent: 30, drift_thousandths: 1200 },
];

/// Seeds of the networks.
const SEEDS: [u32; 3] = [1, 2, 3];

/// What samples show.
#[derive(Clone, Debug, Serialize)]
pub struct Learning {
    /// Of each damage with each seed, damage by damage.
    pub recoveries: Vec<Recovery>,
    /// An epoch of the RTL.
    pub in_the_loop: InTheLoop,
}

/// Trains networks, damages and repairs them, and runs an epoch with the RTL in the loop.
pub fn learn(data: &Data, progress: &dyn Progress) -> Result<Learning, ReportError> {
    let plan = Plan::default();
    let network = plan.network(data);
    progress.start("networks", SEEDS.len() as u64 + 1);
    let of_seed = |seed: &u32| {
        let recoveries = training::recoveries(data, &plan, &network, &DAMAGES, *seed, progress)?;
        progress.advance(1);
        Ok(recoveries)
    };
    let recoveries = SEEDS.par_iter().map(of_seed).collect::<Result<Vec<Vec<Recovery>>, ReportError>>()?;
    let by_damage =
        (0..DAMAGES.len()).flat_map(|damage| recoveries.iter().map(move |all| all[damage].clone()));
    let in_the_loop = rtl::in_the_loop(&data.train, &plan, DAMAGES[1], &network)?;
    progress.advance(1);
    Ok(Learning { recoveries: by_damage.collect(), in_the_loop })
}
