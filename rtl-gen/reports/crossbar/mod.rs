#![doc = include_str!("README.md")]

pub mod attention;
mod chain;
mod controllers;
pub mod costs;
pub mod digital;
pub mod learning;
mod programming;
mod read_out;
pub mod rules;
#[cfg(test)]
mod tests;

pub use attention::{Encoders, Reuse};
pub use controllers::{Controller, controllers};
pub use costs::{Cost, Costs, Part};
pub use digital::Unit;
pub use programming::{Programming, programming};
pub use read_out::{ProcessingElement, ReadOut, SPIKESIM_CLOCKS, processing_elements, read_outs};
pub use rules::{Latency, latencies};

use serde::Serialize;

/// A section that is not in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// What it shows.
    pub section: &'static str,
    /// What brings it in.
    pub needs: &'static str,
}

/// The section that data bring in.
pub const WITHOUT_DATA: Missing = Missing {
    section: "accuracy under damage",
    needs: "--data DIR, samples that scripts/japanese-vowels DIR gets",
};

/// The section that synthesis brings in.
pub const WITHOUT_SYNTHESIS: Missing = Missing {
    section: "area and energy of the digital side, and of DFA against BP",
    needs: "--synth, which takes Yosys and OpenSTA about a minute",
};
