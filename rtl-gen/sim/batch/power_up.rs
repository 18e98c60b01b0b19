//! The state of every lane at power-up.

use super::compiled::Compiled;
use super::gates::Storage;
use super::rows::Rows;
use super::words::Words;
use crate::power_up::{PowerUp, initial_words};
use crate::{BuildError, Initial};
use hdl::{Bits, limbs_for};

/// The source of a lane's initial state; with random state, each lane has a seed of its own.
fn initial_of_lane(initial: Initial, lane: usize) -> Initial {
    match initial {
        Initial::Zero => Initial::Zero,
        Initial::Random(seed) => Initial::Random(seed.wrapping_add(lane as u64)),
    }
}

/// The registers of all lanes and the memories that are kept like registers, and the words of the other memories.
pub fn power_up(compiled: &Compiled, initial: Initial) -> Result<(Rows, Vec<Option<Words>>), BuildError> {
    let lanes = compiled.isa.lanes();
    let mut state = Rows::zero(compiled.logic.state_rows as usize, compiled.isa.words());
    for lane in 0..lanes {
        let mut values = PowerUp::new(initial_of_lane(initial, lane), compiled.flat.clocking.style);
        for (register, rows) in compiled.flat.registers.iter().zip(&compiled.logic.registers) {
            let value = values.register(rows.len() as u32, register.reset.as_ref());
            set_lane(&mut state, rows.start, lane, &value);
        }
    }
    let mut memories = vec![];
    for (index, memory) in compiled.flat.memories.iter().enumerate() {
        let words = |lane| initial_words(memory, initial_of_lane(initial, lane), index);
        memories.push(match &compiled.logic.memories[index] {
            Storage::Logic => None,
            Storage::Words => Some(Words::new(memory, lanes, words)?),
            Storage::Cells(rows) => {
                for lane in 0..lanes {
                    let words = words(lane);
                    let places = rows.clone().step_by(memory.width as usize);
                    for (limbs, row) in words.chunks(limbs_for(memory.width)).zip(places) {
                        set_lane(&mut state, row, lane, &Bits::from_limbs(memory.width, limbs));
                    }
                }
                None
            }
        });
    }
    Ok((state, memories))
}

/// Sets the bits of one lane, from a row up.
pub fn set_lane(rows: &mut Rows, first: u32, lane: usize, value: &Bits) {
    (0..value.width()).for_each(|bit| rows.set_bit(first + bit, lane, value.bit(bit)));
}

/// The bits of one lane, in some rows.
pub fn lane_value(rows: &Rows, of: std::ops::Range<u32>, lane: usize) -> Bits {
    let mut value = Bits::zero(of.len() as u32);
    of.clone().for_each(|row| value.set_bit(row - of.start, rows.bit(row, lane)));
    value
}
