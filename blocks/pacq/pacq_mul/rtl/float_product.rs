//! The product of two floats in dual mode: nearest even, with subnormal operands and results.

use crate::common::float::FloatFormat;
use crate::common::rtl::float::{Unpacked, Unrounded, pack, round_nearest_even, saturate};
use crate::common::rtl::leading_zeros::count_leading_zeros;
use crate::common::rtl::pipeline::Payload;
use crate::common::rtl::shift::right_with_sticky;
use hdl::{Module, Signal};

/// A product of two significands, not normalised, with its exponent.
#[derive(Clone, Copy)]
pub struct FloatProduct<'m> {
    /// Twice as wide as a significand.
    significand: Signal<'m>,
    /// Two's complement: the left shift after which the exponent field is 1; negative for a right shift.
    headroom: Signal<'m>,
    sign: Signal<'m>,
    nan: Signal<'m>,
    infinite: Signal<'m>,
}

impl<'m> Payload<'m> for FloatProduct<'m> {
    fn each(&mut self, visit: &mut dyn FnMut(&mut Signal<'m>)) {
        let fields =
            [&mut self.significand, &mut self.headroom, &mut self.sign, &mut self.nan, &mut self.infinite];
        fields.into_iter().for_each(visit);
    }
}

impl<'m> FloatProduct<'m> {
    /// From the product of the significands. `offset` is what both exponents together have too much: the
    /// bias, and whatever the exponent of `a` was raised by.
    pub fn new(
        format: FloatFormat,
        a: Unpacked<'m>,
        offset: u64,
        b: Unpacked<'m>,
        significand: Signal<'m>,
    ) -> FloatProduct<'m> {
        let width = format.exponent_bits + 2;
        let headroom = a.exponent.zext(width) + b.exponent.zext(width) - offset;
        let is_invalid = (a.infinite & !b.significand.any()) | (b.infinite & !a.significand.any());
        FloatProduct {
            significand,
            headroom: headroom.named("float_headroom"),
            sign: (a.sign ^ b.sign).named("float_sign"),
            nan: (a.nan | b.nan | is_invalid).named("float_nan"),
            infinite: (a.infinite | b.infinite).named("float_infinite"),
        }
    }
}

/// The output field of dual mode, if there is a product.
pub fn result<'m>(
    m: &'m Module,
    format: FloatFormat,
    product: Option<FloatProduct<'m>>,
) -> Option<(&'static str, Signal<'m>)> {
    product.map(|product| ("fp_product", round(m, format, &product)))
}

/// The encoding of the product. The leading 1 moves to the top, unless that would take the exponent field
/// below 1: a subnormal result stops there, or is shifted right.
fn round<'m>(m: &'m Module, format: FloatFormat, product: &FloatProduct<'m>) -> Signal<'m> {
    m.scope("float", || {
        let (shifted, exponent, lost) = align(m, format, product);
        let s = format.significand_bits();
        let is_normal = shifted.msb();
        let value = Unrounded {
            exponent: exponent.gated(is_normal),
            fraction: shifted.slice(2 * s - 2, s),
            guard: shifted.bit(s - 1),
            sticky: shifted.low(s - 1).any() | lost,
        };
        let magnitude = saturate(m, format, round_nearest_even(m, &value));
        let infinity = m.lit(format.infinity(false) as u128, format.width() - 1);
        pack(m, format, product.sign, product.infinite.mux(infinity, magnitude), product.nan)
    })
}

/// The significand in place, its exponent field where it is normal, and whether a 1 was shifted out.
fn align<'m>(
    m: &'m Module,
    format: FloatFormat,
    product: &FloatProduct<'m>,
) -> (Signal<'m>, Signal<'m>, Signal<'m>) {
    let (significand, headroom) = (product.significand, product.headroom);
    let zeros = count_leading_zeros(m, significand).count.zext(headroom.width()).named("leading_zeros");
    let is_below = headroom.msb().named("below");
    let left = zeros.lt_signed(headroom).mux(zeros, headroom).named("left_shift");
    let right = (m.lit(0, headroom.width()) - headroom).named("right_shift");
    let (lowered, lost) = right_with_sticky(m, significand, right.low(right.width() - 1));
    let raised = significand << left.low(left.width() - 1);
    let exponent = headroom + 1 - zeros;
    let shifted = is_below.mux(lowered, raised).named("aligned");
    (shifted, exponent.low(format.exponent_bits + 1), is_below & lost)
}
