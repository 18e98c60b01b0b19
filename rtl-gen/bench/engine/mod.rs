//! Whatever runs a workload.

mod builtin;
mod icarus;
mod verilator;

use crate::run::Run;
use crate::workload::Workload;
use sim::{CompileOptions, Compiled, Gating, Lanes, Options, Sharing};
use std::error::Error;

pub use builtin::{Builtin, Driven};
pub use icarus::Icarus;
pub use verilator::{Optimize, Verilator};

/// Something that builds a workload and runs it.
pub trait Engine {
    /// Its name in tables and on the command line.
    fn name(&self) -> String;

    /// Whether it is so slow that it only runs a few cycles.
    fn is_slow(&self) -> bool {
        false
    }

    /// Whether it takes so long to build that a quick measurement leaves it out.
    fn is_skipped_when_quick(&self) -> bool {
        false
    }

    /// The workload, built and out of its reset.
    fn build(&self, workload: &Workload) -> Result<Box<dyn Run>, Box<dyn Error>>;
}

/// Every tier of the built-in simulator: a line each.
pub fn builtin() -> Vec<Box<dyn Engine>> {
    let compiled = |name, sharing, lanes, gating| -> Box<dyn Engine> {
        let how = CompileOptions { sharing, lanes, gating, ..CompileOptions::default() };
        Box::new(Builtin::new(name, move |netlist| Compiled::with(netlist, Options::default(), how)))
    };
    use {
        Gating::*,
        Lanes::*,
        Sharing::{Never as Flat, WherePays},
    };
    vec![
        Box::new(Builtin::new("interpreter", |netlist| sim::Interpreter::new(netlist, Options::default()))),
        compiled("compiled flat", Flat, Scalar, Never),
        compiled("compiled scalar", WherePays, Scalar, Never),
        compiled("compiled vector", WherePays, Vector, Never),
        compiled("compiled gated", WherePays, Vector, Always),
        compiled("compiled", WherePays, Vector, Adaptive),
    ]
}

/// The other installed simulators, as far as they run a workload. The first one is the newest Verilator at its
/// fastest on one thread, which all others are compared with. Its builds take most of the time of the benchmarks, so
/// its other settings only run where they tell most.
pub fn external(workload: &str) -> Result<Vec<Box<dyn Engine>>, Box<dyn Error>> {
    let mut engines: Vec<Box<dyn Engine>> = vec![];
    for (index, installed) in testbenches::verilator::Verilator::all()?.into_iter().enumerate() {
        let is_newest = index == 0;
        let ways = [
            (Optimize::Speed, 1, is_newest || matches!(workload, "datapath" | "lanes")),
            (Optimize::Build, 1, is_newest && VERDICTS.contains(&workload)),
            (Optimize::Usual, 1, is_newest && VERDICTS.contains(&workload)),
            (Optimize::Speed, 2, is_newest && workload == "lanes"),
        ];
        for (optimize, threads, _) in ways.into_iter().filter(|(.., is_wanted)| *is_wanted) {
            engines.push(Box::new(Verilator { installed: installed.clone(), optimize, threads }));
        }
    }
    engines.push(Box::new(Icarus));
    Ok(engines)
}

/// The workloads on which first verdicts are timed.
pub const VERDICTS: [&str; 3] = ["datapath", "lanes", "irregular"];
