//! Slices and concatenations: bits gathered from other values.

use super::Place;
use super::instruction::{Instruction, Opcode};
use super::lower::{Lowering, unused_bits};

/// Up to 64 bits that go to one limb of a concatenation.
#[derive(Clone, Copy)]
struct Piece {
    slot: u32,
    /// How far the slot's bits are shifted left; negative for a right shift.
    shift: i32,
}

/// The contents of one limb of a concatenation.
#[derive(Default)]
struct Limb {
    constant: u64,
    /// From the least significant up; only the first one may be shifted right.
    pieces: Vec<Piece>,
}

impl Lowering {
    /// Bits `high` down to `low`: the value itself, or limbs of it, if no bit needs to move.
    pub fn slice(&mut self, of: Place, high: u32, low: u32) -> Place {
        let width = high - low + 1;
        let ends_with_limb = high + 1 == of.width || (high + 1).is_multiple_of(64);
        if low.is_multiple_of(64) && ends_with_limb {
            return Place { slot: of.slot + low / 64, width };
        }
        let to = self.fresh(width);
        for (i, slot) in (0..).zip(to.slots()) {
            let (low, width) = (low + 64 * i, (width - 64 * i).min(64));
            self.slice_limb(slot, of, low, width);
        }
        to
    }

    /// `width` bits of `of` from `low` up, into one slot.
    fn slice_limb(&mut self, to: u32, of: Place, low: u32, width: u32) {
        let (limb, shift) = (of.slot + low / 64, low % 64);
        let instruction = if shift + width <= 64 {
            Instruction::new(Opcode::Slice, to, &[limb])
        } else {
            Instruction::new(Opcode::Funnel, to, &[limb + 1, limb])
        };
        self.emit(instruction.shift(shift as u8).unused(unused_bits(width)));
    }

    /// Parts joined, the least significant first.
    pub fn concat(&mut self, parts: &[Place]) -> Place {
        let width = parts.iter().map(|part| part.width).sum();
        let limbs = self.gather(parts, width);
        if let [Limb { constant: 0, pieces }] = &limbs[..]
            && let [Piece { slot, shift: 0 }] = pieces[..]
        {
            return Place { slot, width };
        }
        let to = self.fresh(width);
        for (slot, limb) in to.slots().zip(limbs) {
            self.join(slot, limb);
        }
        to
    }

    fn gather(&mut self, parts: &[Place], width: u32) -> Vec<Limb> {
        let mut limbs: Vec<Limb> = (0..width.div_ceil(64)).map(|_| Limb::default()).collect();
        let mut position = 0;
        let is_copy = |a: &Place, b: &Place| a.slot == b.slot && a.width == 1 && b.width == 1;
        for run in parts.chunk_by(is_copy) {
            let part = run[0];
            let length = run.len() as u32;
            if length > 1 {
                self.add_copies(&mut limbs, part.slot, position, length);
            } else {
                for (limb, slot) in (0..).zip(part.slots()) {
                    let width = (part.width - 64 * limb).min(64);
                    self.add(&mut limbs, slot, position + 64 * limb, width);
                }
            }
            position += length * part.width;
        }
        limbs
    }

    /// Adds `copies` of one bit from `position` up, a run for each limb.
    fn add_copies(&mut self, limbs: &mut [Limb], bit: u32, position: u32, copies: u32) {
        let end = position + copies;
        let mut position = position;
        while position < end {
            let run = (end - position).min(64 - position % 64);
            let copied = self.compute(Opcode::Repeat, &[bit], run);
            self.add(limbs, copied.slot, position, run);
            position += run;
        }
    }

    /// Adds the `width` bits of a slot at `position`; they may reach into the next limb.
    fn add(&self, limbs: &mut [Limb], slot: u32, position: u32, width: u32) {
        let (index, offset) = (position as usize / 64, position % 64);
        let reaches_on = offset + width > 64;
        if let Some(value) = self.known(slot) {
            limbs[index].constant |= value << offset;
            if reaches_on {
                limbs[index + 1].constant |= value >> (64 - offset);
            }
            return;
        }
        limbs[index].pieces.push(Piece { slot, shift: offset as i32 });
        if reaches_on {
            limbs[index + 1].pieces.push(Piece { slot, shift: offset as i32 - 64 });
        }
    }

    /// Computes one limb, with up to two pieces per instruction.
    fn join(&mut self, to: u32, limb: Limb) {
        let mut pieces: Vec<Piece> = limb.pieces.iter().map(|piece| self.moved_down(*piece)).collect();
        let Some(first) = pieces.first() else {
            self.values[to as usize] = limb.constant;
            return;
        };
        if limb.constant != 0 || first.shift > 0 {
            let slot = self.constant_limb(limb.constant);
            pieces.insert(0, Piece { slot, shift: 0 });
        }
        let mut joined = pieces[0].slot;
        if pieces.len() == 1 {
            self.emit(Instruction::new(Opcode::Slice, to, &[joined]));
        }
        let pairs = pieces[1..].chunks(2);
        let last = pairs.len().saturating_sub(1);
        for (index, pair) in pairs.enumerate() {
            let target = if index == last { to } else { self.fresh(64).slot };
            self.emit(match pair {
                [above] => {
                    let operands = [joined, above.slot];
                    Instruction::new(Opcode::Join, target, &operands).shift(above.shift as u8)
                }
                _ => {
                    let operands = [joined, pair[0].slot, pair[1].slot];
                    let instruction = Instruction::new(Opcode::Join3, target, &operands);
                    instruction.shifts(pair[0].shift as u8, pair[1].shift as u8)
                }
            });
            joined = target;
        }
    }

    /// The same piece with its right shift already done.
    fn moved_down(&mut self, piece: Piece) -> Piece {
        if piece.shift >= 0 {
            return piece;
        }
        let to = self.fresh(64).slot;
        self.emit(Instruction::new(Opcode::Slice, to, &[piece.slot]).shift(-piece.shift as u8));
        Piece { slot: to, shift: 0 }
    }
}
