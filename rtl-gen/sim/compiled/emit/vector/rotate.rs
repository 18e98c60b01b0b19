//! Rotations by amounts that differ from lane to lane: a stage for each bit of the amount.

use super::Vector;
use super::forms::{Form, element};
use crate::compiled::emit::operator::Rotation;
use crate::compiled::unit::TermId;
use cranelift_codegen::ir::{InstBuilder, Value};
use hdl::netlist::rotation_stages;

impl Vector<'_, '_> {
    /// Bits that leave at one end enter at the other.
    pub fn rotate(&mut self, rotation: Rotation, a: TermId, b: TermId) -> Form {
        let width = self.width(a);
        let stages = rotation_stages(width, self.width(b));
        let stages = stages.map(|(bit, distance)| match rotation {
            Rotation::Left => (bit, distance),
            Rotation::Right => (bit, width - distance),
        });
        let stages: Vec<(u32, u32)> = stages.collect();
        if width > 64 { self.wide_rotate(a, b, &stages) } else { self.narrow_rotate(a, b, &stages) }
    }

    /// In elements of at least 16 bits, since there is no shift of bytes.
    fn narrow_rotate(&mut self, a: TermId, b: TermId, stages: &[(u32, u32)]) -> Form {
        let width = self.width(a);
        let size = element(width).max(16);
        let mut registers = self.widened(a, size);
        for &(bit, left) in stages {
            let chosen = self.bit_mask(b, bit);
            let turned: Vec<Value> =
                registers.iter().map(|register| self.turned(*register, width, left)).collect();
            registers = self.select(chosen, &turned, &registers);
        }
        self.narrowed(registers, width, size)
    }

    /// Clean elements of `width` bits, rotated left by less than `width`.
    fn turned(&mut self, register: Value, width: u32, left: u32) -> Value {
        let above = self.builder.ins().ishl_imm_u(register, i64::from(left));
        let below = self.builder.ins().ushr_imm_u(register, i64::from(width - left));
        let joined = self.builder.ins().bor(above, below);
        let size = self.builder.func.dfg.value_type(register).lane_bits();
        if width == size {
            return joined;
        }
        let ones = self.splat(size, hdl::top_limb_mask(width));
        self.builder.ins().band(joined, ones)
    }

    /// By planes: a distance of a multiple of 8 only renames them.
    fn wide_rotate(&mut self, a: TermId, b: TermId, stages: &[(u32, u32)]) -> Form {
        let width = self.width(a);
        let mut planes = self.clean_planes(a);
        for &(bit, left) in stages {
            let chosen = self.bit_mask(b, bit);
            let turned = self.turned_planes(&planes, width, left);
            planes = self.select(chosen, &turned, &planes);
        }
        Form::of_planes(width, planes).dirty()
    }

    /// Clean planes of a term of `width` bits, rotated left by less than `width`.
    fn turned_planes(&mut self, planes: &[Value], width: u32, left: u32) -> Vec<Value> {
        let (zero, last) = (self.splat(8, 0), planes.len() - 1);
        let downwards: Vec<Value> = planes.iter().rev().copied().collect();
        let mut turned = vec![];
        for index in 0..planes.len() {
            let above = self.moved_plane(&downwards, zero, last - index, left, true);
            let below = self.moved_plane(planes, zero, index, width - left, false);
            turned.push(self.builder.ins().bor(above, below));
        }
        if !width.is_multiple_of(8) {
            let ones = self.splat(8, 0xff >> (8 - width % 8));
            turned[last] = self.builder.ins().band(turned[last], ones);
        }
        turned
    }
}
