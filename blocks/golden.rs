//! What runs beside a block: its golden model, and what finds coverage points.

use hdl::Bits;

/// Watches the beats that enter a block, in their order, for coverage points.
pub trait Observe: Send {
    /// Reports to `hit` the index of each coverage point that a beat of an input channel reaches.
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize));
}

impl<F: FnMut(usize, &[Bits], &mut dyn FnMut(usize)) + Send> Observe for F {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        self(channel, beat, hit);
    }
}

/// A golden model: what a block must answer, beat for beat.
pub trait Model: Send {
    /// Takes a beat of input channel `channel`, and gives `emit` each beat that the block then owes, with the
    /// index of its output channel. A field without a value may be anything.
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>]));
}
