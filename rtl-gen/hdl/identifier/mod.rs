//! Names that are legal in Verilog.

mod model;
mod words;

pub use model::illegal_at_top;

use std::collections::HashMap;
use std::sync::LazyLock;
use words::{HOSTILE, RESERVED, Words};

/// True for a reserved word: no tool accepts it as a name.
pub fn is_reserved(name: &str) -> bool {
    reserved(name).is_some()
}

/// Why `name` is illegal in Verilog, or `None` if it is legal. A port of the top module must also not be [illegal
/// there](illegal_at_top).
pub fn illegal(name: &str) -> Option<&'static str> {
    let legal_start = |c: char| c.is_ascii_alphabetic() || c == '_';
    match name.chars().next() {
        None => Some("it is empty"),
        Some(first) if !legal_start(first) => Some("it must begin with a letter or an underscore"),
        _ if name.chars().any(|c| !legal_start(c) && !c.is_ascii_digit()) => {
            Some("only letters, digits and underscores are legal")
        }
        _ => reserved(name),
    }
}

/// Every word that is legal in Verilog, but not as a port of the top module. Elsewhere, Verilator adds a prefix.
pub fn hostile_words() -> impl Iterator<Item = &'static str> {
    HOSTILE.iter().flat_map(|(words, _)| words.split_ascii_whitespace())
}

/// Every word that is reserved.
pub fn reserved_words() -> impl Iterator<Item = &'static str> {
    RESERVED.iter().flat_map(|(words, _)| words.split_ascii_whitespace())
}

/// Why a word is reserved.
fn reserved(name: &str) -> Option<&'static str> {
    static WORDS: LazyLock<Reasons> = LazyLock::new(|| by_word(&RESERVED));
    WORDS.get(name).copied()
}

/// Why each word is illegal.
type Reasons = HashMap<&'static str, &'static str>;

fn by_word(lists: &[Words]) -> Reasons {
    let pairs = |&(words, reason): &Words| words.split_ascii_whitespace().map(move |word| (word, reason));
    lists.iter().flat_map(pairs).collect()
}
