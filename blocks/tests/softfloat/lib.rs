//! Berkeley SoftFloat's FP16, a reference in the tests of the float models.
//!
//! It is a crate of its own so that its feature changes nothing of `blocks`, which is compiled once for the command and the
//! tests.

/// FP16 operations that round to nearest even.
pub struct Fp16 {
    /// The product of two encodings.
    pub product: fn(u16, u16) -> u16,
    /// The encoding of an integer.
    pub from_integer: fn(i32) -> u16,
}

/// SoftFloat's, with the feature `build`.
#[cfg(feature = "build")]
pub fn fp16() -> Option<Fp16> {
    use softfloat_wrapper::{F16, Float, RoundingMode::TiesToEven};
    Some(Fp16 {
        product: |a, b| F16::from_bits(a).mul(F16::from_bits(b), TiesToEven).to_bits(),
        from_integer: |value| F16::from_i32(value, TiesToEven).to_bits(),
    })
}

/// SoftFloat's, with the feature `build`.
#[cfg(not(feature = "build"))]
pub fn fp16() -> Option<Fp16> {
    None
}
