//! What may stand on the right of an operator.

use crate::Bits;
use crate::signal::{Signal, cast_from, legal_values, shown, signed_advice};
use std::panic::Location;

/// The other operand of an operator: a signal, or a constant that takes the signal's width.
pub trait Operand<'m> {
    /// The operand as a signal, an integer as wide as `like`.
    #[track_caller]
    fn resolve(self, like: Signal<'m>) -> Signal<'m>;
}

impl<'m> Operand<'m> for Signal<'m> {
    fn resolve(self, _like: Signal<'m>) -> Signal<'m> {
        self
    }
}

/// An integer constant: an error where it does not fit the signal's width.
impl<'m> Operand<'m> for u64 {
    #[track_caller]
    fn resolve(self, like: Signal<'m>) -> Signal<'m> {
        if Bits::checked(self.into(), like.width).is_none() && !like.is_faulty() {
            let message = format!("the constant {} does not fit the width of {like}", shown(self.into()));
            let signed = cast_from(self.into()).map(|value| signed_advice(value, like.width));
            let notes = [legal_values(like.width)].into_iter().chain(signed).collect();
            return like.module.reject(Location::caller(), like.width, message, notes);
        }
        like.module.bits(&Bits::truncated(self.into(), like.width))
    }
}

/// A constant with a width of its own.
impl<'m> Operand<'m> for Bits {
    #[track_caller]
    fn resolve(self, like: Signal<'m>) -> Signal<'m> {
        like.module.bits(&self)
    }
}
