//! The scales of groups.

use super::DoubleBuffer;
use crate::pacq::tile::{ScaleBeat, Shape, WORDS};
use hdl::{Module, Signal};
use parts::storage::store::Store;

/// Scales and zero points of the columns of words of a group.
pub struct Scales<'m> {
    /// Those of a group are there.
    pub has_group: Signal<'m>,
    half: Signal<'m>,
    memory: Store<'m>,
    scale_bits: u32,
}

impl<'m> Scales<'m> {
    /// Takes the channel `scale`.
    pub fn new(m: &'m Module, shape: Shape, release: Signal<'m>) -> Scales<'m> {
        let input = m.input_stream("scale", &shape.scale());
        m.scope("scale", || {
            let buffer = DoubleBuffer::new(m, WORDS, input.fires(), release);
            input.set_ready(buffer.has_room);
            let ScaleBeat { scales, zeros } = input.payload;
            let memory = Store::new(m, "groups", scales.width() + zeros.width(), (2 * WORDS).into());
            let address = m.concat(&[buffer.write_half, buffer.write_index]);
            memory.write(input.fires(), address, m.concat(&[zeros, scales]));
            Scales { has_group: buffer.has_half, half: buffer.read_half, memory, scale_bits: scales.width() }
        })
    }

    /// The scales and zero points of a column of words.
    pub fn read(&self, m: &'m Module, column: Signal<'m>) -> (Signal<'m>, Signal<'m>) {
        let word = self.memory.read(m.concat(&[self.half, column])).named("group_scale");
        (word.low(self.scale_bits), word.high(word.width() - self.scale_bits))
    }
}
