//! Parts on their own: compared with plain Rust, and their contracts asserted.

mod arithmetic;
mod axi;
mod coding;
mod pages;
mod registers;
mod storage;
mod stream;
mod support;

use parts::{PARTS, Part};
use support::Bench;

/// The part of a name.
fn part(name: &str) -> &'static Part {
    PARTS.iter().find(|part| part.name == name).expect("there is such a part")
}

/// The example of the part of a name, on the simulator.
fn bench(name: &str) -> Bench {
    Bench::new(part(name).example)
}
