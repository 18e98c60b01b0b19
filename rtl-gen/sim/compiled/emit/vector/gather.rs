//! Wiring: bits of terms moved from plane to plane.

use super::Vector;
use super::forms::{Form, element};
use crate::compiled::unit::{Piece, TermOp};
use cranelift_codegen::ir::{InstBuilder, Value, types};

/// What makes up one plane of the result.
#[derive(Default)]
struct Byte {
    constant: u64,
    fields: Vec<Value>,
}

impl Vector<'_, '_> {
    /// Pieces side by side, the least significant first.
    pub fn gather(&mut self, pieces: &[Piece], width: u32) -> Form {
        if width == 1 {
            return Form::of_mask(self.bit_mask(pieces[0].of, pieces[0].low));
        }
        if let Some(form) = self.resized(pieces, width) {
            return form;
        }
        let mut bytes: Vec<Byte> = (0..width.div_ceil(8)).map(|_| Byte::default()).collect();
        let mut at = 0;
        for run in pieces.chunk_by(|a, b| a == b && a.width == 1) {
            match (run[0], run.len() as u32) {
                (piece, 1) => self.add(&mut bytes, piece, at),
                (piece, copies) => self.add_copies(&mut bytes, piece, at, copies),
            }
            at += run.iter().map(|piece| piece.width).sum::<u32>();
        }
        let planes = bytes.into_iter().map(|byte| self.joined_byte(byte)).collect();
        Form::of_planes(width, planes)
    }

    /// A term truncated or zero-extended, if it has lanes and at most the element size changes.
    fn resized(&mut self, pieces: &[Piece], width: u32) -> Option<Form> {
        let (first, rest) = pieces.split_first()?;
        let from = self.width(first.of);
        let is_zero = |piece: &Piece| {
            let constant = self.unit.term(piece.of).constant();
            constant.is_some_and(|value| value.slice(piece.low + piece.width - 1, piece.low).is_zero())
        };
        let fits = first.low == 0 && rest.iter().all(is_zero) && from > 8 && from <= 64 && width <= 64;
        if !fits || !self.form(first.of).has_lanes() {
            return None;
        }
        if rest.is_empty() && element(width) == element(from) {
            return Some(Form::of_lanes(width, self.lanes(first.of)).dirty());
        }
        let is_extended = first.width == from && element(width) >= element(from);
        is_extended.then(|| Form::of_lanes(width, self.widened(first.of, element(width))))
    }

    /// Adds a piece, cut at the bytes of its source and of the result.
    fn add(&mut self, bytes: &mut [Byte], piece: Piece, at: u32) {
        if let TermOp::Const(value) = &self.unit.term(piece.of).op {
            for bit in (0..piece.width).filter(|bit| value.bit(piece.low + bit)) {
                bytes[(at + bit) as usize / 8].constant |= 1 << ((at + bit) % 8);
            }
            return;
        }
        let mut taken = 0;
        while taken < piece.width {
            let (low, to) = (piece.low + taken, at + taken);
            let width = (piece.width - taken).min(8 - low % 8).min(8 - to % 8);
            let field = self.field(Piece { low, width, ..piece }, to % 8);
            bytes[to as usize / 8].fields.push(field);
            taken += width;
        }
    }

    /// Adds copies of a bit.
    fn add_copies(&mut self, bytes: &mut [Byte], bit: Piece, at: u32, copies: u32) {
        let mask = self.bit_mask(bit.of, bit.low);
        let mut taken = 0;
        while taken < copies {
            let to = at + taken;
            let width = (copies - taken).min(8 - to % 8);
            let field = self.kept(mask, to % 8, width);
            bytes[to as usize / 8].fields.push(field);
            taken += width;
        }
    }

    /// Bits of one byte of a term at their place in another, with zeros beside them.
    fn field(&mut self, piece: Piece, at: u32) -> Value {
        if self.width(piece.of) == 1 && self.form(piece.of).has_mask() {
            let mask = self.mask(piece.of);
            return self.kept(mask, at, 1);
        }
        let (plane, low) = (self.plane(piece.of, piece.low as usize / 8), piece.low % 8);
        let is_whole = low == at && low == 0 && piece.low + piece.width == self.width(piece.of);
        if is_whole && self.form(piece.of).is_clean {
            return plane;
        }
        let moved = match at == low {
            true => plane,
            false => {
                let words = self.cast(plane, types::I16X8);
                let moved = match at < low {
                    true => self.builder.ins().ushr_imm_u(words, (low - at) as i64),
                    false => self.builder.ins().ishl_imm_u(words, (at - low) as i64),
                };
                self.cast(moved, types::I8X16)
            }
        };
        self.kept(moved, at, piece.width)
    }

    /// Only the `width` bits from `low` up of each byte.
    fn kept(&mut self, byte: Value, low: u32, width: u32) -> Value {
        if width == 8 {
            return byte;
        }
        let ones = self.splat(8, (0xff >> (8 - width)) << low);
        self.builder.ins().band(byte, ones)
    }

    fn joined_byte(&mut self, byte: Byte) -> Value {
        let mut fields = byte.fields;
        if byte.constant != 0 || fields.is_empty() {
            fields.push(self.splat(8, byte.constant));
        }
        let first = fields[0];
        fields[1..].iter().fold(first, |joined, field| self.builder.ins().bor(joined, *field))
    }
}
