//! The activations of tiles.

use super::{DoubleBuffer, Loops};
use crate::pacq::tile::{ROWS, Shape, UNITS};
use hdl::{Module, Ram, Signal, index_width};

/// The activations of a tile, in a memory for each unit: from each beat, the activations that the units need.
pub struct Activations<'m> {
    /// A tile is there.
    pub has_tile: Signal<'m>,
    half: Signal<'m>,
    banks: Vec<Ram<'m>>,
}

impl<'m> Activations<'m> {
    /// Takes the channel `a`.
    pub fn new(m: &'m Module, shape: Shape, release: Signal<'m>) -> Activations<'m> {
        let input = m.input_stream("a", &shape.a());
        m.scope("a", || {
            let steps = shape.steps();
            let buffer = DoubleBuffer::new(m, ROWS * steps, input.fires(), release);
            input.set_ready(buffer.has_room);
            // The bits of the index: row of the unit, unit, step.
            let of_step = if steps > 1 { index_width(steps.into()) } else { 0 };
            let index = buffer.write_index;
            let unit = index.slice(of_step + 1, of_step);
            let row = index.high(2);
            let address = match of_step {
                0 => m.concat(&[buffer.write_half, row]),
                bits => m.concat(&[buffer.write_half, row, index.low(bits)]),
            };
            let bank = |number: u32| {
                let memory =
                    m.memory(&format!("rows{number}"), shape.terms * 16, u64::from(2 * ROWS / UNITS * steps));
                memory.write(input.fires() & unit.eq(u64::from(number)), address, input.payload.activations);
                memory
            };
            let banks = (0..UNITS).map(bank).collect();
            Activations { has_tile: buffer.has_half, half: buffer.read_half, banks }
        })
    }

    /// What each unit reads in a step.
    pub fn read(&self, m: &'m Module, loops: &Loops<'m>) -> Vec<Signal<'m>> {
        let address = loops.address(m, &[self.half, loops.row]);
        self.banks.iter().map(|bank| bank.read(address)).collect()
    }
}
