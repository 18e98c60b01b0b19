//! Which names a port of the top module must not have: Verilator makes it a member of a class in C++.

use super::words::{CPP, MACROS, MEMBERS_OF_MODEL, USED_BY_MODEL};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Why module `top`, where it is the outermost one, cannot have a port of this name, or `None` where it can. The name
/// is [legal](super::illegal) otherwise.
pub fn illegal_at_top(top: &str, port: &str) -> Option<&'static str> {
    static MEMBERS: LazyLock<HashSet<&str>> = LazyLock::new(|| set(MEMBERS_OF_MODEL));
    static USED: LazyLock<HashSet<&str>> = LazyLock::new(|| set(USED_BY_MODEL));
    static MACRO_NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| set(MACROS));
    if is_word_of_cpp(port) {
        Some("it is a word of C++, which Verilator translates to")
    } else if MEMBERS.contains(port) {
        Some("the class that Verilator makes of the design has a member of this name")
    } else if is_class_of(top, port) {
        Some("the class that Verilator makes of the design has this name")
    } else if USED.contains(port) || begins_as_in_library(port) {
        Some("Verilator's library defines it")
    } else if MACRO_NAMES.contains(port) {
        Some("it is a macro of the C library, whose headers Verilator's include")
    } else {
        None
    }
}

/// True for a word of C++, and for one that Verilator takes for such a word.
pub(super) fn is_word_of_cpp(name: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| set(CPP));
    WORDS.contains(name)
}

/// The words that a port of the top module must not be, whatever the module is called.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    [CPP, MEMBERS_OF_MODEL, USED_BY_MODEL, MACROS].into_iter().flat_map(str::split_ascii_whitespace)
}

fn set(words: &'static str) -> HashSet<&'static str> {
    words.split_ascii_whitespace().collect()
}

/// True for `Vtop` and for the macro that guards its header.
fn is_class_of(top: &str, port: &str) -> bool {
    port.strip_prefix('V') == Some(top) || port == format!("VERILATED_V{}_H_", top.to_uppercase())
}

/// `VerilatedModel`, `VlWide`, `VL_IN`, `vlSymsp`.
fn begins_as_in_library(name: &str) -> bool {
    let continues = |prefix, is_next: fn(&char) -> bool| {
        name.strip_prefix(prefix).and_then(|rest| rest.chars().next()).is_some_and(|next| is_next(&next))
    };
    name.starts_with("Verilated")
        || name.starts_with("VL_")
        || continues("Vl", char::is_ascii_uppercase)
        || continues("vl", char::is_ascii_uppercase)
}
