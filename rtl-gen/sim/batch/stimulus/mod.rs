//! Stimulus that is generated inside a batch.
//!
//! A stimulus is a numbered set of cases. Any of them can be made without the ones before it, and it is the same in
//! every lane of every instruction set, so threads share a stimulus, and a failing case is identified by its number.

mod corners;
mod every;
mod random;

pub use corners::Corners;
pub use every::EveryCase;
pub use random::RandomCases;

use super::Batch;
use hdl::Bits;

/// A numbered set of cases, each a value for some input ports.
pub trait Stimulus: Send + Sync {
    /// Number of cases; `None` if it does not fit a `u64`.
    fn count(&self) -> Option<u64>;

    /// The case with a number: ports with their values.
    fn case(&self, number: u64) -> Vec<(usize, Bits)>;

    /// Drives the inputs of lane `i` with case `first + i`. Beyond the last case, they start again from case 0. Panics
    /// if `first` is not a multiple of the number of lanes.
    fn poke(&self, batch: &mut Batch, first: u64);
}

/// An input port and where its bits are among those of all the ports of a stimulus.
#[derive(Clone, Copy, Debug)]
struct Field {
    port: usize,
    low: u32,
    width: u32,
}

/// The ports side by side, the first one lowest, and the width of all of them.
fn fields(batch: &Batch, ports: &[usize]) -> (Vec<Field>, u32) {
    let mut low = 0;
    let field = |&port: &usize| {
        let width = batch.ports()[port].width;
        low += width;
        Field { port, low: low - width, width }
    };
    (ports.iter().map(field).collect(), low)
}

fn check_first(batch: &Batch, first: u64) {
    let lanes = batch.lanes();
    assert!(first.is_multiple_of(lanes as u64), "case {first} is not the first of {lanes}");
}
