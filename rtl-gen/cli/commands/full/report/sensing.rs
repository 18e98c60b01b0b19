//! `gen-rtl report sensing`.

use super::show;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::number;
use crate::terminal::progress::Bar;
use crate::terminal::table::Table;
use clap::Args;
use indicatif::HumanCount;
use reports::ReportError;
use reports::sensing::{self, Balance, Gating, Guarded};
use serde::Serialize;
use std::io::Write;

/// Measure a loop of sensors, hardware and action: work that a gate saves, faults that a watchdog catches
///
/// A pole on a cart is balanced by the RTL of `stream_watchdog`, `event_gate` and `xbar_mvm`, whose product with what has changed is
/// added to the force. The gate's thresholds decide how much is computed. Then sensors fail in four ways, with the watchdog and
/// without. `rtl-gen/reports/sensing/README.md` describes the loop.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl report sensing
  gen-rtl report sensing --seed 7 --json

Exit status: 0 done; 2 wrong usage, or an answer was wrong; 130 Ctrl-C.")]
pub struct SensingReport {
    /// Seed of the noise of sensors, and of pushes
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// All measurements.
#[derive(Serialize)]
struct SensingView {
    seed: u64,
    frames: usize,
    balances: Vec<Balance>,
    guarded: Vec<Guarded>,
}

impl SensingReport {
    /// Measures and prints.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        show(out, self.json, |bar| self.measure(bar), print)
    }

    fn measure(&self, bar: &Bar) -> Result<SensingView, ReportError> {
        Ok(SensingView {
            seed: self.seed,
            frames: sensing::FRAMES,
            balances: sensing::balances(self.seed, bar)?,
            guarded: sensing::guarded(self.seed, bar)?,
        })
    }
}

fn print(out: &mut dyn Write, view: &SensingView) -> Result<(), Error> {
    writeln!(
        out,
        "a pole balanced for {} frames of 4 samples by the RTL: every product agrees with integers\n{}",
        HumanCount(view.frames as u64),
        balances(view)
    )?;
    writeln!(
        out,
        "the same with sensors that fail for {} frames at a time: greatest angle with stream_watchdog and without\n{}",
        sensing::LASTS,
        guarded(&view.guarded)
    )?;
    Ok(())
}

fn balances(view: &SensingView) -> Table {
    let mut table = Table::new([
        "event_gate",
        ">samples sent",
        ">products",
        ">clocks of xbar_mvm",
        ">clocks saved",
        ">rms angle, mrad",
        ">greatest",
    ]);
    let all = view.balances.iter().find(|balance| balance.gating.is_none());
    for balance in &view.balances {
        let saved = all.map(|all| 100.0 * (1.0 - balance.clocks as f64 / all.clocks as f64));
        table.row([
            match balance.gating {
                None => "none".into(),
                Some(Gating { enter, leave }) => format!("changes > {enter}, then > {leave}"),
            },
            HumanCount(balance.sent).to_string(),
            HumanCount(balance.products).to_string(),
            HumanCount(balance.clocks).to_string(),
            saved.map_or("-".into(), |saved| format!("{saved:.1} %")),
            format!("{:.1}", balance.rms_angle),
            greatest(balance),
        ]);
    }
    table
}

fn greatest(balance: &Balance) -> String {
    match balance.fell {
        Some(frame) => format!("fell in frame {frame}"),
        None => format!("{:.0}", balance.greatest_angle),
    }
}

fn guarded(runs: &[Guarded]) -> Table {
    let mut table =
        Table::new(["samples", ">faults", ">caught", ">false alarms", ">with, mrad", ">without, mrad"]);
    for run in runs {
        table.row([
            run.fault.name().into(),
            run.faults.to_string(),
            run.caught.to_string(),
            run.false_alarms.to_string(),
            greatest(&run.with_watchdog),
            greatest(&run.without),
        ]);
    }
    table
}
