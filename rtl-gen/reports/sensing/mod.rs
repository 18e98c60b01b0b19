#![doc = include_str!("README.md")]

mod chain;
mod faults;
mod plant;
#[cfg(test)]
mod tests;

pub use chain::Gating;
pub use faults::{Fault, LASTS};

use crate::ReportError;
use chain::Chain;
use faults::Faults;
use plant::{Pole, Sensors};
use serde::Serialize;
use testbenches::Progress;

/// Frames of a run: 40 seconds.
pub const FRAMES: usize = 2000;

/// The thresholds of the gate that are compared, in steps of a sensor: `in_enter` and `in_leave`. None: there is no gate.
const THRESHOLDS: [Option<Gating>; 6] = [
    None,
    Some(Gating { enter: 0, leave: 0 }),
    Some(Gating { enter: 4, leave: 2 }),
    Some(Gating { enter: 8, leave: 4 }),
    CHOSEN,
    Some(Gating { enter: 32, leave: 16 }),
];

/// Those of the runs with faults.
const CHOSEN: Option<Gating> = Some(Gating { enter: 16, leave: 8 });

/// What the controller had to do for a run, and how well it balanced the pole.
#[derive(Clone, Debug, Serialize)]
pub struct Balance {
    /// The thresholds of the gate, if there is one.
    pub gating: Option<Gating>,
    /// Samples that reached the controller.
    pub sent: u64,
    /// Its products.
    pub products: u64,
    /// Their clocks.
    pub clocks: u64,
    /// Root of the mean square of the angle, in thousandths of a radian.
    pub rms_angle: f64,
    /// The greatest angle.
    pub greatest_angle: f64,
    /// The frame in which the pole fell, if it did.
    pub fell: Option<usize>,
}

/// A run with faults of a kind.
#[derive(Clone, Debug, Serialize)]
pub struct Guarded {
    /// What the sensors did.
    pub fault: Fault,
    /// How often, each time for some frames.
    pub faults: u64,
    /// Those that the watchdog flagged.
    pub caught: u64,
    /// Samples that it flagged although they were right.
    pub false_alarms: u64,
    /// With the watchdog.
    pub with_watchdog: Balance,
    /// Without it.
    pub without: Balance,
}

/// Balances the pole with each threshold.
pub fn balances(seed: u64, progress: &dyn Progress) -> Result<Vec<Balance>, ReportError> {
    progress.start("runs without faults", THRESHOLDS.len() as u64);
    let run = |gating: Option<Gating>| {
        let mut run = Run { faults: Faults::none(), chain: Chain::new(gating, false)?, seed };
        let balance = run.balance(progress)?.balance;
        progress.advance(1);
        Ok(balance)
    };
    THRESHOLDS.into_iter().map(run).collect()
}

/// Balances it with faults of each kind, with a watchdog and without.
pub fn guarded(seed: u64, progress: &dyn Progress) -> Result<Vec<Guarded>, ReportError> {
    progress.start("runs with faults", Fault::ALL.len() as u64);
    let run = |fault: Fault| {
        let of = |has_watchdog| {
            let mut run = Run { faults: Faults::of(fault), chain: Chain::new(CHOSEN, has_watchdog)?, seed };
            run.balance(progress)
        };
        let (with, without): (Ended, Ended) = (of(true)?, of(false)?);
        progress.advance(1);
        Ok(Guarded {
            fault,
            faults: with.faults,
            caught: with.caught,
            false_alarms: with.false_alarms,
            with_watchdog: with.balance,
            without: without.balance,
        })
    };
    Fault::ALL.into_iter().map(run).collect()
}

/// A pole, its sensors, and the hardware between them and the action.
struct Run {
    faults: Faults,
    chain: Chain,
    seed: u64,
}

/// A run that has ended.
struct Ended {
    balance: Balance,
    faults: u64,
    caught: u64,
    false_alarms: u64,
}

impl Run {
    fn balance(&mut self, progress: &dyn Progress) -> Result<Ended, ReportError> {
        let (mut pole, mut sensors) = (Pole::new(), Sensors::new(self.seed));
        let (mut squares, mut greatest, mut fell, mut frames) = (0.0, 0.0f64, None, 0);
        let (mut caught, mut false_alarms) = (vec![], 0);
        for frame in 0..FRAMES {
            if progress.is_cancelled() {
                return Err(ReportError::Cancelled);
            }
            sensors.push(&mut pole, frame);
            let right = sensors.measure(&pole);
            let (seen, wrong) = self.faults.of_frame(frame, &right);
            let flagged = self.chain.frame(&seen)?;
            match wrong {
                Some(number) if flagged > 0 => caught.push(number),
                Some(_) => {}
                None => false_alarms += flagged,
            }
            pole.step(self.chain.force());
            squares += pole.angle() * pole.angle();
            greatest = greatest.max(pole.angle().abs());
            frames += 1;
            if pole.has_fallen() {
                fell = Some(frame);
                break;
            }
        }
        caught.dedup();
        let balance = Balance {
            gating: self.chain.gating,
            sent: self.chain.sent,
            products: self.chain.controller.products,
            clocks: self.chain.controller.clocks,
            rms_angle: 1e3 * (squares / f64::from(frames)).sqrt(),
            greatest_angle: 1e3 * greatest,
            fell,
        };
        Ok(Ended { balance, faults: self.faults.count(), caught: caught.len() as u64, false_alarms })
    }
}
