//! Operands: what can be combined with a signal.

use crate::Bits;
use crate::module::Module;
use crate::signal::{Signal, cast_from, legal_signed_or_unsigned, legal_values, shown, signed_advice};
use std::panic::Location;

/// The other operand of an operator: a signal, or a constant that takes the signal's width.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used with a signal",
    label = "neither a signal nor a constant",
    note = "a register or wire is read with `value()`; a constant is an integer, a `Bits`, or a value of an enum with codes"
)]
pub trait Operand<'m> {
    /// The operand as a signal, an integer as wide as `like`.
    #[track_caller]
    fn resolve(self, like: Signal<'m>) -> Signal<'m>;

    /// The operand as a signal, if it has a width of its own.
    #[track_caller]
    fn sized(&self, module: &'m Module) -> Option<Signal<'m>>;

    /// The operand as a factor of a product with `other`; an integer is as wide as it needs.
    #[track_caller]
    fn factor(self, other: Signal<'m>) -> Signal<'m>;

    /// The operand as the amount by which a signal is shifted or rotated.
    #[track_caller]
    fn amount(self, of: Signal<'m>) -> Amount<'m>;
}

/// The amount by which a signal is shifted or rotated.
pub enum Amount<'m> {
    /// By an unsigned signal.
    Signal(Signal<'m>),
    /// By a constant.
    Constant(u128),
    /// By a constant below 0, which is an error.
    Negative(i128),
}

impl<'m> Operand<'m> for Signal<'m> {
    fn resolve(self, _like: Signal<'m>) -> Signal<'m> {
        self
    }

    fn sized(&self, _module: &'m Module) -> Option<Signal<'m>> {
        Some(*self)
    }

    fn factor(self, _other: Signal<'m>) -> Signal<'m> {
        self
    }

    fn amount(self, _of: Signal<'m>) -> Amount<'m> {
        Amount::Signal(self)
    }
}

/// An unsigned integer: an error if it does not fit the width.
#[track_caller]
fn unsigned<'m>(value: u128, like: Signal<'m>) -> Signal<'m> {
    if let Some(bits) = Bits::checked(value, like.width) {
        return like.module.bits(&bits);
    }
    if like.is_faulty() {
        return like.module.bits(&Bits::truncated(value, like.width));
    }
    let message = format!("the constant {} does not fit the width of {like}", shown(value));
    let signed = cast_from(value).map(|value| signed_advice(value, like.width));
    let notes = [legal_values(like.width)].into_iter().chain(signed).collect();
    like.module.reject(Location::caller(), like.width, message, notes)
}

/// An integer, a negative one in two's complement.
#[track_caller]
fn signed<'m>(value: i128, like: Signal<'m>) -> Signal<'m> {
    if let Ok(value) = u128::try_from(value) {
        return unsigned(value, like);
    }
    match Bits::checked_signed(value, like.width) {
        Some(bits) => like.module.bits(&bits),
        None if like.is_faulty() => like.module.bits(&Bits::truncated(value as u128, like.width)),
        None => {
            let message = format!("the constant {value} does not fit the width of {like}");
            let notes = vec![legal_signed_or_unsigned(like.width)];
            like.module.reject(Location::caller(), like.width, message, notes)
        }
    }
}

/// A factor, as wide as it needs.
#[track_caller]
fn unsigned_factor<'m>(value: u128, other: Signal<'m>) -> Signal<'m> {
    other.module.lit(value, crate::bit_length(value).max(1))
}

/// The same for an integer that may be negative, which is an error since `*` is unsigned.
#[track_caller]
fn signed_factor<'m>(value: i128, other: Signal<'m>) -> Signal<'m> {
    match u128::try_from(value) {
        Ok(value) => unsigned_factor(value, other),
        Err(_) => {
            let message = format!("`*` is unsigned: the factor of {other} cannot be {value}");
            let note = "`mul_signed` multiplies two's complement: use `lit_signed(...)` with it".into();
            other.module.reject(Location::caller(), 1, message, vec![note])
        }
    }
}

fn unsigned_amount<'m>(value: u128) -> Amount<'m> {
    Amount::Constant(value)
}

fn signed_amount<'m>(value: i128) -> Amount<'m> {
    u128::try_from(value).map_or(Amount::Negative(value), Amount::Constant)
}

/// Integer constants.
macro_rules! integers {
    ($($integer:ident $wide:ident $resolve:ident $factor:ident $amount:ident),*) => {$(
        /// An integer constant: an error if it does not fit the signal's width; a negative one is in two's complement.
        impl<'m> Operand<'m> for $integer {
            #[track_caller]
            fn resolve(self, like: Signal<'m>) -> Signal<'m> {
                $resolve(self as $wide, like)
            }

            fn sized(&self, _module: &'m Module) -> Option<Signal<'m>> {
                None
            }

            #[track_caller]
            fn factor(self, other: Signal<'m>) -> Signal<'m> {
                $factor(self as $wide, other)
            }

            fn amount(self, _of: Signal<'m>) -> Amount<'m> {
                $amount(self as $wide)
            }
        }
    )*};
}

integers!(
    u8 u128 unsigned unsigned_factor unsigned_amount,
    u16 u128 unsigned unsigned_factor unsigned_amount,
    u32 u128 unsigned unsigned_factor unsigned_amount,
    u64 u128 unsigned unsigned_factor unsigned_amount,
    u128 u128 unsigned unsigned_factor unsigned_amount,
    usize u128 unsigned unsigned_factor unsigned_amount,
    i8 i128 signed signed_factor signed_amount,
    i16 i128 signed signed_factor signed_amount,
    i32 i128 signed signed_factor signed_amount,
    i64 i128 signed signed_factor signed_amount,
    i128 i128 signed signed_factor signed_amount,
    isize i128 signed signed_factor signed_amount
);

/// A constant with a width of its own.
impl<'m> Operand<'m> for Bits {
    #[track_caller]
    fn resolve(self, like: Signal<'m>) -> Signal<'m> {
        like.module.bits(&self)
    }

    #[track_caller]
    fn sized(&self, module: &'m Module) -> Option<Signal<'m>> {
        Some(module.bits(self))
    }

    #[track_caller]
    fn factor(self, other: Signal<'m>) -> Signal<'m> {
        other.module.bits(&self)
    }

    #[track_caller]
    fn amount(self, of: Signal<'m>) -> Amount<'m> {
        Amount::Signal(of.module.bits(&self))
    }
}
