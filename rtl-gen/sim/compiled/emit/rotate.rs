//! Rotations of a term: the bits shifted one way ORed with those shifted the other way.

use super::operator::{Rotation, Shift};
use super::scalar::{Form, Scalar, type_of};
use crate::compiled::unit::TermId;
use cranelift_codegen::ir::{InstBuilder, Value, types};

impl Scalar<'_, '_> {
    /// A term of up to 64 bits.
    pub fn rotate(&mut self, rotation: Rotation, a: TermId, b: TermId) -> Form {
        let width = self.width(a);
        let kind = if width > 32 { types::I64 } else { types::I32 };
        let value = self.clean(a);
        let value = self.cast(value, kind);
        let (left, right) = self.distances(rotation, b, width);
        // Cranelift takes shift amounts modulo the size of the type. So a shift by the whole size is a shift by 0,
        // which gives the value itself; the other shift is then by 0, and gives the same.
        let (above, below) = (self.builder.ins().ishl(value, left), self.builder.ins().ushr(value, right));
        let value = self.builder.ins().bor(above, below);
        self.narrowed(value, width, width == type_of(width).bits())
    }

    /// A term of more than 64 bits.
    pub fn wide_rotate(&mut self, rotation: Rotation, a: TermId, b: TermId) -> Form {
        let (limbs, width) = (self.limbs(a), self.width(a));
        let (left, right) = self.distances(rotation, b, width);
        let zero = self.literal(types::I64, 0);
        let above = self.shifted(Shift::Left, limbs.clone(), zero, left);
        let below = self.shifted(Shift::Right, limbs, zero, right);
        let joined = above.into_iter().zip(below).map(|(above, below)| self.builder.ins().bor(above, below));
        let joined = joined.collect();
        self.with_clean_top(joined, width)
    }

    /// The distances of the left shift and of the right shift; their sum is the width.
    fn distances(&mut self, rotation: Rotation, amount: TermId, width: u32) -> (Value, Value) {
        let amount = self.remainder(amount, width);
        let whole = self.literal(types::I64, width.into());
        let rest = self.builder.ins().isub(whole, amount);
        match rotation {
            Rotation::Left => (amount, rest),
            Rotation::Right => (rest, amount),
        }
    }

    /// A term modulo a number, as an `i64`.
    fn remainder(&mut self, id: TermId, modulus: u32) -> Value {
        let limbs = self.limbs(id);
        if modulus.is_power_of_two() {
            return self.builder.ins().band_imm_u(limbs[0], i64::from(modulus) - 1);
        }
        let modulus = u64::from(modulus);
        let divisor = self.literal(types::I64, modulus);
        // 2^64 modulo `modulus`: the weight of a limb relative to the limb below it.
        let step = self.literal(types::I64, (u64::MAX % modulus + 1) % modulus);
        let mut rest: Option<Value> = None;
        for limb in limbs.into_iter().rev() {
            let own = self.builder.ins().urem(limb, divisor);
            rest = Some(match rest {
                None => own,
                Some(above) => {
                    let above = self.builder.ins().imul(above, step);
                    let sum = self.builder.ins().iadd(above, own);
                    self.builder.ins().urem(sum, divisor)
                }
            });
        }
        rest.expect("there are limbs")
    }
}
