//! Shifts by amounts that differ from lane to lane: a stage for each bit of the amount.

use super::Vector;
use super::forms::{Form, element};
use crate::compiled::emit::operator::Shift;
use crate::compiled::unit::TermId;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

impl Vector<'_, '_> {
    /// An amount beyond the width leaves zeros, or copies of the sign.
    pub fn shift(&mut self, op: Shift, a: TermId, b: TermId) -> Form {
        if self.width(a) > 64 { self.wide_shift(op, a, b) } else { self.narrow_shift(op, a, b) }
    }

    /// In elements of at least 16 bits, since there is no shift of bytes.
    fn narrow_shift(&mut self, op: Shift, a: TermId, b: TermId) -> Form {
        let width = self.width(a);
        let size = element(width).max(16);
        let mut registers = self.widened(a, size);
        if op == Shift::RightSigned {
            registers = self.sign_extended(registers, width);
        }
        let stages = self.width(b).min(size.ilog2());
        for stage in 0..stages {
            let chosen = self.bit_mask(b, stage);
            let moved: Vec<Value> =
                registers.iter().map(|register| self.moved(op, *register, 1 << stage)).collect();
            registers = self.select(chosen, &moved, &registers);
        }
        if let Some(beyond) = self.is_any_from(b, stages) {
            let last: Vec<Value> = registers
                .iter()
                .map(|register| match op {
                    Shift::RightSigned => self.moved(op, *register, size - 1),
                    Shift::Left | Shift::Right => self.splat(size, 0),
                })
                .collect();
            registers = self.select(beyond, &last, &registers);
        }
        self.narrowed(registers, width, size)
    }

    fn moved(&mut self, op: Shift, register: Value, distance: u32) -> Value {
        match op {
            Shift::Left => self.builder.ins().ishl_imm_u(register, distance as i64),
            Shift::Right => self.builder.ins().ushr_imm_u(register, distance as i64),
            Shift::RightSigned => self.builder.ins().sshr_imm_u(register, distance as i64),
        }
    }

    /// A bit of a term as a mask of bytes.
    pub(super) fn bit_mask(&mut self, id: TermId, bit: u32) -> Value {
        if self.width(id) == 1 {
            return self.mask(id);
        }
        let (plane, one) = (self.plane(id, bit as usize / 8), self.splat(8, 1 << (bit % 8)));
        let cut = self.builder.ins().band(plane, one);
        self.builder.ins().icmp(IntCC::Equal, cut, one)
    }

    /// Whether any bit of a term from `low` up is 1, as a mask of bytes; `None` if there is no such bit.
    fn is_any_from(&mut self, id: TermId, low: u32) -> Option<Value> {
        if low >= self.width(id) {
            return None;
        }
        let mut planes = self.clean_planes(id).split_off(low as usize / 8);
        let ones = self.splat(8, 0xff << (low % 8) & 0xff);
        planes[0] = self.builder.ins().band(planes[0], ones);
        let first = planes[0];
        let joined = planes[1..].iter().fold(first, |joined, plane| self.builder.ins().bor(joined, *plane));
        let zero = self.splat(8, 0);
        Some(self.builder.ins().icmp(IntCC::NotEqual, joined, zero))
    }

    /// By planes: a shift by a multiple of 8 only renames them.
    fn wide_shift(&mut self, op: Shift, a: TermId, b: TermId) -> Form {
        let width = self.width(a);
        let mut planes = self.clean_planes(a);
        let count = planes.len();
        let fill = match op {
            Shift::RightSigned => self.extend_top_plane(&mut planes, a),
            Shift::Left | Shift::Right => self.splat(8, 0),
        };
        let is_left = op == Shift::Left;
        if is_left {
            planes.reverse();
        }
        let stages = self.width(b).min(u32::BITS - (8 * count as u32 - 1).leading_zeros());
        for stage in 0..stages {
            let chosen = self.bit_mask(b, stage);
            let moved: Vec<Value> =
                (0..count).map(|index| self.moved_plane(&planes, fill, index, 1 << stage, is_left)).collect();
            planes = self.select(chosen, &moved, &planes);
        }
        if let Some(beyond) = self.is_any_from(b, stages) {
            planes = self.select(beyond, &vec![fill; count], &planes);
        }
        if is_left {
            planes.reverse();
        }
        Form::of_planes(width, planes).dirty()
    }

    /// The plane of this index after a shift, planes being listed in the direction in which bits come in.
    pub(super) fn moved_plane(
        &mut self,
        planes: &[Value],
        fill: Value,
        index: usize,
        distance: u32,
        is_left: bool,
    ) -> Value {
        let plane = |index: usize| planes.get(index).copied().unwrap_or(fill);
        let (index, distance) = (index + distance as usize / 8, i64::from(distance % 8));
        if distance == 0 {
            return plane(index);
        }
        let keep = 0xffu64 >> distance;
        let (own, incoming) = (plane(index), plane(index + 1));
        let [own, incoming] = [own, incoming].map(|value| self.cast(value, types::I16X8));
        let ins = self.builder.ins();
        let (own, kept) = match is_left {
            true => (ins.ishl_imm_u(own, distance), 0xff & !((1 << distance) - 1)),
            false => (ins.ushr_imm_u(own, distance), keep),
        };
        let incoming = match is_left {
            true => self.builder.ins().ushr_imm_u(incoming, 8 - distance),
            false => self.builder.ins().ishl_imm_u(incoming, 8 - distance),
        };
        let [own, incoming] = [own, incoming].map(|value| self.cast(value, types::I8X16));
        let (kept, rest) = (self.splat(8, kept), self.splat(8, 0xff ^ kept));
        let own = self.builder.ins().band(own, kept);
        let incoming = self.builder.ins().band(incoming, rest);
        self.builder.ins().bor(own, incoming)
    }

    /// Sign-extends the last plane; returns a plane of sign bits.
    fn extend_top_plane(&mut self, planes: &mut [Value], id: TermId) -> Value {
        let width = self.width(id);
        let sign = self.bit_mask(id, width - 1);
        let used = width % 8;
        if used > 0 {
            let unused = self.splat(8, 0xff << used & 0xff);
            let signs = self.builder.ins().band(sign, unused);
            let top = planes.last_mut().expect("there are planes");
            *top = self.builder.ins().bor(*top, signs);
        }
        sign
    }
}
