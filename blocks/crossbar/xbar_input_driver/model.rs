//! The golden model: a vector of integers to phases.

use super::params::{Params, Slot};
use crate::common::lanes::{apart_unsigned, flag, joined};
use crate::common::row_framing::{Place, RowsOfBeats};
use crate::crossbar::phase::Encoding;
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;

/// A phase of a vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Driven {
    /// Which.
    pub slot: Slot,
    /// The rows that are driven.
    pub rows: Vec<bool>,
}

/// The magnitude of an input, which is driven bit by bit, and whether it is driven in the phases of negative ones.
fn magnitude(params: &Params, input: u64) -> (u64, bool) {
    let size = 1 << params.input_bits;
    match params.encoding {
        Encoding::Unsigned | Encoding::TwosComplement => (input, false),
        Encoding::SignMagnitude if input >= size / 2 => (size - input, true),
        Encoding::SignMagnitude => (input, false),
    }
}

/// The phases of a vector, whose inputs are given modulo 2^bits. Rows behind the last input are 0.
pub fn phases(params: &Params, inputs: &[u64], skip_zeros: bool) -> Vec<Driven> {
    let driven = |slot: Slot| {
        let is_driven = |row: u32| {
            let (magnitude, is_negative) = magnitude(params, inputs.get(row as usize).copied().unwrap_or(0));
            let is_of_block = row / params.rows_at_once() == slot.block;
            is_of_block && is_negative == slot.is_negative && magnitude >> slot.bit & 1 == 1
        };
        Driven { slot, rows: (0..params.rows).map(is_driven).collect() }
    };
    let all: Vec<Driven> = params.slots().into_iter().map(driven).collect();
    let first = all[0].clone();
    let mut kept = all;
    if skip_zeros {
        kept.retain(|driven| driven.rows.contains(&true));
    }
    if kept.is_empty() { vec![first] } else { kept }
}

/// A vector under way.
pub struct Vectors {
    params: Params,
    framing: RowsOfBeats,
    inputs: Vec<u64>,
}

/// A vector that is complete.
pub struct Complete {
    /// Its inputs.
    pub inputs: Vec<u64>,
    /// Its phases.
    pub phases: Vec<Driven>,
    /// It or one before it was too long.
    pub error: bool,
}

impl Vectors {
    /// No beat yet.
    pub fn new(params: &Params) -> Vectors {
        Vectors { params: params.clone(), framing: RowsOfBeats::new(params.beats()), inputs: vec![] }
    }

    /// The next beat is behind the end of a vector that was too long.
    pub fn drops(&self) -> bool {
        self.framing.drops()
    }

    /// Takes a beat, and gives the vector that is complete with it.
    pub fn take(&mut self, beat: &[Bits]) -> Option<Complete> {
        let place = self.framing.next(beat[2].bit(0));
        if place == Place::Dropped {
            return None;
        }
        self.inputs.extend(apart_unsigned(self.params.input_bits, &beat[0]));
        if place == Place::Within {
            return None;
        }
        let inputs = std::mem::take(&mut self.inputs);
        let phases = phases(&self.params, &inputs, beat[1].bit(0));
        Some(Complete { inputs, phases, error: self.framing.error })
    }
}

struct Golden {
    params: Params,
    vectors: Vectors,
}

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let Some(Complete { phases, error, .. }) = self.vectors.take(beat) else { return };
        let declared = self.params.driven();
        for (number, Driven { slot, rows }) in phases.iter().enumerate() {
            let rows: Vec<u64> = rows.iter().map(|is_driven| u64::from(*is_driven)).collect();
            let phase = [
                Some(joined(1, &rows)),
                declared.phase.bit.map(|width| Bits::truncated(slot.bit.into(), width)),
                declared.phase.subtract.map(|_| flag(self.params.subtracts(*slot))),
                Some(flag(number + 1 == phases.len())),
                declared.block.map(|width| Bits::truncated(slot.block.into(), width)),
                Some(flag(error)),
            ];
            emit(0, &phase.into_iter().flatten().map(Some).collect::<Vec<_>>());
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { params: self.clone(), vectors: Vectors::new(self) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(params: &Params, inputs: &[u64], skip_zeros: bool) -> Vec<(u32, bool, u32, String)> {
        let phase = |Driven { slot, rows }: Driven| {
            let rows = rows.into_iter().map(|is_driven| if is_driven { '1' } else { '0' }).collect();
            (slot.bit, params.subtracts(slot), slot.block, rows)
        };
        phases(params, inputs, skip_zeros).into_iter().map(phase).collect()
    }

    fn expected(phases: &[(u32, bool, u32, &str)]) -> Vec<(u32, bool, u32, String)> {
        phases
            .iter()
            .map(|(bit, subtract, block, rows)| (*bit, *subtract, *block, rows.to_string()))
            .collect()
    }

    #[test]
    fn the_highest_bit_subtracts_even_if_no_other_is_driven() {
        let params = Params { rows: 4, rows_at_once: Some(2), input_bits: 2, ..Params::default() };
        let all = [(0, false, 0, "1000"), (0, false, 1, "0000"), (1, true, 0, "0100"), (1, true, 1, "0000")];
        assert_eq!(shown(&params, &[1, 2, 0, 0], false), expected(&all));
        assert_eq!(shown(&params, &[0, 2], true), expected(&[(1, true, 0, "0100")]));
        // A vector of zeros has a phase, so that its sums come.
        assert_eq!(shown(&params, &[0, 0, 0, 0], true), expected(&[(0, false, 0, "0000")]));
    }

    #[test]
    fn magnitudes_are_driven_in_phases_of_their_sign() {
        let encoding = Encoding::SignMagnitude;
        let params = Params { rows: 3, input_bits: 2, encoding, ..Params::default() };
        // 1, -1, -2: the least has a magnitude of all bits.
        let all = [(0, false, 0, "100"), (0, true, 0, "010"), (1, false, 0, "000"), (1, true, 0, "001")];
        assert_eq!(shown(&params, &[1, 3, 2], false), expected(&all));
        assert_eq!(shown(&params, &[1, 3, 2], true).len(), 3);
    }
}
