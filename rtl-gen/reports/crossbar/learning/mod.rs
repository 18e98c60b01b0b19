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

pub use array::{Damage, Damaged, Noise};
pub use data::{Data, Labelled};
pub use rtl::InTheLoop;
pub use training::{Noisy, Plan, Recovery, Repair};

use crate::ReportError;
use rayon::prelude::*;
use serde::Serialize;
use testbenches::Progress;

/// The damages of the report, from light to heavy.
const DEGREES: [(u32, u32); 3] = [(10, 600), (20, 1000), (30, 1200)];

/// The damage of weights, or of cells, of a degree.
pub const fn damage(of: Damaged, degree: usize) -> Damage {
    let (stuck_percent, drift_thousandths) = DEGREES[degree];
    Damage { of, stuck_percent, drift_thousandths }
}

/// The middle one.
const MIDDLE: Damage = damage(Damaged::Weights, 1);

/// The noises of the report.
pub const NOISES: [Noise; 2] =
    [Noise { programming_percent: 0, read_percent: 0 }, Noise { programming_percent: 10, read_percent: 5 }];

/// Seeds of the networks.
const SEEDS: [u32; 3] = [1, 2, 3];

/// What samples show.
#[derive(Clone, Debug, Serialize)]
pub struct Learning {
    /// Of each damage with each seed, damage by damage.
    pub recoveries: Vec<Recovery>,
    /// Of the middle damage by each form of updates with each seed, form by form.
    pub repairs: Vec<Repair>,
    /// Of each noise with each seed, noise by noise.
    pub noisy: Vec<Noisy>,
    /// An epoch of the RTL.
    pub in_the_loop: InTheLoop,
}

/// Trains networks, damages and repairs them, and runs an epoch with the RTL in the loop.
pub fn learn(data: &Data, progress: &dyn Progress) -> Result<Learning, ReportError> {
    let plan = Plan::default();
    let network = plan.network(data);
    progress.start("networks", SEEDS.len() as u64 + 1);
    let damages: Vec<Damage> = [Damaged::Weights, Damaged::Cells]
        .into_iter()
        .flat_map(|of| (0..DEGREES.len()).map(move |degree| damage(of, degree)))
        .collect();
    let of_seed = |seed: &u32| {
        let trained = training::trained(data, &plan, &network, *seed, progress)?;
        let recoveries = training::recoveries(data, &trained, &damages, progress)?;
        let repairs = training::repairs(data, &trained, MIDDLE, progress)?;
        let noisy = |noise: &Noise| training::noisy(data, &plan, &network, *noise, *seed, progress);
        let noisy = NOISES.iter().map(noisy).collect::<Result<Vec<Noisy>, ReportError>>()?;
        progress.advance(1);
        Ok((recoveries, repairs, noisy))
    };
    let of_seeds = SEEDS.par_iter().map(of_seed).collect::<Result<Vec<_>, ReportError>>()?;
    let in_the_loop = rtl::in_the_loop(&data.train, &plan, MIDDLE, &network)?;
    progress.advance(1);
    let (mut recoveries, mut repairs, mut noisy) = (vec![], vec![], vec![]);
    for (own_recoveries, own_repairs, own_noisy) in of_seeds {
        recoveries.push(own_recoveries);
        repairs.push(own_repairs);
        noisy.push(own_noisy);
    }
    Ok(Learning {
        recoveries: by_setting(recoveries),
        repairs: by_setting(repairs),
        noisy: by_setting(noisy),
        in_the_loop,
    })
}

/// What each seed found in each setting, setting by setting.
fn by_setting<T>(of_seeds: Vec<Vec<T>>) -> Vec<T> {
    let mut of_seeds: Vec<_> = of_seeds.into_iter().map(Vec::into_iter).collect();
    let mut all = vec![];
    loop {
        let next: Vec<T> = of_seeds.iter_mut().filter_map(Iterator::next).collect();
        if next.is_empty() {
            return all;
        }
        all.extend(next);
    }
}
