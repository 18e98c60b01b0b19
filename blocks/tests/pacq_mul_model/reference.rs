//! IEEE 754 multiplication by code that is not ours.

use half::{bf16, f16};
use parts::float::FloatFormat;
use rustc_apfloat::Float;
use rustc_apfloat::ieee::{BFloat, Half};

/// An implementation of one format. Both functions round to nearest even.
pub struct Reference {
    pub name: &'static str,
    pub format: FloatFormat,
    pub product: fn(u16, u16) -> u16,
    pub from_integer: fn(i32) -> u16,
}

/// All there are, of both formats.
pub fn all() -> impl Iterator<Item = Reference> {
    [
        Reference {
            name: "half::f16",
            format: FloatFormat::FP16,
            product: |a, b| (f16::from_bits(a) * f16::from_bits(b)).to_bits(),
            from_integer: |value| f16::from_f32(value as f32).to_bits(),
        },
        Reference {
            name: "half::bf16",
            format: FloatFormat::BF16,
            product: |a, b| (bf16::from_bits(a) * bf16::from_bits(b)).to_bits(),
            from_integer: |value| bf16::from_f32(value as f32).to_bits(),
        },
        Reference {
            name: "apfloat Half",
            format: FloatFormat::FP16,
            product: apfloat_product::<Half>,
            from_integer: |value| Half::from_i128(value.into()).value.to_bits() as u16,
        },
        Reference {
            name: "apfloat BFloat",
            format: FloatFormat::BF16,
            product: apfloat_product::<BFloat>,
            from_integer: |value| BFloat::from_i128(value.into()).value.to_bits() as u16,
        },
    ]
    .into_iter()
    .chain(softfloat())
}

fn apfloat_product<F: Float>(a: u16, b: u16) -> u16 {
    (F::from_bits(a.into()) * F::from_bits(b.into())).value.to_bits() as u16
}

/// Berkeley SoftFloat has FP16 only.
fn softfloat() -> Option<Reference> {
    let softfloat::Fp16 { product, from_integer } = softfloat::fp16()?;
    Some(Reference { name: "SoftFloat f16", format: FloatFormat::FP16, product, from_integer })
}

impl Reference {
    /// The product, with the canonical NaN for any NaN.
    pub fn canonical_product(&self, a: u16, b: u16) -> u16 {
        let product = (self.product)(a, b);
        match self.format {
            FloatFormat::FP16 if f16::from_bits(product).is_nan() => 0x7e00,
            FloatFormat::BF16 if bf16::from_bits(product).is_nan() => 0x7fc0,
            _ => product,
        }
    }
}
