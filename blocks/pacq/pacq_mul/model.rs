//! The golden model of one lane, in exact integer arithmetic.
//!
//! A lane multiplies an activation A, an encoding in a 16-bit `format`, by a weight B, a signed integer of
//! `weight_bits` bits. B is stored in offset binary, as the code y = B + 2^(weight_bits - 1). Every function panics if
//! a code does not fit `weight_bits`.

use crate::common::exact::{Exact, round_off};
use parts::float::{FloatClass, FloatFormat};

/// The product A x B unrounded: (-1)^sign x significand x 2^(exponent - bias - fraction_bits), unless it is
/// `nan` or `infinite`. The exponent depends on A alone, so the lanes of a word share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExactProduct {
    /// Sign of A xor B < 0, for products of zero too; false for NaN.
    pub sign: bool,
    /// Biased, `exponent_bits` wide, never 0: of a subnormal or zero A it is 1, of Inf and NaN all ones.
    pub exponent: u32,
    /// The significand of A times |B|, unnormalised, `fraction_bits + weight_bits` wide; 0 if A is Inf or
    /// NaN.
    pub significand: u32,
    /// A is NaN, or A is infinite and B is 0.
    pub nan: bool,
    /// A is infinite and B is not 0.
    pub infinite: bool,
}

/// The weight B with the given `code`.
pub fn decode_weight(weight_bits: u32, code: u16) -> i32 {
    assert!(u32::from(code) >> weight_bits == 0, "weight code {code} does not fit {weight_bits} bits");
    i32::from(code) - (1 << (weight_bits - 1))
}

/// The constant that makes B + bias = 2^fraction_bits + y: a number of the format with one fixed exponent and the code
/// as its fraction. `None` if a code does not fit the fraction.
pub fn bias(format: FloatFormat, weight_bits: u32) -> Option<i32> {
    (weight_bits <= format.fraction_bits).then(|| (1 << format.fraction_bits) + (1 << (weight_bits - 1)))
}

/// A x B without a rounding.
pub fn exact(format: FloatFormat, weight_bits: u32, activation: u16, code: u16) -> ExactProduct {
    let a = u32::from(activation);
    let b = decode_weight(weight_bits, code);
    let class = format.classify(a);
    let special = matches!(class, FloatClass::Infinite | FloatClass::Nan);
    let nan = class == FloatClass::Nan || (class == FloatClass::Infinite && b == 0);
    ExactProduct {
        sign: !nan && format.sign(a) != (b < 0),
        exponent: format.effective_exponent(a),
        significand: if special { 0 } else { format.significand(a) * b.unsigned_abs() },
        nan,
        infinite: special && !nan,
    }
}

/// A x B in the format of A, to nearest even. B = 0 is +0; NaN is the canonical one.
pub fn rounded(format: FloatFormat, weight_bits: u32, activation: u16, code: u16) -> u16 {
    times_integer(format, activation, decode_weight(weight_bits, code))
}

/// A x (B + bias) in the format of A, to nearest even; NaN is the canonical one. Panics if there is no such [`bias`].
pub fn biased(format: FloatFormat, weight_bits: u32, activation: u16, code: u16) -> u16 {
    let bias = bias(format, weight_bits).expect("the weight codes fit the fraction");
    times_integer(format, activation, decode_weight(weight_bits, code) + bias)
}

/// The product of two floats of `format`, to nearest even; NaN is the canonical one.
pub fn float_product(format: FloatFormat, a: u16, b: u16) -> u16 {
    let product = Exact::decode(format, a.into()) * Exact::decode(format, b.into());
    product.round(format) as u16
}

fn times_integer(format: FloatFormat, activation: u16, factor: i32) -> u16 {
    let product = Exact::decode(format, activation.into()) * Exact::from(factor);
    product.round(format) as u16
}

/// The drawn FP16 datapath of 2 or 4 bit weights with its errors, which are the paper's: A x (B + bias) from
/// [`literal_product`], rounded to nearest even, under the sign of A and the exponent of A plus 10. Zero,
/// subnormal, Inf and NaN go through it as normal numbers do. Infinite from exponent field 31 on.
/// Panics at any other `weight_bits`.
pub fn literal(weight_bits: u32, activation: u16, code: u16) -> u16 {
    const FORMAT: FloatFormat = FloatFormat::FP16;
    let a = u32::from(activation);
    let product = literal_product(weight_bits, FORMAT.fraction(a), code);
    let significand = round_off(product.into(), 10) as u32;
    let exponent = FORMAT.exponent_field(a) + 10;
    // Adding the hidden bit, which is always set, increments the exponent field, and a carry of the rounding runs
    // into it. A field of all ones, or beyond, is Inf.
    let magnitude = ((exponent - 1) << FORMAT.fraction_bits) + significand;
    (FORMAT.zero(FORMAT.sign(a)) | magnitude.min(FORMAT.infinity(false))) as u16
}

/// The 21-bit product mA x (1024 + y) as the datapath is drawn, with mA = 1024 + `fraction`: only 14 bits of mA x y are
/// kept, and the carry out of the 6-bit addition of its upper bits is lost. Panics unless `weight_bits` is 2 or 4.
pub fn literal_product(weight_bits: u32, fraction: u32, code: u16) -> u32 {
    assert!(matches!(weight_bits, 2 | 4), "{weight_bits} bits: the datapath is drawn for weights of 2 and 4");
    assert!(u32::from(code) >> weight_bits == 0, "weight code {code} does not fit {weight_bits} bits");
    let significand = 1 << 10 | fraction;
    let partial = (significand * u32::from(code)) & 0x3fff;
    let middle = ((significand & 0x3f) + (partial >> 10)) & 0x3f;
    (significand >> 6) << 16 | middle << 10 | (partial & 0x3ff)
}
