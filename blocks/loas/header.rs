//! What the header of every module says.

use hdl::Module;

/// Describes a module: what it is and how fast, its source, its parameters.
pub fn describe(m: &Module, lines: &[&str], values: Vec<(String, String)>) {
    lines.iter().for_each(|line| m.describe(line));
    m.describe(
        "Source: R. Yin, Y. Kim, D. Wu, P. Panda, \"LoAS: Fully Temporal-Parallel Dataflow for Dual-Sparse",
    );
    m.describe("Spiking Neural Networks\", MICRO 2024, arXiv 2407.14073.");
    values.into_iter().for_each(|(name, value)| m.parameter(&name, value));
}
