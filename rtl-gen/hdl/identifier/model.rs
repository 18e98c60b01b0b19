//! Illegal names for ports of the top module: Verilator makes them members of a C++ class.

use super::words::HOSTILE;
use super::{Reasons, by_word};
use std::sync::LazyLock;

/// Why module `top`, if it is the outermost one, cannot have a port of this name, or `None` if it can. The name is
/// [legal](super::illegal) otherwise.
pub fn illegal_at_top(top: &str, port: &str) -> Option<&'static str> {
    static WORDS: LazyLock<Reasons> = LazyLock::new(|| by_word(&HOSTILE));
    let class =
        is_class_of(top, port).then_some("the class that Verilator makes of the design has this name");
    let library = begins_as_in_library(port).then_some("Verilator's library defines it");
    WORDS.get(port).copied().or(class).or(library)
}

/// True for `Vtop` and for the include guard of its header.
fn is_class_of(top: &str, port: &str) -> bool {
    port.strip_prefix('V') == Some(top) || port == format!("VERILATED_V{}_H_", top.to_uppercase())
}

/// `VerilatedModel`, `VlWide`, `VL_IN`, `vlSymsp`.
fn begins_as_in_library(name: &str) -> bool {
    let continues = |prefix| {
        name.strip_prefix(prefix).is_some_and(|rest: &str| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    name.starts_with("Verilated") || name.starts_with("VL_") || continues("Vl") || continues("vl")
}
