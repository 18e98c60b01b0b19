//! Wiring: the moves of bits that a slice or a concatenation needs.

use super::scalar::{Form, Scalar, type_of};
use crate::compiled::unit::{Piece, TermId, TermOp};
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use hdl::limbs_for;

/// Some bits of one source limb that go to one limb of the result.
#[derive(Clone, Copy, PartialEq)]
struct Field {
    source: Value,
    /// Whether nothing is above the field in its source.
    is_top_of_source: bool,
    /// The least significant bit taken.
    low: u32,
    width: u32,
    /// Its least significant bit in the result.
    at: u32,
    /// How many copies of it stand side by side: more than one only for a single bit.
    copies: u32,
}

impl Field {
    fn end(&self) -> u32 {
        self.at + self.width * self.copies
    }

    /// A mask of the result's bits that the field fills.
    fn mask(&self) -> u64 {
        u64::MAX >> (64 - self.width * self.copies) << self.at
    }
}

/// The contents of one limb of the result.
#[derive(Default)]
struct Limb {
    constant: u64,
    fields: Vec<Field>,
}

impl Limb {
    /// Adds a field; another copy of the same bit extends the last field.
    fn add(&mut self, field: Field) {
        if let Some(last) = self.fields.last_mut()
            && field.width == 1
            && (last.source, last.low, last.width, last.end()) == (field.source, field.low, 1, field.at)
        {
            last.copies += 1;
            return;
        }
        self.fields.push(field);
    }
}

impl Scalar<'_, '_> {
    /// Pieces side by side, the least significant first.
    pub fn gather(&mut self, pieces: &[Piece], width: u32) -> Form {
        let limbs = self.collect(pieces, width);
        if width > 64 {
            let mut values = vec![];
            for (index, limb) in limbs.iter().enumerate() {
                let limb_width = (width - 64 * index as u32).min(64);
                values.push(self.assemble(limb, types::I64, limb_width).0);
            }
            return self.with_clean_top(values, width);
        }
        if width == 1 {
            let (source, low) = self.limb_of(pieces[0].of, pieces[0].low);
            let bit = if low == 0 { source } else { self.builder.ins().ushr_imm_u(source, low as i64) };
            let bit = self.cast(bit, types::I8);
            return Form::Narrow { value: self.builder.ins().band_imm_u(bit, 1), is_clean: true };
        }
        let (value, is_clean) = self.assemble(&limbs[0], type_of(width), width);
        Form::Narrow { value, is_clean }
    }

    /// The limb that has a bit of a term, and the bit's place in it; bits above the term's width are undefined.
    pub fn limb_of(&mut self, id: TermId, bit: u32) -> (Value, u32) {
        match self.form(id) {
            Form::Narrow { value, .. } => (value, bit),
            Form::Wide(limbs) => (limbs[bit as usize / 64], bit % 64),
        }
    }

    /// Cuts pieces at the limbs of their sources and of the result.
    fn collect(&mut self, pieces: &[Piece], width: u32) -> Vec<Limb> {
        let mut limbs: Vec<Limb> = (0..limbs_for(width)).map(|_| Limb::default()).collect();
        let mut at = 0;
        for piece in pieces {
            let mut taken = 0;
            while taken < piece.width {
                let low = piece.low + taken;
                let part = (piece.width - taken).min(64 - low % 64).min(64 - at % 64);
                self.add_part(
                    &mut limbs[at as usize / 64],
                    Piece { of: piece.of, low, width: part },
                    at % 64,
                );
                taken += part;
                at += part;
            }
        }
        limbs
    }

    fn add_part(&mut self, limb: &mut Limb, part: Piece, at: u32) {
        if let TermOp::Const(value) = &self.unit.term(part.of).op {
            limb.constant |= value.slice(part.low + part.width - 1, part.low).to_u64() << at;
            return;
        }
        let (source, low) = self.limb_of(part.of, part.low);
        let is_clean = match self.form(part.of) {
            Form::Narrow { is_clean, .. } => is_clean,
            Form::Wide(_) => true,
        };
        let is_last = part.low + part.width == self.width(part.of);
        let is_top_of_source = low + part.width == 64 || is_clean && is_last;
        limb.add(Field { source, is_top_of_source, low, width: part.width, at, copies: 1 });
    }

    /// One limb, and whether it is clean above `width`.
    fn assemble(&mut self, limb: &Limb, kind: Type, width: u32) -> (Value, bool) {
        if let Some(value) = self.sign_extension(limb, kind, width) {
            return (value, width == kind.bits());
        }
        let mut joined = (limb.constant != 0).then(|| self.literal(kind, limb.constant));
        let mut is_clean = true;
        for field in &limb.fields {
            let (value, is_field_clean) = self.placed(field, kind, width);
            is_clean &= is_field_clean;
            joined = Some(joined.map_or(value, |joined| self.builder.ins().bor(joined, value)));
        }
        (joined.unwrap_or_else(|| self.literal(kind, 0)), is_clean || width == kind.bits())
    }

    /// A field shifted to its place, with zeros around it. Above the uppermost field, bits may be undefined.
    fn placed(&mut self, field: &Field, kind: Type, width: u32) -> (Value, bool) {
        if field.copies > 1 {
            return self.repeated(field, kind, width);
        }
        let is_uppermost = field.end() == width;
        let (value, has_rest_below) = self.moved(field, kind);
        if has_rest_below || !field.is_top_of_source && !is_uppermost {
            return (self.builder.ins().band_imm_u(value, field.mask() as i64), true);
        }
        (value, field.is_top_of_source)
    }

    /// The field's source shifted to its place, and whether bits of the source remain below the field.
    fn moved(&mut self, field: &Field, kind: Type) -> (Value, bool) {
        let Field { source, low, at, .. } = *field;
        let from = self.builder.func.dfg.value_type(source);
        let ins = self.builder.ins();
        if from.bits() > kind.bits() && low > 0 {
            let cut = ins.ushr_imm_u(source, low as i64);
            let cut = self.cast(cut, kind);
            let value = if at == 0 { cut } else { self.builder.ins().ishl_imm_u(cut, at as i64) };
            return (value, false);
        }
        let value = self.cast(source, kind);
        let ins = self.builder.ins();
        let value = match at.cmp(&low) {
            std::cmp::Ordering::Less => ins.ushr_imm_u(value, (low - at) as i64),
            std::cmp::Ordering::Equal => value,
            std::cmp::Ordering::Greater => ins.ishl_imm_u(value, (at - low) as i64),
        };
        (value, low > 0 && at > 0)
    }

    /// Copies of a bit.
    fn repeated(&mut self, field: &Field, kind: Type, width: u32) -> (Value, bool) {
        let low = field.low as i64;
        let bit = if low == 0 { field.source } else { self.builder.ins().ushr_imm_u(field.source, low) };
        let bit = self.cast(bit, kind);
        let bit = self.builder.ins().band_imm_u(bit, 1);
        let all = self.builder.ins().ineg(bit);
        if field.at == 0 && field.end() == width {
            return (all, false);
        }
        (self.builder.ins().band_imm_u(all, field.mask() as i64), true)
    }

    /// The limb, if it is a field followed by copies of its top bit up to the top of the limb.
    fn sign_extension(&mut self, limb: &Limb, kind: Type, width: u32) -> Option<Value> {
        let [field, signs] = limb.fields[..] else { return None };
        let is_sign =
            (signs.source, signs.low, signs.width) == (field.source, field.low + field.width - 1, 1);
        let fits = limb.constant == 0 && field.copies == 1 && signs.end() == width && field.end() == signs.at;
        let from = self.builder.func.dfg.value_type(field.source);
        let is_whole = field.low == 0 && field.at == 0 && from.bits() <= kind.bits();
        if !(is_sign && fits && is_whole) {
            return None;
        }
        let unused = (kind.bits() - field.width) as i64;
        let value = self.cast(field.source, kind);
        let top = self.builder.ins().ishl_imm_u(value, unused);
        Some(self.builder.ins().sshr_imm_u(top, unused))
    }
}
