//! Enumerations: Rust enums whose values have codes in hardware.

use crate::module::Module;
use crate::signal::{Amount, Operand, Signal};

/// An enum of named codes: `#[derive(Encoded)]`, with Rust's discriminants as the codes.
///
/// A value can be used with a signal like an integer, [`WIDTH`](Encoded::WIDTH) bits wide: `opcode.eq(Opcode::Load)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no codes",
    note = "derive them: `#[derive(Clone, Copy, PartialEq, Encoded)]`"
)]
pub trait Encoded: Copy + PartialEq + 'static {
    /// The name of the enum, used as a prefix of its values in Verilog: `opcode_load`.
    const NAME: &'static str;

    /// The values in order of declaration, at least one.
    const VALUES: &'static [Value<Self>];

    /// Width of a code in bits.
    const WIDTH: u32;

    /// Name and code of the value.
    fn info(self) -> &'static Value<Self> {
        let is_it = |value: &&Value<Self>| value.value == self;
        Self::VALUES.iter().find(is_it).expect("all values are listed")
    }

    /// The code.
    fn code(self) -> u128 {
        self.info().code as u128
    }

    /// The value of a code.
    fn from_code(code: u128) -> Option<Self> {
        Self::VALUES.iter().map(|value| value.value).find(|value| value.code() == code)
    }
}

/// A value of an enum with its name and code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<E> {
    /// The value.
    pub value: E,
    /// Its name.
    pub name: &'static str,
    code: i128,
}

impl<E> Value<E> {
    /// Values, as the derive macro lists them.
    pub const fn new(value: E, name: &'static str, code: i128) -> Value<E> {
        Value { value, name, code }
    }
}

/// The width of the greatest code.
pub const fn code_width<E>(values: &[Value<E>]) -> u32 {
    let (mut width, mut index) = (1, 0);
    while index < values.len() {
        let needed = i128::BITS - values[index].code.leading_zeros();
        if needed > width {
            width = needed;
        }
        index += 1;
    }
    width
}

/// Fails to compile if a code is negative or does not fit.
pub const fn check_codes<E: Encoded>() {
    let mut index = 0;
    while index < E::VALUES.len() {
        assert!(E::VALUES[index].code >= 0, "a code is not negative");
        index += 1;
    }
    assert!(code_width(E::VALUES) <= E::WIDTH, "a code does not fit the width of the enumeration");
}

impl Module {
    /// The code of a value as a constant, which Verilog shows by name.
    #[track_caller]
    pub fn code<E: Encoded>(&self, value: E) -> Signal<'_> {
        let code = self.lit(value.code(), E::WIDTH);
        code.with_name(&self.scoped(&format!("{}_{}", E::NAME, value.info().name)))
    }
}

impl<'m, E: Encoded> Operand<'m> for E {
    fn resolve(self, like: Signal<'m>) -> Signal<'m> {
        like.module().code(self)
    }

    fn sized(&self, module: &'m Module) -> Option<Signal<'m>> {
        Some(module.code(*self))
    }

    fn factor(self, other: Signal<'m>) -> Signal<'m> {
        other.module().code(self)
    }

    fn amount(self, of: Signal<'m>) -> Amount<'m> {
        Amount::Signal(of.module().code(self))
    }
}
