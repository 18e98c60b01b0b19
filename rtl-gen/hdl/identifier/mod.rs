//! Which names Verilog takes as they are.

mod model;
mod words;

pub use model::illegal_at_top;

use std::collections::HashMap;
use std::sync::LazyLock;

/// True for a word that a name must not be: then no tool reads the file.
pub fn is_reserved(name: &str) -> bool {
    reserved(name).is_some()
}

/// True for a word that is legal in Verilog, and that some tool has a use for where it is a port of the top module. A
/// name of the generator's choice avoids it everywhere.
pub fn is_hostile(name: &str) -> bool {
    is_reserved(name) || model::is_word_of_cpp(name)
}

/// Why `name` cannot stand in Verilog as it is, or `None` where it can. A port of the top module must also not be
/// [illegal there](illegal_at_top).
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

/// Every word that is legal in Verilog, and not as a port of the top module.
pub fn hostile_words() -> impl Iterator<Item = &'static str> {
    model::words()
}

/// Every word that is reserved.
pub fn reserved_words() -> impl Iterator<Item = &'static str> {
    words::RESERVED.iter().flat_map(|(list, _)| list.split_ascii_whitespace())
}

/// Why a word is reserved.
fn reserved(name: &str) -> Option<&'static str> {
    static WORDS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        let words = |(list, reason): &(&'static str, &'static str)| {
            list.split_ascii_whitespace().map({
                let reason = *reason;
                move |word| (word, reason)
            })
        };
        words::RESERVED.iter().flat_map(words).collect()
    });
    WORDS.get(name).copied()
}
